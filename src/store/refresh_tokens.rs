//! `refresh_tokens`: used once each; a second use revokes the grant (RFC 9700 §4.14.2).

use super::{StoreError, Tx, value::params};
use crate::{
    crypto::{BearerToken, Digest},
    model::{GrantId, Timestamp},
};

/// A refresh token as stored.
#[derive(Debug, Clone)]
pub struct RefreshToken {
    /// What it renews.
    pub grant_id: GrantId,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was used.
    pub consumed_at: Option<Timestamp>,
}

const FIND: &str = "
    SELECT grant_id, expires_at, consumed_at, token_digest FROM refresh_tokens WHERE id = ?1";

const INSERT: &str = "
    INSERT INTO refresh_tokens (id, token_digest, grant_id, expires_at) VALUES (?1, ?2, ?3, ?4)";

const CONSUME: &str = "
    UPDATE refresh_tokens SET consumed_at = ?2 WHERE id = ?1 AND consumed_at IS NULL";

/// Finds the refresh token that a client presents.
pub fn find(tx: &mut Tx<'_>, token: &BearerToken) -> Result<Option<RefreshToken>, StoreError> {
    let found = tx.query_opt(FIND, params![token.id()], |row| {
        let (grant_id, expires_at, consumed_at) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok((RefreshToken { grant_id, expires_at, consumed_at }, row.get::<Digest>(3)?))
    })?;
    Ok(found.filter(|(_, digest)| digest.constant_time_eq(&token.digest())).map(|(found, _)| found))
}

/// Stores a new refresh token.
pub fn insert(
    tx: &mut Tx<'_>,
    token: &BearerToken,
    grant_id: GrantId,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(INSERT, params![token.id(), token.digest(), grant_id, expires_at])?.expect_rows(1)
}

/// Marks a refresh token as used. Fails if it already was.
pub fn consume(tx: &mut Tx<'_>, token: &BearerToken, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(CONSUME, params![token.id(), now])?.expect_rows(1)
}
