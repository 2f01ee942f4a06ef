//! `reauthentications`: proofs that a signed-in user has just used a passkey again.

use super::{StoreError, Tx, value::params};
use crate::{
    crypto::BearerToken,
    model::{Timestamp, UserId},
};

const INSERT: &str = "
    INSERT INTO reauthentications (id, reauthentication_digest, user_id, created_at, expires_at)
    VALUES (?1, ?2, ?3, ?4, ?5)";

const CONSUME: &str = "
    DELETE FROM reauthentications
     WHERE id = ?1 AND reauthentication_digest = ?2 AND user_id = ?3 AND expires_at > ?4
 RETURNING created_at";

/// Stores a new proof.
pub fn insert(
    tx: &mut Tx<'_>,
    token: &BearerToken,
    user_id: UserId,
    proven_at: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let row = params![token.id(), token.digest(), user_id, proven_at, expires_at];
    tx.execute(INSERT, row)?.expect_rows(1)
}

/// Takes a live proof of this user, for its one use; says when the passkey was used.
pub fn consume(
    tx: &mut Tx<'_>,
    token: &BearerToken,
    user_id: UserId,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    tx.query_opt(CONSUME, params![token.id(), token.digest(), user_id, now], |row| row.get(0))
}
