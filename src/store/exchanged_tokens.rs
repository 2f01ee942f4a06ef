//! `exchanged_tokens`: access tokens that clients got for those of others (RFC 8693). Each hangs on
//! the access token of a grant that it began with, and on the exchanged token in between, and ends
//! with them. The `jti` is the id of the row, and the token is verified by the digest of the whole
//! token.

use super::{StoreError, Tx, value::params};
use crate::{
    crypto::Digest,
    model::{ClientId, GrantId, Timestamp},
};

const FIND: &str = "
    SELECT grant_id, root_digest, client_id, token_digest
      FROM exchanged_tokens
     WHERE id = ?1 AND expires_at > ?2";

const CLIENTS_IN_BETWEEN: &str = "
    WITH RECURSIVE chain (parent_id, client_id) AS (
        SELECT p.parent_id, p.client_id
          FROM exchanged_tokens t
         CROSS JOIN exchanged_tokens p
         WHERE t.id = ?1 AND p.id = t.parent_id
         UNION ALL
        SELECT p.parent_id, p.client_id
          FROM chain c
         CROSS JOIN exchanged_tokens p
         WHERE p.id = c.parent_id)
    SELECT client_id FROM chain";

const EXISTS_OF_CLIENT: &str = "
    SELECT 1 FROM exchanged_tokens WHERE grant_id = ?1 AND client_id || '' = ?2 LIMIT 1";

const INSERT: &str = "
    INSERT INTO exchanged_tokens (id, grant_id, root_digest, parent_id, client_id, token_digest,
                                  expires_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

/// Only for PostgreSQL, where the end of the access token waits for it, and would take the exchanged tokens that this
/// one waits for.
const HOLD_ROOT: &str = "
    SELECT 1 FROM access_tokens WHERE grant_id = ?1 AND token_digest = ?2 FOR KEY SHARE";

const DELETE: &str = "DELETE FROM exchanged_tokens WHERE id = ?1";

/// The access token that an exchange began with, and the exchanged token that was exchanged again.
#[derive(Debug, Clone, Copy)]
pub struct ExchangeOrigin {
    /// The grant.
    pub grant_id: GrantId,
    /// The digest of its access token.
    pub root: Digest,
    /// The exchanged token in between.
    pub parent: Option<GrantId>,
}

/// An exchanged token that has not expired.
#[derive(Debug)]
pub struct ExchangedToken {
    /// The tokens that it hangs on, and itself as the parent of the next one.
    pub origin: ExchangeOrigin,
    /// The client that it was issued to.
    pub client_id: ClientId,
}

/// Finds a token that has not expired.
pub fn find(
    tx: &mut Tx<'_>,
    id: GrantId,
    digest: Digest,
    now: Timestamp,
) -> Result<Option<ExchangedToken>, StoreError> {
    let found = tx.query_opt(FIND, params![id, now], |row| {
        let origin = ExchangeOrigin { grant_id: row.get(0)?, root: row.get(1)?, parent: Some(id) };
        let token = ExchangedToken { origin, client_id: row.get(2)? };
        Ok((token, row.get::<Digest>(3)?))
    })?;
    Ok(found.filter(|(_, stored)| stored.constant_time_eq(&digest)).map(|(token, _)| token))
}

/// The clients of the exchanged tokens that this one was got for, of which there are a few at most.
pub fn clients_in_between(tx: &mut Tx<'_>, id: GrantId) -> Result<Vec<ClientId>, StoreError> {
    tx.query_all(CLIENTS_IN_BETWEEN, params![id], |row| row.get(0))
}

/// Whether a client has an exchanged token of a grant.
pub fn exists_of_client(
    tx: &mut Tx<'_>,
    grant_id: GrantId,
    client_id: &ClientId,
) -> Result<bool, StoreError> {
    tx.exists(EXISTS_OF_CLIENT, params![grant_id, client_id])
}

/// A token to store.
#[derive(Debug, Clone)]
pub struct NewExchangedToken {
    /// The id of its row, which is in its `jti`.
    pub id: GrantId,
    /// The client that it was issued to.
    pub client_id: ClientId,
    /// The digest of the whole token.
    pub digest: Digest,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// Stores a new token.
pub fn insert(
    tx: &mut Tx<'_>,
    origin: ExchangeOrigin,
    token: &NewExchangedToken,
) -> Result<(), StoreError> {
    let ExchangeOrigin { grant_id, root, parent } = origin;
    let NewExchangedToken { id, client_id, digest, expires_at } = token;
    if tx.is_on_postgres() {
        // Without the access token, the insertion below says what is missing.
        tx.exists(HOLD_ROOT, params![grant_id, root])?;
    }
    let params = params![id, grant_id, root, parent, client_id, digest, expires_at];
    tx.execute(INSERT, params)?.expect_rows(1)
}

/// Deletes a token, with those that were got for it.
pub fn delete(tx: &mut Tx<'_>, id: GrantId) -> Result<(), StoreError> {
    tx.execute(DELETE, params![id])?.expect_rows(1)
}
