//! `leases`: locks with an expiry, so that one server at a time does periodic work.

use super::{StoreError, Tx, value::params};
use crate::model::Timestamp;

/// The tolerated difference between the clocks of two servers, in seconds.
pub(super) const CLOCKS_APART: i64 = 60;

/// A lease that expires later than any valid one was taken with a wrong clock, and may be replaced.
const TAKE: &str = "
    INSERT INTO leases (name, holder, expires_at) VALUES (?1, ?2, ?3)
    ON CONFLICT (name) DO UPDATE
       SET holder = excluded.holder, expires_at = excluded.expires_at
     WHERE leases.expires_at <= ?4 OR leases.expires_at > ?5 OR leases.holder = excluded.holder";

const RELEASE: &str = "DELETE FROM leases WHERE name = ?1 AND holder = ?2";

/// Takes or renews a lease. `false` when another server holds it.
pub fn take(
    tx: &mut Tx<'_>,
    name: &str,
    holder: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<bool, StoreError> {
    let latest = expires_at.plus(CLOCKS_APART);
    Ok(tx.execute(TAKE, params![name, holder, expires_at, now, latest])?.rows() == 1)
}

/// Releases a lease early, if this holder has it.
pub fn release(tx: &mut Tx<'_>, name: &str, holder: &str) -> Result<(), StoreError> {
    tx.execute(RELEASE, params![name, holder]).map(drop)
}
