//! Live `grants` with the names of their users and clients, for listing and revoking.

use super::{Row, StoreError, Tx, value::params};
use crate::model::{GrantId, LiveGrant, Scope, Timestamp, UserId};

/// A query for grants that are neither expired nor revoked.
macro_rules! select {
    ($which:literal) => {
        concat!(
            "SELECT g.id, g.user_id, u.username, g.client_id, c.name, g.scope, g.session_id,
                    g.created_at, g.expires_at
               FROM grants g
               JOIN users u ON u.id = g.user_id
               JOIN clients c ON c.id = g.client_id
              WHERE g.expires_at > ?1 AND g.revoked_at IS NULL ",
            $which
        )
    };
}

const LIST: &str = select!("ORDER BY u.username_folded, c.name, g.id DESC");

const LIST_OF_USER: &str = select!("AND g.user_id = ?2 ORDER BY c.name, g.id DESC");

const LIST_SOME_OF_USER: &str = select!("AND g.user_id = ?2 ORDER BY c.name, g.id DESC LIMIT ?3");

const FIND: &str = select!("AND g.id = ?2");

/// Lists the live grants of all users: by user, by client, newest first.
pub fn list(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<LiveGrant>, StoreError> {
    tx.query_all(LIST, params![now], read)
}

/// Lists the live grants of a user: by client, newest first.
pub fn list_of_user(
    tx: &mut Tx<'_>,
    user_id: UserId,
    now: Timestamp,
) -> Result<Vec<LiveGrant>, StoreError> {
    tx.query_all(LIST_OF_USER, params![now, user_id], read)
}

/// Lists the first live grants of a user, like [`list_of_user`]: at most `limit`.
pub fn list_some_of_user(
    tx: &mut Tx<'_>,
    user_id: UserId,
    limit: i64,
    now: Timestamp,
) -> Result<Vec<LiveGrant>, StoreError> {
    tx.query_all(LIST_SOME_OF_USER, params![now, user_id, limit], read)
}

/// Finds a live grant.
pub fn find(tx: &mut Tx<'_>, id: GrantId, now: Timestamp) -> Result<Option<LiveGrant>, StoreError> {
    tx.query_opt(FIND, params![now, id], read)
}

fn read(row: &Row<'_>) -> Result<LiveGrant, StoreError> {
    Ok(LiveGrant {
        id: row.get(0)?,
        user_id: row.get(1)?,
        username: row.get(2)?,
        client_id: row.get(3)?,
        client_name: row.get(4)?,
        scope: Scope::parse(&row.get::<String>(5)?),
        session_id: row.get(6)?,
        created_at: row.get(7)?,
        expires_at: row.get(8)?,
    })
}
