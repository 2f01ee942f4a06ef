//! `protected_hosts`: hosts behind forward auth, and `protected_host_groups`: the groups that they let in.

use super::{
    Row, StoreError, Tx, groups,
    list::{List, ListPage, ListQuery},
    memberships::is_current,
    value::{from_json, params, to_json},
};
use crate::model::{
    GroupId, HostAddress, IdentityHeaders, OpenPaths, ProtectedHost, ProtectedHostId, Timestamp,
    UserId,
};

macro_rules! columns {
    () => {
        "h.id, h.host, h.is_group_restricted, h.headers, h.open_paths, h.session_seconds,
         h.accepts_bearer_tokens, h.accepts_api_keys, h.created_at"
    };
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT ", columns!(), " FROM protected_hosts h ", $rest)
    };
}

const PAGES: List = List {
    columns: columns!(),
    from: "protected_hosts h",
    condition: None,
    key: "h.id",
    sortable: &[("host", "h.host"), ("createdAt", "h.created_at")],
    order: "h.host, h.id",
    filterable: &[],
    searched: &["h.host"],
    changes: None,
};

const FIND: &str = select!("WHERE h.id = ?1");

const FIND_BY_HOST: &str = select!("WHERE h.host = ?1");

const LIST: &str = select!("ORDER BY h.host");

const HOSTS: &str = "SELECT host FROM protected_hosts ORDER BY host";

const COUNT: &str = "SELECT COUNT(*) FROM protected_hosts";

const INSERT: &str = "
    INSERT INTO protected_hosts (id, host, is_group_restricted, headers, open_paths, session_seconds,
                                 accepts_bearer_tokens, accepts_api_keys, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

const UPDATE: &str = "
    UPDATE protected_hosts
       SET host = ?2, is_group_restricted = ?3, headers = ?4, open_paths = ?5, session_seconds = ?6,
           accepts_bearer_tokens = ?7, accepts_api_keys = ?8
     WHERE id = ?1";

const DELETE: &str = "DELETE FROM protected_hosts WHERE id = ?1";

const DELETE_GROUPS: &str = "DELETE FROM protected_host_groups WHERE protected_host_id = ?1";

const INSERT_GROUP: &str =
    "INSERT INTO protected_host_groups (protected_host_id, group_id) VALUES (?1, ?2)";

const IS_IN_GROUP: &str = concat!(
    "SELECT 1
      FROM protected_host_groups p
      JOIN group_members m ON m.group_id = p.group_id
     WHERE p.protected_host_id = ?1 AND m.user_id = ?2 AND ",
    is_current!("m", "?3"),
    " LIMIT 1"
);

/// Finds a protected host.
pub fn find(tx: &mut Tx<'_>, id: ProtectedHostId) -> Result<Option<ProtectedHost>, StoreError> {
    tx.query_opt(FIND, params![id], read)
}

/// Finds what protects a host.
pub fn find_by_host(
    tx: &mut Tx<'_>,
    host: &HostAddress,
) -> Result<Option<ProtectedHost>, StoreError> {
    tx.query_opt(FIND_BY_HOST, params![host], read)
}

/// Lists every protected host.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<ProtectedHost>, StoreError> {
    tx.query_all(LIST, params![], read)
}

/// Lists a page of protected hosts.
pub fn page(tx: &mut Tx<'_>, query: &ListQuery) -> Result<ListPage<ProtectedHost>, StoreError> {
    PAGES.page(tx, &[], query, read)
}

/// Lists the address of every protected host.
pub fn hosts(tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
    tx.query_all(HOSTS, params![], |row| row.get(0))
}

/// Counts the protected hosts.
pub fn count(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    Ok(tx.query_opt(COUNT, params![], |row| row.get(0))?.unwrap_or(0))
}

/// Whether a user is in one of the groups that a host lets in.
pub fn lets_in_group_of(
    tx: &mut Tx<'_>,
    id: ProtectedHostId,
    user_id: UserId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    tx.exists(IS_IN_GROUP, params![id, user_id, now])
}

/// Stores a new protected host, without groups.
pub fn insert(tx: &mut Tx<'_>, host: &ProtectedHost) -> Result<(), StoreError> {
    let row = params![
        host.id,
        host.host,
        host.is_group_restricted,
        to_json(&host.headers)?,
        to_json(&host.open_paths)?,
        host.session_seconds,
        host.accepts_bearer_tokens,
        host.accepts_api_keys,
        host.created_at,
    ];
    tx.execute(INSERT, row)?.expect_rows(1)
}

/// Stores everything of a protected host but its groups.
pub fn update(tx: &mut Tx<'_>, host: &ProtectedHost) -> Result<(), StoreError> {
    let row = params![
        host.id,
        host.host,
        host.is_group_restricted,
        to_json(&host.headers)?,
        to_json(&host.open_paths)?,
        host.session_seconds,
        host.accepts_bearer_tokens,
        host.accepts_api_keys,
    ];
    tx.execute(UPDATE, row)?.expect_rows(1)
}

/// Replaces the groups that a host lets in.
pub fn replace_groups(
    tx: &mut Tx<'_>,
    id: ProtectedHostId,
    groups: impl IntoIterator<Item = GroupId>,
) -> Result<(), StoreError> {
    groups::replace_links(tx, [DELETE_GROUPS, INSERT_GROUP], &id, groups)
}

/// Deletes a protected host, with its sessions. Returns `false` when there is none.
pub fn delete(tx: &mut Tx<'_>, id: ProtectedHostId) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE, params![id])?.rows() == 1)
}

fn read(row: &Row<'_>) -> Result<ProtectedHost, StoreError> {
    Ok(ProtectedHost {
        id: row.get(0)?,
        host: row.get(1)?,
        is_group_restricted: row.get(2)?,
        headers: from_json::<IdentityHeaders>(&row.get::<String>(3)?, 3, "names of headers")?,
        open_paths: from_json::<OpenPaths>(&row.get::<String>(4)?, 4, "list of paths")?,
        session_seconds: row.get(5)?,
        accepts_bearer_tokens: row.get(6)?,
        accepts_api_keys: row.get(7)?,
        created_at: row.get(8)?,
    })
}
