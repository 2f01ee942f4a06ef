//! `ceremonies`: WebAuthn ceremonies between their start and their one finish.

use super::{StoreError, Tx, room::Room, value::params};
use crate::{
    crypto::BearerToken,
    model::{Timestamp, UserId},
};

/// What a ceremony is for (WebAuthn L3 §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CeremonyKind {
    /// Somebody signs in; who, the passkey will tell.
    Authentication,
    /// This user registers a passkey.
    Registration(UserId),
}

impl CeremonyKind {
    fn name(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::Registration(_) => "registration",
        }
    }

    fn user_id(self) -> Option<UserId> {
        match self {
            Self::Authentication => None,
            Self::Registration(user_id) => Some(user_id),
        }
    }
}

const INSERT: &str = "
    INSERT INTO ceremonies (id, ceremony_digest, kind, user_id, state, expires_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

const CONSUME: &str = "
    DELETE FROM ceremonies
     WHERE id = ?1 AND ceremony_digest = ?2 AND kind = ?3
 RETURNING state, user_id, expires_at";

/// Stores a ceremony that was started.
pub fn insert(
    tx: &mut Tx<'_>,
    room: &Room,
    token: &BearerToken,
    (kind, state): (CeremonyKind, &str),
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    room.make(tx)?;
    let row = params![token.id(), token.digest(), kind.name(), kind.user_id(), state, expires_at];
    tx.execute(INSERT, row)?.expect_rows(1)
}

/// Takes the state of a ceremony out of the database, for its one use. `None` when there is no such
/// ceremony, when it is of another kind or user, or when it has expired.
pub fn consume(
    tx: &mut Tx<'_>,
    token: &BearerToken,
    kind: CeremonyKind,
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    type Taken = (String, Option<UserId>, Timestamp);
    let row = params![token.id(), token.digest(), kind.name()];
    let taken: Option<Taken> =
        tx.query_opt(CONSUME, row, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(taken
        .filter(|(_, user_id, expires_at)| *user_id == kind.user_id() && *expires_at > now)
        .map(|(state, _, _)| state))
}
