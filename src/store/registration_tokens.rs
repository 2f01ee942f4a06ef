//! `registration_tokens`: the tokens of programs that may register clients (RFC 7591).

use super::{
    Row, StoreError, Tx,
    list::{List, ListPage, ListQuery},
    value::params,
};
use crate::{
    crypto::{BearerToken, Digest},
    model::{RegistrationToken, RegistrationTokenId, RegistrationTokenName, Timestamp},
};

const FIND: &str = "
    SELECT id, name, created_at, expires_at, last_used_at, token_digest
      FROM registration_tokens
     WHERE id = ?1";

const FIND_BY_NAME: &str = "
    SELECT id, name, created_at, expires_at, last_used_at FROM registration_tokens WHERE name = ?1";

const LIST: &str = "
    SELECT id, name, created_at, expires_at, last_used_at FROM registration_tokens ORDER BY name";

const PAGES: List = List {
    columns: "id, name, created_at, expires_at, last_used_at",
    from: "registration_tokens",
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
    INSERT INTO registration_tokens (id, name, token_digest, created_at, expires_at, last_used_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

const RECORD_USE: &str = "UPDATE registration_tokens SET last_used_at = ?2 WHERE id = ?1";

const DELETE: &str = "DELETE FROM registration_tokens WHERE id = ?1";

/// Finds the token that is presented, unless it has expired.
pub fn find_presented(
    tx: &mut Tx<'_>,
    presented: &BearerToken,
    now: Timestamp,
) -> Result<Option<RegistrationToken>, StoreError> {
    let found =
        tx.query_opt(FIND, params![presented.id()], |row| Ok((read(row)?, row.get::<Digest>(5)?)))?;
    let is_it = |digest: &Digest| digest.constant_time_eq(&presented.digest());
    Ok(found.filter(|(token, digest)| is_it(digest) && token.is_live(now)).map(|(token, _)| token))
}

/// Finds a token by its id.
pub fn find(
    tx: &mut Tx<'_>,
    id: RegistrationTokenId,
) -> Result<Option<RegistrationToken>, StoreError> {
    tx.query_opt(FIND, params![id], read)
}

/// Finds a token by its name.
pub fn find_by_name(
    tx: &mut Tx<'_>,
    name: &RegistrationTokenName,
) -> Result<Option<RegistrationToken>, StoreError> {
    tx.query_opt(FIND_BY_NAME, params![name], read)
}

/// Lists every token by name, including expired ones.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<RegistrationToken>, StoreError> {
    tx.query_all(LIST, params![], read)
}

/// Lists a page of tokens.
pub fn page(tx: &mut Tx<'_>, query: &ListQuery) -> Result<ListPage<RegistrationToken>, StoreError> {
    PAGES.page(tx, &[], query, read)
}

/// Stores a new token.
pub fn insert(
    tx: &mut Tx<'_>,
    token: &RegistrationToken,
    digest: Digest,
) -> Result<(), StoreError> {
    let RegistrationToken { id, name, created_at, expires_at, last_used_at } = token;
    tx.execute(INSERT, params![id, name, digest, created_at, expires_at, last_used_at])?
        .expect_rows(1)
}

/// Records the use of a token. `false` when it no longer exists.
pub fn record_use(
    tx: &mut Tx<'_>,
    id: RegistrationTokenId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(tx.execute(RECORD_USE, params![id, now])?.rows() == 1)
}

/// Deletes a token. The clients that were registered with it stay. `false` when there is none.
pub fn delete(tx: &mut Tx<'_>, id: RegistrationTokenId) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE, params![id])?.rows() == 1)
}

fn read(row: &Row<'_>) -> Result<RegistrationToken, StoreError> {
    Ok(RegistrationToken {
        id: row.get(0)?,
        name: row.get(1)?,
        created_at: row.get(2)?,
        expires_at: row.get(3)?,
        last_used_at: row.get(4)?,
    })
}
