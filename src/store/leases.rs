//! `leases`: periodic work is done by one server at a time, whoever comes first.

use super::{StoreError, Tx, value::params};
use crate::model::Timestamp;

const TAKE: &str = "
    INSERT INTO leases (name, holder, expires_at) VALUES (?1, ?2, ?3)
    ON CONFLICT (name) DO UPDATE
       SET holder = excluded.holder, expires_at = excluded.expires_at
     WHERE leases.expires_at <= ?4 OR leases.holder = excluded.holder";

/// Takes or renews a lease. `false` when another server holds it.
pub fn take(
    tx: &mut Tx<'_>,
    name: &str,
    holder: &str,
    (now, expires_at): (Timestamp, Timestamp),
) -> Result<bool, StoreError> {
    Ok(tx.execute(TAKE, params![name, holder, expires_at, now])?.rows() == 1)
}
