//! `access_tokens`. Each token names its grant and is verified by the digest of the whole token.

use super::{StoreError, Tx, value::params};
use crate::{
    crypto::Digest,
    model::{GrantId, Timestamp},
};

const IS_LIVE: &str = "
    SELECT 1
      FROM access_tokens
     WHERE grant_id = ?1 AND token_digest = ?2 AND expires_at > ?3";

const DELETE_EVERY: &str = "DELETE FROM access_tokens";

const INSERT: &str = "
    INSERT INTO access_tokens (grant_id, token_digest, expires_at) VALUES (?1, ?2, ?3)";

const DELETE: &str = "DELETE FROM access_tokens WHERE grant_id = ?1 AND token_digest = ?2";

const DELETE_OF_GRANT: &str = "DELETE FROM access_tokens WHERE grant_id = ?1";

const DELETE_OLDEST: &str = "
    DELETE FROM access_tokens
     WHERE grant_id = ?1
       AND token_digest NOT IN (
           SELECT token_digest FROM access_tokens
            WHERE grant_id = ?1 ORDER BY expires_at DESC, token_digest LIMIT ?2)";

/// Whether this access token belongs to the grant and has not expired. Does not check whether the
/// grant was revoked.
pub fn is_live(
    tx: &mut Tx<'_>,
    grant_id: GrantId,
    digest: Digest,
    now: Timestamp,
) -> Result<bool, StoreError> {
    tx.exists(IS_LIVE, params![grant_id, digest, now])
}

/// Stores the digest of a new access token.
pub fn insert(
    tx: &mut Tx<'_>,
    grant_id: GrantId,
    digest: Digest,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(INSERT, params![grant_id, digest, expires_at])?.expect_rows(1)
}

/// Deletes one access token.
pub fn delete(tx: &mut Tx<'_>, grant_id: GrantId, digest: Digest) -> Result<(), StoreError> {
    tx.execute(DELETE, params![grant_id, digest])?.expect_rows(1)
}

/// Deletes the access tokens of a grant, before new ones are issued. Returns their number.
pub fn delete_of_grant(tx: &mut Tx<'_>, grant_id: GrantId) -> Result<usize, StoreError> {
    Ok(tx.execute(DELETE_OF_GRANT, params![grant_id])?.rows())
}

/// Deletes the access tokens of a grant except this many, which expire last.
pub fn delete_oldest(tx: &mut Tx<'_>, grant_id: GrantId, kept: i64) -> Result<(), StoreError> {
    // Any number of rows.
    tx.execute(DELETE_OLDEST, params![grant_id, kept]).map(|_| ())
}

/// Deletes every access token of users.
pub fn delete_every(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    // Any number of rows.
    tx.execute(DELETE_EVERY, params![]).map(|_| ())
}
