//! Asks all servers of a database to stop, and not to start, for a while. So all data can be
//! replaced even if a supervisor restarts servers as soon as they end.

use super::{StoreError, Tx, meta};
use crate::model::Timestamp;

/// The key of the end time of the stop: Unix seconds as 8 bytes, big-endian.
const NO_SERVER_UNTIL: &str = "no_server_until";

/// Asks servers to stop until the given time.
pub fn ask(tx: &mut Tx<'_>, until: Timestamp) -> Result<(), StoreError> {
    withdraw(tx)?;
    meta::insert(tx, NO_SERVER_UNTIL, &until.as_unix().to_be_bytes())
}

/// Lets servers run again.
pub fn withdraw(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    meta::delete(tx, NO_SERVER_UNTIL).map(drop)
}

/// Whether servers are asked to stop now.
pub fn is_asked(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let until = meta::find(tx, NO_SERVER_UNTIL)?.and_then(|bytes| bytes.try_into().ok());
    Ok(until.is_some_and(|bytes| now.as_unix() < i64::from_be_bytes(bytes)))
}
