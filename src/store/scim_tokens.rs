//! `scim_tokens`: the tokens of programs that manage accounts and groups over SCIM.

use super::{
    Row, StoreError, Tx,
    list::{List, ListPage, ListQuery},
    value::params,
};
use crate::{
    crypto::{BearerToken, Digest},
    model::{ScimToken, ScimTokenId, ScimTokenName, Timestamp},
};

const FIND: &str = "
    SELECT id, name, created_at, expires_at, last_used_at, token_digest
      FROM scim_tokens
     WHERE id = ?1";

const FIND_BY_NAME: &str = "
    SELECT id, name, created_at, expires_at, last_used_at FROM scim_tokens WHERE name = ?1";

const LIST: &str = "
    SELECT id, name, created_at, expires_at, last_used_at FROM scim_tokens ORDER BY name";

const PAGES: List = List {
    columns: "id, name, created_at, expires_at, last_used_at",
    from: "scim_tokens",
    condition: None,
    key: "id",
    sortable: &[
        ("name", "name"),
        ("createdAt", "created_at"),
        ("lastUsedAt", "COALESCE(last_used_at, 0)"),
    ],
    order: "name",
    filterable: &[],
    searched: &["LOWER(name)"],
    changes: None,
};

const INSERT: &str = "
    INSERT INTO scim_tokens (id, name, token_digest, created_at, expires_at, last_used_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

const ROTATE: &str = "UPDATE scim_tokens SET token_digest = ?2, expires_at = ?3 WHERE id = ?1";

const RECORD_USE: &str = "
    UPDATE scim_tokens SET last_used_at = ?2
     WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at < ?2)";

const DELETE: &str = "DELETE FROM scim_tokens WHERE id = ?1";

/// Finds the token that is presented, unless it has expired.
pub fn find_presented(
    tx: &mut Tx<'_>,
    presented: &BearerToken,
    now: Timestamp,
) -> Result<Option<ScimToken>, StoreError> {
    let found =
        tx.query_opt(FIND, params![presented.id()], |row| Ok((read(row)?, row.get::<Digest>(5)?)))?;
    let is_it = |digest: &Digest| digest.constant_time_eq(&presented.digest());
    Ok(found.filter(|(token, digest)| is_it(digest) && token.is_live(now)).map(|(token, _)| token))
}

/// Finds a token by its id.
pub fn find(tx: &mut Tx<'_>, id: ScimTokenId) -> Result<Option<ScimToken>, StoreError> {
    tx.query_opt(FIND, params![id], read)
}

/// Finds a token by its name.
pub fn find_by_name(
    tx: &mut Tx<'_>,
    name: &ScimTokenName,
) -> Result<Option<ScimToken>, StoreError> {
    tx.query_opt(FIND_BY_NAME, params![name], read)
}

/// Lists every token by name, including expired ones.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<ScimToken>, StoreError> {
    tx.query_all(LIST, params![], read)
}

/// Lists a page of tokens.
pub fn page(tx: &mut Tx<'_>, query: &ListQuery) -> Result<ListPage<ScimToken>, StoreError> {
    PAGES.page(tx, &[], query, read)
}

/// Stores a new token.
pub fn insert(tx: &mut Tx<'_>, token: &ScimToken, digest: Digest) -> Result<(), StoreError> {
    let ScimToken { id, name, created_at, expires_at, last_used_at } = token;
    tx.execute(INSERT, params![id, name, digest, created_at, expires_at, last_used_at])?
        .expect_rows(1)
}

/// Replaces the digest and the expiry of a token.
pub fn rotate(tx: &mut Tx<'_>, token: &ScimToken, digest: Digest) -> Result<(), StoreError> {
    tx.execute(ROTATE, params![token.id, digest, token.expires_at])?.expect_rows(1)
}

/// Records the use of a token. `false` when it was recorded already: of many uses at once, one writes.
pub fn record_use(tx: &mut Tx<'_>, id: ScimTokenId, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.execute(RECORD_USE, params![id, now])?.rows() == 1)
}

/// Deletes a token, with the external ids of its program. `false` when there is none.
pub fn delete(tx: &mut Tx<'_>, id: ScimTokenId) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE, params![id])?.rows() == 1)
}

fn read(row: &Row<'_>) -> Result<ScimToken, StoreError> {
    Ok(ScimToken {
        id: row.get(0)?,
        name: row.get(1)?,
        created_at: row.get(2)?,
        expires_at: row.get(3)?,
        last_used_at: row.get(4)?,
    })
}
