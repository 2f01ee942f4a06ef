//! Deleting accounts.

use std::collections::BTreeSet;

use super::{
    Act, LastAdministrator, Refusal,
    last_administrator::{let_go, refuse_last},
    require,
    update::end_everything,
};
use crate::{
    model::{Concerned, EventKind, User, UserId},
    operations::{from_directory, groups as groups_of_users, provisioning},
    store::{groups, users},
};

/// An account that was deleted.
#[derive(Debug)]
pub struct DeletedUser {
    /// The account before the deletion.
    pub user: User,
    /// Whether it was the last administrator who could sign in, so that the set-up is open again.
    pub was_last_administrator: bool,
}

/// Ends the sessions, grants, tokens and keys of a user, and notes which clients to notify. This is
/// the first step of a deletion. The remaining rows, which may be many, are then deleted in batches
/// (`store::batches`) before the account.
pub fn end_access(
    act: &mut Act<'_, '_>,
    id: UserId,
    last_administrator: LastAdministrator,
) -> Result<(), Refusal> {
    let user = require(act, id)?;
    refuse_enabled(act, &user)?;
    if last_administrator == LastAdministrator::Stays {
        refuse_last(act, &user)?;
    }
    end_everything(act, id)
}

/// Deletes an account with its passkeys, sessions, grants, tokens and API keys. Its audit entries
/// stay.
pub fn delete(
    act: &mut Act<'_, '_>,
    id: UserId,
    last_administrator: LastAdministrator,
) -> Result<DeletedUser, Refusal> {
    let user = require(act, id)?;
    refuse_enabled(act, &user)?;
    let was_last_administrator = let_go(act, &user, last_administrator)?;
    end_everything(act, id)?;
    groups_of_users::remove_ended_of(act, id)?;
    let now = act.now();
    // In the order of their ids, as everywhere.
    let groups: BTreeSet<_> =
        groups::list_of_user(act, id, now)?.into_iter().map(|group| group.id).collect();
    for group_id in groups {
        groups::touch(act, group_id, now)?;
    }
    users::delete(act, id)?;
    provisioning::note_change(act)?;
    // The entry outlives the account, so it holds the id and username as text.
    let concerned = Concerned { user_id: None, object_id: Some(id.to_string()) };
    let data = [("userID", id.to_string()), ("username", user.username.to_string())];
    act.audit(EventKind::AccountDeleted, concerned, data)?;
    Ok(DeletedUser { user, was_last_administrator })
}

/// Refuses to delete an account that the next sync would make again. One that left the directory is
/// disabled, and can go (Pocket ID 2.14).
fn refuse_enabled(act: &Act<'_, '_>, user: &User) -> Result<(), Refusal> {
    if user.disabled { Ok(()) } else { from_directory::refuse_user(act, user) }
}
