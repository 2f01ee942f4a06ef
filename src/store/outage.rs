//! Tracks whether writes work, for health checks. Every write updates it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::{StoreError, Tx, meta};

/// The key of a test row, written to check that writes work, and removed at once.
const PROBE: &str = "write_probe";
/// The size of the test row in bytes: a disk with room for a single page counts as full.
const PROBE_SIZE: usize = 32 * 1024;

/// Whether the last write failed because the database was unavailable.
#[derive(Debug, Clone, Default)]
pub(super) struct Outage(Arc<AtomicBool>);

impl Outage {
    /// Merges the state noted during one write. Only a committed write ends an outage.
    pub(super) fn learn(&self, noted: &Self, is_committed: bool) {
        if noted.goes_on() || is_committed {
            self.0.store(noted.goes_on(), Ordering::Relaxed);
        }
    }

    /// Notes the failure of a write or of one of its statements.
    pub(super) fn note(&self, error: &StoreError) {
        // A lock held by another process is temporary.
        if error.is_outage() && !matches!(error, StoreError::Busy) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    /// Whether writes are failing.
    pub(super) fn goes_on(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Writes the test row, to find out whether writes work again.
pub(super) fn probe(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    remove_probe(tx)?;
    meta::insert(tx, PROBE, &[0; PROBE_SIZE])
}

/// Removes the test row. Needs a separate transaction: otherwise the row would never reach the
/// disk.
pub(super) fn remove_probe(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    meta::delete(tx, PROBE).map(drop)
}
