//! Live `grants` with the names of their users and clients, for listing and revoking.

use super::{
    Row, StoreError, Tx,
    list::{FilterKind, List, ListQuery},
    value::params,
};
use crate::model::{GrantId, LiveGrant, Scope, Timestamp, UserId};

macro_rules! columns {
    () => {
        "g.id, g.user_id, u.username, g.client_id, c.name, g.scope, g.session_id, g.created_at,
         g.expires_at"
    };
}

macro_rules! tables {
    () => {
        "grants g JOIN users u ON u.id = g.user_id JOIN clients c ON c.id = g.client_id"
    };
}

/// Neither expired nor revoked.
macro_rules! is_live {
    () => {
        "g.expires_at > ?1 AND g.revoked_at IS NULL"
    };
}

macro_rules! select {
    ($which:literal) => {
        concat!("SELECT ", columns!(), " FROM ", tables!(), " WHERE ", is_live!(), " ", $which)
    };
}

/// The live grants: by user, by client, newest first.
const LIVE: List = List {
    columns: columns!(),
    from: tables!(),
    condition: Some(is_live!()),
    key: "g.id",
    sortable: &[],
    order: "u.username_folded, c.name, g.id DESC",
    filterable: &[
        ("userId", "g.user_id", FilterKind::Id),
        ("clientId", "g.client_id", FilterKind::Text),
    ],
    searched: &["u.username_folded", "LOWER(c.name)", "LOWER(g.scope)"],
    changes: None,
};

const LIST_OF_USER: &str = select!("AND g.user_id = ?2 ORDER BY c.name, g.id DESC");

const LIST_SOME_OF_USER: &str = select!("AND g.user_id = ?2 ORDER BY c.name, g.id DESC LIMIT ?3");

const FIND: &str = select!("AND g.id = ?2");

/// Lists the first live grants: by user, by client, newest first.
pub fn first(
    tx: &mut Tx<'_>,
    query: &ListQuery,
    now: Timestamp,
) -> Result<Vec<LiveGrant>, StoreError> {
    LIVE.first(tx, params![now], query, read)
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
