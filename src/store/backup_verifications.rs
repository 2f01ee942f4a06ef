//! The last verification of a backup, and which of the servers of a database makes the next one.

use serde::{Deserialize, Serialize};

use super::{StoreError, Tx, leases, meta};
use crate::model::Timestamp;

/// The lease of the server that verifies. It is not that of backups: these go on meanwhile.
const LEASE: &str = "backup_verification";
/// The term of the lease in seconds. It is renewed during a verification.
const TERM: i64 = 60;
/// The key of the last verification, in JSON.
const LAST: &str = "last_backup_verification";
/// After a failure, the next verification is due this many seconds later, or earlier.
const AGAIN_AFTER: i64 = 86_400;

/// A verification that came to an end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupVerification {
    /// When it began, in Unix seconds.
    begun_at: i64,
    /// The name of the backup; `None` if none was found.
    pub backup: Option<String>,
    /// Why the backup cannot be restored; `None` if it can.
    pub fault: Option<String>,
}

impl BackupVerification {
    /// A verification that began at this time.
    pub fn new(begun_at: Timestamp, backup: Option<String>, fault: Option<String>) -> Self {
        Self { begun_at: begun_at.as_unix(), backup, fault }
    }

    /// When it began.
    pub fn begun_at(&self) -> Timestamp {
        Timestamp::from_unix(self.begun_at)
    }

    /// When the next one is due, if one is every so many seconds.
    pub fn next(&self, every: i64) -> Timestamp {
        let wait = if self.fault.is_some() { every.min(AGAIN_AFTER) } else { every };
        self.begun_at().plus(wait)
    }
}

/// Whether this server should verify a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerificationTurn {
    /// Another server is at it, and may fail.
    Another,
    /// None is due before this time.
    Later(Timestamp),
    /// This server should do it.
    Ours,
}

/// Takes the lease, if a verification is due.
pub fn begin(
    tx: &mut Tx<'_>,
    holder: &str,
    every: i64,
    now: Timestamp,
) -> Result<VerificationTurn, StoreError> {
    // One of the future was made with a wrong clock.
    let last = last(tx)?.filter(|last| last.begun_at() <= now.plus(leases::CLOCKS_APART));
    if let Some(due) = last.map(|last| last.next(every)).filter(|due| *due > now) {
        return Ok(VerificationTurn::Later(due));
    }
    let is_ours = renew(tx, holder, now)?;
    Ok(if is_ours { VerificationTurn::Ours } else { VerificationTurn::Another })
}

/// Takes or renews the lease, from now on. `false` when another server holds it.
pub fn renew(tx: &mut Tx<'_>, holder: &str, now: Timestamp) -> Result<bool, StoreError> {
    leases::take(tx, LEASE, holder, now, now.plus(TERM))
}

/// Releases the lease.
pub fn give_up(tx: &mut Tx<'_>, holder: &str) -> Result<(), StoreError> {
    leases::release(tx, LEASE, holder)
}

/// Records a verification.
pub fn record(tx: &mut Tx<'_>, made: &BackupVerification) -> Result<(), StoreError> {
    let json = serde_json::to_vec(made).expect("text and numbers");
    meta::delete(tx, LAST)?;
    meta::insert(tx, LAST, &json)
}

/// The last verification.
pub fn last(tx: &mut Tx<'_>) -> Result<Option<BackupVerification>, StoreError> {
    Ok(meta::find(tx, LAST)?.and_then(|json| serde_json::from_slice(&json).ok()))
}
