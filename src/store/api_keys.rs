//! `api_keys`: keys of the REST API.

use super::{
    Row, StoreError, Tx,
    list::{FilterKind, List, ListPage, ListQuery},
    sessions::OnWordOf,
    users,
    value::params,
};
use crate::{
    crypto::Digest,
    model::{ApiKey, ApiKeyId, Timestamp, User, UserId, Username},
};

const FIND_OWNER: &str = concat!(
    "SELECT k.id, k.last_used_at, k.key_digest, ",
    users::columns!(),
    " FROM api_keys k
      JOIN users u ON u.id = k.user_id
     WHERE k.key_digest = ?1 AND (k.expires_at > ?2 OR u.disabled = 1)"
);

const FIND: &str = "
    SELECT id, user_id, name, description, created_at, expires_at, last_used_at, is_expiry_told
      FROM api_keys
     WHERE id = ?1";

/// The keys of one user, oldest first. When sorted by last use, keys never used count as used
/// longest ago.
const PAGES_OF_USER: List = List {
    columns: "id, user_id, name, description, created_at, expires_at, last_used_at, is_expiry_told",
    from: "api_keys",
    condition: Some("user_id = ?1"),
    key: "id",
    sortable: &[
        ("name", "name"),
        ("expiresAt", "expires_at"),
        ("lastUsedAt", "COALESCE(last_used_at, 0)"),
        ("createdAt", "created_at"),
    ],
    order: "created_at, id",
    filterable: &[],
    searched: &[],
    changes: None,
};

/// All keys with the names of their owners: by owner, oldest first.
const WITH_OWNERS: List = List {
    columns: "k.id, k.user_id, k.name, k.description, k.created_at, k.expires_at, k.last_used_at,
              k.is_expiry_told, u.username",
    from: "api_keys k JOIN users u ON u.id = k.user_id",
    condition: None,
    key: "k.id",
    sortable: &[],
    order: "u.username_folded, k.created_at, k.id",
    filterable: &[("userId", "k.user_id", FilterKind::Id)],
    searched: &["LOWER(k.name)", "u.username_folded"],
    changes: None,
};

const COUNT_OF_USER: &str = "SELECT COUNT(*) FROM api_keys WHERE user_id = ?1";

const LIST: &str = "
    SELECT k.id, k.user_id, k.name, k.description, k.created_at, k.expires_at, k.last_used_at,
           k.is_expiry_told, u.username
      FROM api_keys k
      JOIN users u ON u.id = k.user_id
     ORDER BY u.username_folded, k.created_at, k.id";

const LIST_OF_USER: &str = "
    SELECT id, user_id, name, description, created_at, expires_at, last_used_at, is_expiry_told
      FROM api_keys
     WHERE user_id = ?1
     ORDER BY created_at, id";

const INSERT: &str = "
    INSERT INTO api_keys (id, user_id, name, description, key_digest, created_at, expires_at,
                          last_used_at, is_expiry_told)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

const IS_LIVE: &str = "
    SELECT 1
      FROM api_keys k
      JOIN users u ON u.id = k.user_id
     WHERE k.id = ?1 AND k.expires_at > ?2 AND u.disabled = 0";

const RECORD_USE: &str = "
    UPDATE api_keys SET last_used_at = ?2
     WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at < ?2)";

const RENEW: &str = "
    UPDATE api_keys SET key_digest = ?3, expires_at = ?4, is_expiry_told = 0, is_expiry_noted = 0
     WHERE id = ?1 AND user_id = ?2";

/// Keys that were made just now are for a short time on purpose.
const LIST_EXPIRING: &str = "
    SELECT id, user_id, name, description, created_at, expires_at, last_used_at, is_expiry_told
      FROM api_keys
     WHERE expires_at > ?1 AND expires_at <= ?2 AND is_expiry_told = 0 AND created_at <= ?3
     ORDER BY expires_at, id
     LIMIT ?4";

const LIST_UNNOTED_EXPIRING: &str = "
    SELECT id, user_id, name, description, created_at, expires_at, last_used_at, is_expiry_told
      FROM api_keys
     WHERE expires_at > ?1 AND expires_at <= ?2 AND is_expiry_noted = 0 AND created_at <= ?3
     ORDER BY expires_at, id
     LIMIT ?4";

const RECORD_EXPIRY_NOTED: &str = "UPDATE api_keys SET is_expiry_noted = 1 WHERE id = ?1";

const RECORD_TOLD: &str = "UPDATE api_keys SET is_expiry_told = 1 WHERE id = ?1";

const DELETE: &str = "DELETE FROM api_keys WHERE id = ?1 AND user_id = ?2";

const EXPIRE_ALL: &str =
    "UPDATE api_keys SET expires_at = ?2 WHERE user_id = ?1 AND expires_at > ?2";

/// The owner of a presented API key.
#[derive(Debug)]
pub struct Owner {
    /// The account.
    pub user: User,
    /// The key.
    pub id: ApiKeyId,
    /// When the key was last used.
    pub last_used_at: Option<Timestamp>,
}

/// Finds the owner of a key that has not expired. For a disabled owner, finds expired keys too, so
/// that the caller can report the disabled account as the cause (Pocket ID 2.14).
pub fn find_owner(
    tx: &mut Tx<'_>,
    presented: Digest,
    now: Timestamp,
) -> Result<Option<Owner>, StoreError> {
    let found = tx.query_opt(FIND_OWNER, params![presented, now], |row| {
        let owner =
            Owner { user: users::read(row, 3)?, id: row.get(0)?, last_used_at: row.get(1)? };
        Ok((owner, row.get::<Digest>(2)?))
    })?;
    Ok(found.filter(|(_, stored)| stored.constant_time_eq(&presented)).map(|(owner, _)| owner))
}

/// Finds a key by its id.
pub fn find(tx: &mut Tx<'_>, id: ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
    tx.query_opt(FIND, params![id], read)
}

/// Lists a page of a user's keys.
pub fn page_of_user(
    tx: &mut Tx<'_>,
    user_id: UserId,
    query: &ListQuery,
) -> Result<ListPage<ApiKey>, StoreError> {
    PAGES_OF_USER.page(tx, &[&user_id], query, read)
}

/// Counts the keys of a user, including expired ones.
pub fn count_of_user(tx: &mut Tx<'_>, user_id: UserId) -> Result<usize, StoreError> {
    let count = tx.query_opt(COUNT_OF_USER, params![user_id], |row| row.get::<i64>(0))?;
    Ok(count.and_then(|count| usize::try_from(count).ok()).unwrap_or_default())
}

/// Lists the first keys with the names of their owners: by owner, oldest first.
pub fn first(tx: &mut Tx<'_>, query: &ListQuery) -> Result<Vec<(ApiKey, Username)>, StoreError> {
    WITH_OWNERS.first(tx, &[], query, |row| Ok((read(row)?, row.get(8)?)))
}

/// Lists every key with the name of its owner: by owner, oldest first.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<(ApiKey, Username)>, StoreError> {
    tx.query_all(LIST, params![], |row| Ok((read(row)?, row.get(8)?)))
}

/// Lists a user's keys, oldest first.
pub fn list_of_user(tx: &mut Tx<'_>, user_id: UserId) -> Result<Vec<ApiKey>, StoreError> {
    tx.query_all(LIST_OF_USER, params![user_id], read)
}

/// Stores a new key.
pub fn insert(
    tx: &mut Tx<'_>,
    key: &ApiKey,
    digest: Digest,
    on_word_of: OnWordOf<'_>,
) -> Result<(), StoreError> {
    on_word_of.check(key.user_id)?;
    tx.execute(
        INSERT,
        params![
            key.id,
            key.user_id,
            key.name,
            key.description,
            digest,
            key.created_at,
            key.expires_at,
            key.last_used_at,
            key.is_expiry_told,
        ],
    )?
    .expect_rows(1)
}

/// Whether a key exists, has not expired, and has an enabled owner.
pub fn is_live(tx: &mut Tx<'_>, id: ApiKeyId, now: Timestamp) -> Result<bool, StoreError> {
    tx.exists(IS_LIVE, params![id, now])
}

/// Records the use of a key. `false` when it was recorded already: of many uses at once, one writes.
pub fn record_use(tx: &mut Tx<'_>, id: ApiKeyId, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(RECORD_USE, params![id, now])?.rows() == 1)
}

/// The least age of a key when its owner is told of its end, in seconds.
const DAY: i64 = 86_400;

/// Lists keys that end between now and `until`, were made a day ago or earlier, and were not noted.
pub fn list_unnoted_expiring(
    tx: &mut Tx<'_>,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<ApiKey>, StoreError> {
    tx.query_all(LIST_UNNOTED_EXPIRING, params![now, until, now.plus(-DAY), limit], read)
}

/// Records that the end of a key was noted.
pub fn record_expiry_noted(tx: &mut Tx<'_>, id: ApiKeyId) -> Result<(), StoreError> {
    tx.execute(RECORD_EXPIRY_NOTED, params![id])?.expect_rows(1)
}

/// Lists keys that end between now and `until`, were made a day ago or earlier, and whose owners were
/// not told.
pub fn list_expiring(
    tx: &mut Tx<'_>,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<ApiKey>, StoreError> {
    tx.query_all(LIST_EXPIRING, params![now, until, now.plus(-DAY), limit], read)
}

/// Records that the owner of a key was told that it ends.
pub fn record_told(tx: &mut Tx<'_>, id: ApiKeyId) -> Result<(), StoreError> {
    tx.execute(RECORD_TOLD, params![id])?.expect_rows(1)
}

/// Replaces the digest and the expiry of a key.
pub fn renew(
    tx: &mut Tx<'_>,
    key: &ApiKey,
    digest: Digest,
    on_word_of: OnWordOf<'_>,
) -> Result<(), StoreError> {
    on_word_of.check(key.user_id)?;
    tx.execute(RENEW, params![key.id, key.user_id, digest, key.expires_at])?.expect_rows(1)
}

/// Deletes a key of this user. `false` when the user has no such key.
pub fn delete(tx: &mut Tx<'_>, id: ApiKeyId, user_id: UserId) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE, params![id, user_id])?.rows() == 1)
}

/// Expires the keys of a user. They stay listed as expired, so that the user sees which keys to
/// renew.
pub fn expire_all(tx: &mut Tx<'_>, user_id: UserId, now: Timestamp) -> Result<(), StoreError> {
    // Any number of rows.
    tx.execute(EXPIRE_ALL, params![user_id, now]).map(|_| ())
}

fn read(row: &Row<'_>) -> Result<ApiKey, StoreError> {
    Ok(ApiKey {
        id: row.get(0)?,
        user_id: row.get(1)?,
        name: row.get(2)?,
        description: row.get(3)?,
        created_at: row.get(4)?,
        expires_at: row.get(5)?,
        last_used_at: row.get(6)?,
        is_expiry_told: row.get(7)?,
    })
}
