//! `ceremonies`: WebAuthn ceremonies between their start and their one finish.

use super::{StoreError, Tx, room::Room, value::params};
use crate::{
    crypto::Digest,
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

/// A ceremony that was started.
#[derive(Debug)]
pub struct NewCeremony {
    /// The digest of the challenge: the answer names it, and it is good for one ceremony.
    pub challenge: Digest,
    /// The digest of the cookie of the browser that began it.
    pub browser: Digest,
    /// What it is for.
    pub kind: CeremonyKind,
    /// What the answer is verified with.
    pub state: String,
    /// When it is too late to finish it.
    pub expires_at: Timestamp,
}

/// How many ceremonies a browser may have open: one a tab, and a few that were given up.
const MAX_OF_BROWSER: i64 = 8;

/// There are never more of a browser than that and a few, so the second limit is none.
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

/// Stores a ceremony that was started. The oldest ones of its browser give way.
pub fn insert(tx: &mut Tx<'_>, room: &Room, new: &NewCeremony) -> Result<(), StoreError> {
    room.store(tx, |tx| {
        let _ = tx.execute(DELETE_OLDEST, params![new.browser, MAX_OF_BROWSER - 1])?;
        let (kind, user_id) = (new.kind.name(), new.kind.user_id());
        let row = params![new.challenge, new.browser, kind, user_id, new.state, new.expires_at];
        tx.execute(INSERT, row)?.expect_rows(1)
    })
}

/// Takes the state of a ceremony out of the database, for its one use. `None` when there is no such
/// ceremony of this browser, when it is of another kind or user, or when it has expired.
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
