//! `refresh_tokens`. Each works once; a second use revokes the grant (RFC 9700 §4.14.2). So used
//! tokens are kept until they expire; then the clean-up deletes them (`expired.rs`).

use super::{StoreError, Tx, value::params};
use crate::{
    crypto::BearerToken,
    model::{Confirmation, GrantId, Timestamp},
};

/// A refresh token as stored.
#[derive(Debug, Clone)]
pub struct RefreshToken {
    /// The grant of the token.
    pub grant_id: GrantId,
    /// When the token expires.
    pub expires_at: Timestamp,
    /// The only keys that the token can be used with (RFC 8705 §4, RFC 9449 §5).
    pub keys: Confirmation,
    /// When the token was used.
    pub consumed_at: Option<Timestamp>,
}

const FIND: &str = "
    SELECT grant_id, expires_at, consumed_at, dpop_jkt, certificate_thumbprint
      FROM refresh_tokens
     WHERE grant_id = ?1 AND token_digest = ?2";

const INSERT: &str = "
    INSERT INTO refresh_tokens (grant_id, token_digest, expires_at, dpop_jkt,
                                certificate_thumbprint)
    VALUES (?1, ?2, ?3, ?4, ?5)";

const EXTEND: &str = "
    UPDATE refresh_tokens SET expires_at = ?3
     WHERE grant_id = ?1 AND token_digest = ?2 AND expires_at < ?3";

const CONSUME: &str = "
    UPDATE refresh_tokens SET consumed_at = ?3
     WHERE grant_id = ?1 AND token_digest = ?2 AND consumed_at IS NULL";

/// Finds the refresh token that a client presents.
pub fn find(tx: &mut Tx<'_>, token: &BearerToken) -> Result<Option<RefreshToken>, StoreError> {
    tx.query_opt(FIND, params![token.id(), token.digest()], |row| {
        Ok(RefreshToken {
            grant_id: row.get(0)?,
            expires_at: row.get(1)?,
            consumed_at: row.get(2)?,
            keys: Confirmation { jkt: row.get(3)?, x5t: row.get(4)? },
        })
    })
}

/// Stores a new refresh token. Its id is that of its grant.
pub fn insert(
    tx: &mut Tx<'_>,
    token: &BearerToken,
    expires_at: Timestamp,
    keys: &Confirmation,
) -> Result<(), StoreError> {
    let params = params![token.id(), token.digest(), expires_at, keys.jkt, keys.x5t];
    tx.execute(INSERT, params)?.expect_rows(1)
}

/// Extends a refresh token that stays the same after its use. Never shortens it: `false` when it
/// already expires later.
pub fn extend(
    tx: &mut Tx<'_>,
    token: &BearerToken,
    expires_at: Timestamp,
) -> Result<bool, StoreError> {
    Ok(tx.execute(EXTEND, params![token.id(), token.digest(), expires_at])?.rows() == 1)
}

/// Marks a refresh token as used. Fails if it was used before.
pub fn consume(tx: &mut Tx<'_>, token: &BearerToken, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(CONSUME, params![token.id(), token.digest(), now])?.expect_rows(1)
}
