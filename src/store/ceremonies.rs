//! `ceremonies`: WebAuthn ceremonies that were started and not finished.

use super::{StoreError, Tx, room::Room, value::params};
use crate::{
    crypto::Digest,
    model::{Timestamp, UserId},
};

/// The kind of a ceremony (WebAuthn L3 §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CeremonyKind {
    /// A sign-in. The passkey in the answer determines the user.
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

/// A ceremony that was started.
#[derive(Debug)]
pub struct NewCeremony {
    /// The digest of the challenge, which the answer repeats. Each challenge is for one ceremony.
    pub challenge: Digest,
    /// The digest of the cookie of the browser that started it.
    pub browser: Digest,
    /// The kind of the ceremony.
    pub kind: CeremonyKind,
    /// The state for verifying the answer.
    pub state: String,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// The most open ceremonies of a browser: enough for several tabs and some abandoned ones.
const MAX_OF_BROWSER: i64 = 8;

/// `OFFSET` needs a `LIMIT` in SQLite; 1000 is more than a browser ever has.
const DELETE_OLDEST: &str = "
    DELETE FROM ceremonies WHERE id IN (
        SELECT id FROM ceremonies
         WHERE browser_digest = ?1
         ORDER BY expires_at DESC
         LIMIT 1000 OFFSET ?2)";

const INSERT: &str = "
    INSERT INTO ceremonies (id, browser_digest, kind, user_id, state, expires_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

const CONSUME: &str = "
    DELETE FROM ceremonies
     WHERE id = ?1 AND browser_digest = ?2 AND kind = ?3
 RETURNING state, user_id, expires_at";

/// Stores a new ceremony. Deletes the oldest ones of its browser beyond the limit.
pub fn insert(tx: &mut Tx<'_>, room: &Room, new: &NewCeremony) -> Result<(), StoreError> {
    room.store(tx, |tx| {
        let _ = tx.execute(DELETE_OLDEST, params![new.browser, MAX_OF_BROWSER - 1])?;
        let (kind, user_id) = (new.kind.name(), new.kind.user_id());
        let row = params![new.challenge, new.browser, kind, user_id, new.state, new.expires_at];
        tx.execute(INSERT, row)?.expect_rows(1)
    })
}

/// Deletes a ceremony and returns its state, for single use. `None` when this browser has no such
/// ceremony, when it is of another kind or user, or when it has expired.
pub fn consume(
    tx: &mut Tx<'_>,
    challenge: &Digest,
    browser: &Digest,
    kind: CeremonyKind,
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    type Taken = (String, Option<UserId>, Timestamp);
    let row = params![*challenge, *browser, kind.name()];
    let taken: Option<Taken> =
        tx.query_opt(CONSUME, row, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(taken
        .filter(|(_, user_id, expires_at)| *user_id == kind.user_id() && *expires_at > now)
        .map(|(state, _, _)| state))
}
