//! A group whose members have changed.

use super::Act;
use crate::{
    model::Group,
    operations::provisioning,
    store::{StoreError, groups},
};

/// Notes that the members have changed: for `lastModified` over SCIM, and for applications that get accounts.
pub(super) fn note(act: &mut Act<'_, '_>, group: &Group) -> Result<(), StoreError> {
    let now = act.now();
    groups::touch(act, group.id, now)?;
    provisioning::note_change(act)
}
