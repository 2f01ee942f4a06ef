//! `reauthentications`: proofs that a signed-in user has just used a passkey again.
//!
//! A proof is good once, and in the session that it was given in: whoever has stolen the cookie of a session has not
//! got the proof, and a proof that came into other hands is worth nothing without the session.

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

/// When a passkey was used, and until when that is a proof.
#[derive(Debug, Clone, Copy)]
pub struct Life {
    /// When the passkey was used.
    pub proven_at: Timestamp,
    /// The end.
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

/// Whether a proof of this session is there to be used.
pub fn is_live(
    tx: &mut Tx<'_>,
    token: &BearerToken,
    session: &Session,
    now: Timestamp,
) -> Result<bool, StoreError> {
    tx.exists(IS_LIVE, params![token.id(), token.digest(), session.user_id, session.id, now])
}

/// Takes a live proof of this session, for its one use; says when the passkey was used.
pub fn consume(
    tx: &mut Tx<'_>,
    token: &BearerToken,
    session: &Session,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let proof = params![token.id(), token.digest(), session.user_id, session.id, now];
    tx.query_opt(CONSUME, proof, |row| row.get(0))
}
