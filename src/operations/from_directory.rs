//! Accounts and groups that come from a directory: what a sync sets cannot be changed here.

use super::{Act, Refusal};
use crate::model::{Group, User};

/// Refuses to change an account that a directory looks after.
pub(super) fn refuse_user(act: &Act<'_, '_>, user: &User) -> Result<(), Refusal> {
    if act.is_directory_on() && user.ldap_id.is_some() {
        return Err(Refusal::DirectoryUser(user.username.clone()));
    }
    Ok(())
}

/// Refuses to change a group that a directory looks after.
pub(super) fn refuse_group(act: &Act<'_, '_>, group: &Group) -> Result<(), Refusal> {
    if act.is_directory_on() && group.ldap_id.is_some() {
        return Err(Refusal::DirectoryGroup(group.name.clone()));
    }
    Ok(())
}
