//! Asking every server of a database to stop, and not to start, for a while: so that all of its data can
//! be replaced, although something starts them again as soon as they end.

use super::{StoreError, Tx, meta};
use crate::model::Timestamp;

/// The second until which no server is to run, in eight bytes, the highest first.
const NO_SERVER_UNTIL: &str = "no_server_until";

/// Asks them to stop until then.
pub fn ask(tx: &mut Tx<'_>, until: Timestamp) -> Result<(), StoreError> {
    withdraw(tx)?;
    meta::insert(tx, NO_SERVER_UNTIL, &until.as_unix().to_be_bytes())
}

/// Lets them run again.
pub fn withdraw(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    meta::delete(tx, NO_SERVER_UNTIL).map(drop)
}

/// Whether no server is to run now.
pub fn is_asked(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let until = meta::find(tx, NO_SERVER_UNTIL)?.and_then(|bytes| bytes.try_into().ok());
    Ok(until.is_some_and(|bytes| now.as_unix() < i64::from_be_bytes(bytes)))
}
