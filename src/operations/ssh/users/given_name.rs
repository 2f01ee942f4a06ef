//! Usernames that a directory or an administrator gave.

use super::Act;
use crate::{
    model::User,
    store::{StoreError, ssh_users, users},
};

/// Notes that the username of a user was given to them, unless it has changed meanwhile.
pub fn note_given_name(act: &mut Act<'_, '_>, seen: &User) -> Result<(), StoreError> {
    match users::find(act, seen.id)? {
        Some(user) if user.username == seen.username => {
            ssh_users::note_name(act, user.id, &user.username)
        }
        _ => Ok(()),
    }
}
