//! `reauthentications`: proofs that a signed-in user has just used a passkey again.
//!
//! A proof works once, and only in its session. A thief of the session cookie lacks the proof, and
//! a stolen proof is useless without the session.

use super::{StoreError, Tx, value::params};
use crate::{
    crypto::BearerToken,
    model::{Session, Timestamp},
};

const INSERT: &str = "
    INSERT INTO reauthentications (id, reauthentication_digest, user_id, session_id, created_at,
                                   expires_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

const IS_LIVE: &str = "
    SELECT 1
      FROM reauthentications
     WHERE id = ?1 AND reauthentication_digest = ?2 AND user_id = ?3 AND session_id = ?4
       AND expires_at > ?5";

const CONSUME: &str = "
    DELETE FROM reauthentications
     WHERE id = ?1 AND reauthentication_digest = ?2 AND user_id = ?3 AND session_id = ?4
       AND expires_at > ?5
 RETURNING created_at";

/// The lifetime of a proof.
#[derive(Debug, Clone, Copy)]
pub struct Life {
    /// When the passkey was used.
    pub proven_at: Timestamp,
    /// When the proof expires.
    pub expires_at: Timestamp,
}

/// Stores a new proof.
pub fn insert(
    tx: &mut Tx<'_>,
    token: &BearerToken,
    session: &Session,
    life: Life,
) -> Result<(), StoreError> {
    let (id, digest) = (token.id(), token.digest());
    let row = params![id, digest, session.user_id, session.id, life.proven_at, life.expires_at];
    tx.execute(INSERT, row)?.expect_rows(1)
}

/// Whether this session has this unexpired proof.
pub fn is_live(
    tx: &mut Tx<'_>,
    token: &BearerToken,
    session: &Session,
    now: Timestamp,
) -> Result<bool, StoreError> {
    tx.exists(IS_LIVE, params![token.id(), token.digest(), session.user_id, session.id, now])
}

/// Deletes a live proof of this session, for single use. Returns when the passkey was used.
pub fn consume(
    tx: &mut Tx<'_>,
    token: &BearerToken,
    session: &Session,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let proof = params![token.id(), token.digest(), session.user_id, session.id, now];
    tx.query_opt(CONSUME, proof, |row| row.get(0))
}
