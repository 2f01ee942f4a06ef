//! Writes a test row, to find out whether writes work.

use super::{StoreError, Tx, meta};

/// The key of a test row, written to check that writes work, and removed at once.
const PROBE: &str = "write_probe";
/// The size of the test row in bytes: a disk with room for a single page counts as full.
const PROBE_SIZE: usize = 32 * 1024;

/// Writes the test row, to find out whether writes work again.
pub(super) fn write(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    remove(tx)?;
    meta::insert(tx, PROBE, &[0; PROBE_SIZE])
}

/// Removes the test row. Needs a separate transaction: otherwise the row would never reach the
/// disk.
pub(super) fn remove(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    meta::delete(tx, PROBE).map(drop)
}
