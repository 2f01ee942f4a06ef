//! Whether the first administrator can be made over the network.
//!
//! As long as there is no account at all; and once more after somebody at the terminal has taken away
//! the last administrator, and has said that this is meant. Accounts that were made without an
//! administrator do not leave the door open.

use super::{StoreError, Tx, meta, users};

/// The last administrator was taken away on purpose.
const REOPENED: &str = "setup_reopened";

/// Whether whoever comes first becomes the administrator.
pub fn is_open(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    if users::enabled_administrator_exists(tx)? {
        return Ok(false);
    }
    Ok(!users::anybody_exists(tx)? || meta::find(tx, REOPENED)?.is_some())
}

/// Opens it again, for as long as there is no administrator who may sign in.
pub fn reopen(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    match meta::find(tx, REOPENED)? {
        Some(_) => Ok(()),
        None => meta::insert(tx, REOPENED, b""),
    }
}

/// Closes it, before the first administrator is stored. `true` when there was one before, who is gone
/// or disabled: that is to be told loudly.
pub fn close(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let was_reopened = meta::delete(tx, REOPENED)?;
    Ok(was_reopened || users::administrator_exists(tx)?)
}
