//! `client_access_tokens`: access tokens of clients that act for themselves. The `jti` is the id of
//! the row, and the token is verified by the digest of the whole token.

use super::{StoreError, Tx, value::params};
use crate::{
    crypto::Digest,
    model::{ClientId, GrantId, Timestamp},
};

const FIND_CLIENT: &str = "
    SELECT client_id, token_digest FROM client_access_tokens WHERE id = ?1 AND expires_at > ?2";

const DELETE_EVERY: &str = "DELETE FROM client_access_tokens";

const INSERT: &str = "
    INSERT INTO client_access_tokens (id, client_id, token_digest, expires_at)
    VALUES (?1, ?2, ?3, ?4)";

const DELETE: &str = "DELETE FROM client_access_tokens WHERE id = ?1";

/// Finds the client of a token that has not expired.
pub fn find_client(
    tx: &mut Tx<'_>,
    id: GrantId,
    digest: Digest,
    now: Timestamp,
) -> Result<Option<ClientId>, StoreError> {
    let found: Option<(ClientId, Digest)> =
        tx.query_opt(FIND_CLIENT, params![id, now], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.filter(|(_, stored)| stored.constant_time_eq(&digest)).map(|(client, _)| client))
}

/// Stores the digest of a new token.
pub fn insert(
    tx: &mut Tx<'_>,
    id: GrantId,
    client_id: &ClientId,
    digest: Digest,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(INSERT, params![id, client_id, digest, expires_at])?.expect_rows(1)
}

/// Deletes a token.
pub fn delete(tx: &mut Tx<'_>, id: GrantId) -> Result<(), StoreError> {
    tx.execute(DELETE, params![id])?.expect_rows(1)
}

/// Deletes every access token of clients.
pub fn delete_every(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    // Any number of rows.
    tx.execute(DELETE_EVERY, params![]).map(|_| ())
}
