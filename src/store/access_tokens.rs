//! `access_tokens`: found by their `jti`, proven by the digest of the whole token.

use uuid::Uuid;

use super::{StoreError, Tx, value::params};
use crate::{
    crypto::Digest,
    model::{GrantId, Timestamp},
};

const FIND_GRANT: &str = "
    SELECT t.grant_id, t.token_digest
      FROM access_tokens t
      JOIN grants g ON g.id = t.grant_id
     WHERE t.id = ?1 AND t.expires_at > ?2 AND g.revoked_at IS NULL";

const INSERT: &str = "
    INSERT INTO access_tokens (id, token_digest, grant_id, expires_at) VALUES (?1, ?2, ?3, ?4)";

const DELETE_OF_GRANT: &str = "DELETE FROM access_tokens WHERE grant_id = ?1";

/// Finds the grant of a live access token.
pub fn find_grant(
    tx: &mut Tx<'_>,
    jti: Uuid,
    digest: Digest,
    now: Timestamp,
) -> Result<Option<GrantId>, StoreError> {
    let found: Option<(GrantId, Digest)> =
        tx.query_opt(FIND_GRANT, params![jti, now], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.filter(|(_, stored)| stored.constant_time_eq(&digest)).map(|(grant, _)| grant))
}

/// Stores the digest of a new access token.
pub fn insert(
    tx: &mut Tx<'_>,
    jti: Uuid,
    digest: Digest,
    grant_id: GrantId,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(INSERT, params![jti, digest, grant_id, expires_at])?.expect_rows(1)
}

/// Ends the access tokens of a grant, as new ones take their place. Says how many they were.
pub fn delete_of_grant(tx: &mut Tx<'_>, grant_id: GrantId) -> Result<usize, StoreError> {
    Ok(tx.execute(DELETE_OF_GRANT, params![grant_id])?.rows())
}
