//! Coordinates scheduled backups between the servers of a database: which server makes one, when
//! the last one was started, and the id of the installation.

use super::{StoreError, Tx, leases, meta};
use crate::model::{InstallationId, Timestamp};

/// The lease of the server that makes the backup.
const LEASE: &str = "backup";
/// The term of the lease in seconds. It is renewed while a backup is running.
const TERM: i64 = 60;
/// The key of the start time of the last completed backup: Unix seconds as 8 bytes, big-endian.
const LAST_BEGUN_AT: &str = "last_scheduled_backup_at";
/// The key of the time since when scheduled backups fail, in the same form.
const FAILING_SINCE: &str = "scheduled_backups_failing_since";
/// The key of the installation id, 4 bytes.
const INSTALLATION: &str = "installation_id";

/// Whether this server should make the due backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackupTurn {
    /// Another server is making it, and may fail.
    Another,
    /// The backup was already made.
    Made,
    /// This server should make it.
    Ours,
}

/// Takes the lease, unless the backup due at `due` was made or another server is making it.
pub fn begin(
    tx: &mut Tx<'_>,
    holder: &str,
    due: Timestamp,
    now: Timestamp,
) -> Result<BackupTurn, StoreError> {
    if last_begun_at(tx)?.is_some_and(|at| due <= at && at <= now.plus(leases::CLOCKS_APART)) {
        return Ok(BackupTurn::Made);
    }
    Ok(if renew(tx, holder, now)? { BackupTurn::Ours } else { BackupTurn::Another })
}

/// Takes or renews the lease, from now on. `false` when another server holds it.
pub fn renew(tx: &mut Tx<'_>, holder: &str, now: Timestamp) -> Result<bool, StoreError> {
    leases::take(tx, LEASE, holder, now, now.plus(TERM))
}

/// Records the start time of a completed backup, and releases the lease.
pub fn finish(tx: &mut Tx<'_>, holder: &str, begun_at: Timestamp) -> Result<(), StoreError> {
    meta::delete(tx, FAILING_SINCE)?;
    meta::delete(tx, LAST_BEGUN_AT)?;
    meta::insert(tx, LAST_BEGUN_AT, &begun_at.as_unix().to_be_bytes())?;
    give_up(tx, holder)
}

/// Records that a backup failed. Returns `false` when the one before it failed, too.
pub fn record_failure(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
    if meta::find(tx, FAILING_SINCE)?.is_some() {
        return Ok(false);
    }
    meta::insert(tx, FAILING_SINCE, &now.as_unix().to_be_bytes())?;
    Ok(true)
}

/// Releases the lease, so that another server may try.
pub fn give_up(tx: &mut Tx<'_>, holder: &str) -> Result<(), StoreError> {
    leases::release(tx, LEASE, holder)
}

/// The start time of the last completed backup.
pub fn last_begun_at(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, StoreError> {
    let bytes = meta::find(tx, LAST_BEGUN_AT)?.and_then(|bytes| bytes.try_into().ok());
    Ok(bytes.map(|bytes| Timestamp::from_unix(i64::from_be_bytes(bytes))))
}

/// The installation id of a database. Stores `drawn` if there is none yet.
pub fn installation(tx: &mut Tx<'_>, drawn: InstallationId) -> Result<InstallationId, StoreError> {
    if let Some(known) = known_installation(tx)? {
        return Ok(known);
    }
    meta::delete(tx, INSTALLATION)?;
    meta::insert(tx, INSTALLATION, &drawn.0)?;
    Ok(drawn)
}

/// The installation id of a database, if it has one: it gets it with its first scheduled backup.
pub fn known_installation(tx: &mut Tx<'_>) -> Result<Option<InstallationId>, StoreError> {
    let bytes = meta::find(tx, INSTALLATION)?.and_then(|bytes| bytes.try_into().ok());
    Ok(bytes.map(InstallationId))
}
