//! What servers on one database have to agree on about backups that they make by themselves: whose turn it is, when the
//! last one was begun, and which installation they are of.

use super::{StoreError, Tx, leases, meta};
use crate::model::{InstallationId, Timestamp};

/// The lease that says which server makes one.
const LEASE: &str = "backup";
/// How long it lasts, in seconds. It is renewed while a backup is being made.
const TERM: i64 = 60;
/// The second in which the last one that was made was begun, in eight bytes, the highest first.
const LAST_BEGUN_AT: &str = "last_scheduled_backup_at";
/// The installation, in four bytes.
const INSTALLATION: &str = "installation_id";

/// Whether a server is to make the backup that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Another one is making it, and may fail.
    Another,
    /// It was made.
    Made,
    /// It is.
    Ours,
}

/// Takes the lease, unless the backup that is due since then was made or another server is making it.
pub fn begin(
    tx: &mut Tx<'_>,
    holder: &str,
    due: Timestamp,
    now: Timestamp,
) -> Result<Turn, StoreError> {
    if last_begun_at(tx)?.is_some_and(|at| due <= at && at <= now.plus(leases::CLOCKS_APART)) {
        return Ok(Turn::Made);
    }
    Ok(if renew(tx, holder, now)? { Turn::Ours } else { Turn::Another })
}

/// Makes the lease last from now on. `false` when another server has it.
pub fn renew(tx: &mut Tx<'_>, holder: &str, now: Timestamp) -> Result<bool, StoreError> {
    leases::take(tx, LEASE, holder, (now, now.plus(TERM)))
}

/// Notes that the backup that was begun then was made, and gives the lease back.
pub fn finish(tx: &mut Tx<'_>, holder: &str, begun_at: Timestamp) -> Result<(), StoreError> {
    meta::delete(tx, LAST_BEGUN_AT)?;
    meta::insert(tx, LAST_BEGUN_AT, &begun_at.as_unix().to_be_bytes())?;
    give_up(tx, holder)
}

/// Gives the lease back, so that another server may try.
pub fn give_up(tx: &mut Tx<'_>, holder: &str) -> Result<(), StoreError> {
    leases::release(tx, LEASE, holder)
}

fn last_begun_at(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, StoreError> {
    let bytes = meta::find(tx, LAST_BEGUN_AT)?.and_then(|bytes| bytes.try_into().ok());
    Ok(bytes.map(|bytes| Timestamp::from_unix(i64::from_be_bytes(bytes))))
}

/// The installation that a database is of; `drawn` from now on, if nobody asked before.
pub fn installation(tx: &mut Tx<'_>, drawn: InstallationId) -> Result<InstallationId, StoreError> {
    if let Some(known) = meta::find(tx, INSTALLATION)?.and_then(|bytes| bytes.try_into().ok()) {
        return Ok(InstallationId(known));
    }
    meta::delete(tx, INSTALLATION)?;
    meta::insert(tx, INSTALLATION, &drawn.0)?;
    Ok(drawn)
}
