//! `ssh_users`: the knowledge of administrators about users for SSH: the name that they gave them, and
//! whether a stranger may have come in with a one-time code.

use super::{Row, StoreError, Tx, value::params};
use crate::model::{Timestamp, UserId, Username};

const FIND: &str = "SELECT username, held_at FROM ssh_users WHERE user_id = ?1";

const NAME: &str = "
    INSERT INTO ssh_users (user_id, username) VALUES (?1, ?2)
    ON CONFLICT (user_id) DO UPDATE SET username = excluded.username";

const HOLD: &str = "
    INSERT INTO ssh_users (user_id, held_at) VALUES (?1, ?2)
    ON CONFLICT (user_id) DO UPDATE SET held_at = excluded.held_at";

const CONFIRM: &str = "
    INSERT INTO ssh_users (user_id, username) VALUES (?1, ?2)
    ON CONFLICT (user_id) DO UPDATE SET username = excluded.username, held_at = NULL";

/// The knowledge of administrators about a user.
#[derive(Debug, Clone, Default)]
pub struct SshUser {
    /// The username that an administrator or a directory gave them.
    pub username: Option<Username>,
    /// Since when they get no certificates.
    pub held_at: Option<Timestamp>,
}

/// Finds the knowledge about a user; nothing unless there is a row.
pub fn find(tx: &mut Tx<'_>, user_id: UserId) -> Result<SshUser, StoreError> {
    Ok(tx.query_opt(FIND, params![user_id], read)?.unwrap_or_default())
}

/// Notes the username that an administrator or a directory gave a user.
pub fn note_name(tx: &mut Tx<'_>, user_id: UserId, username: &Username) -> Result<(), StoreError> {
    tx.execute(NAME, params![user_id, username])?.expect_rows(1)
}

/// Gives a user no certificates until an administrator confirms them.
pub fn hold(tx: &mut Tx<'_>, user_id: UserId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(HOLD, params![user_id, now])?.expect_rows(1)
}

/// Notes that an administrator looked at the username and the passkeys of a user.
pub fn confirm(tx: &mut Tx<'_>, user_id: UserId, username: &Username) -> Result<(), StoreError> {
    tx.execute(CONFIRM, params![user_id, username])?.expect_rows(1)
}

fn read(row: &Row<'_>) -> Result<SshUser, StoreError> {
    Ok(SshUser { username: row.get(0)?, held_at: row.get(1)? })
}
