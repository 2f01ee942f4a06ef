//! Accounts and groups that come from a directory, and the last sync. `directory_pictures` has the digest of
//! the picture in the directory that an account has.

use std::collections::BTreeMap;

use super::{Row, StoreError, Tx, groups, leases, meta, users, value::params};
use crate::{
    crypto::Digest,
    model::{DirectoryId, Group, GroupId, Timestamp, User, UserId},
};

/// The lease of the sync that runs.
const LEASE: &str = "directory_sync";
/// The term of the lease in seconds. It is renewed while a sync runs.
const TERM: i64 = 60;
/// The key of the last sync: JSON.
const LAST_SYNC: &str = "directory_sync";

/// How many accounts are read at a time.
const PART: usize = 1_000;

const LIST_USERS: &str = concat!(
    "SELECT ",
    users::columns!(),
    " FROM users u WHERE u.ldap_id > ?1 ORDER BY u.ldap_id LIMIT 1000"
);

const LIST_GROUPS: &str = "
    SELECT id, name, friendly_name, created_at, updated_at, ldap_id
      FROM groups
     WHERE ldap_id IS NOT NULL
     ORDER BY name";

const FIND_USER: &str = "SELECT id FROM users WHERE ldap_id = ?1";

const FIND_GROUP: &str = "SELECT id FROM groups WHERE ldap_id = ?1";

const PICTURES: &str = "SELECT user_id, source_digest FROM directory_pictures";

const SET_PICTURE: &str = "
    INSERT INTO directory_pictures (user_id, source_digest) VALUES (?1, ?2)
    ON CONFLICT (user_id) DO UPDATE SET source_digest = excluded.source_digest";

const DELETE_PICTURE: &str = "DELETE FROM directory_pictures WHERE user_id = ?1";

/// Lists every account that comes from a directory.
pub fn list_users(tx: &mut Tx<'_>) -> Result<Vec<User>, StoreError> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let part = tx.query_all(LIST_USERS, params![after], |row| users::read(row, 0))?;
        let is_last = part.len() < PART;
        let last = part.last().and_then(|user| user.ldap_id.as_ref());
        after = last.map(ToString::to_string).unwrap_or_default();
        all.extend(part);
        if is_last {
            return Ok(all);
        }
    }
}

/// Lists every group that comes from a directory.
pub fn list_groups(tx: &mut Tx<'_>) -> Result<Vec<Group>, StoreError> {
    tx.query_all(LIST_GROUPS, params![], groups::read)
}

/// Finds the account of a user of the directory.
pub fn find_user(tx: &mut Tx<'_>, id: &DirectoryId) -> Result<Option<UserId>, StoreError> {
    tx.query_opt(FIND_USER, params![id], |row| row.get(0))
}

/// Finds the group of a group of the directory.
pub fn find_group(tx: &mut Tx<'_>, id: &DirectoryId) -> Result<Option<GroupId>, StoreError> {
    tx.query_opt(FIND_GROUP, params![id], |row| row.get(0))
}

/// The digests of the pictures in the directory that accounts have.
pub fn pictures(tx: &mut Tx<'_>) -> Result<BTreeMap<UserId, Digest>, StoreError> {
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    Ok(tx.query_all(PICTURES, params![], read)?.into_iter().collect())
}

/// Notes which picture of the directory an account has; `None` for none.
pub fn note_picture(
    tx: &mut Tx<'_>,
    user: UserId,
    digest: Option<Digest>,
) -> Result<(), StoreError> {
    match digest {
        Some(digest) => tx.execute(SET_PICTURE, params![user, digest]),
        None => tx.execute(DELETE_PICTURE, params![user]),
    }
    .map(drop)
}

/// Takes or renews the lease of the sync, from now on. `false` when another one runs.
pub fn renew(tx: &mut Tx<'_>, holder: &str, now: Timestamp) -> Result<bool, StoreError> {
    leases::take(tx, LEASE, holder, now, now.plus(TERM))
}

/// Releases the lease.
pub fn give_up(tx: &mut Tx<'_>, holder: &str) -> Result<(), StoreError> {
    leases::release(tx, LEASE, holder)
}

/// Notes how the last sync ended, as JSON.
pub fn note_sync(tx: &mut Tx<'_>, result: &str) -> Result<(), StoreError> {
    meta::delete(tx, LAST_SYNC)?;
    meta::insert(tx, LAST_SYNC, result.as_bytes())
}

/// How the last sync ended, as JSON.
pub fn last_sync(tx: &mut Tx<'_>) -> Result<Option<String>, StoreError> {
    Ok(meta::find(tx, LAST_SYNC)?.and_then(|bytes| String::from_utf8(bytes).ok()))
}
