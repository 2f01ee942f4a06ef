//! Whether writes work: noted with every write, and asked by those who watch the server.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::{StoreError, Tx, meta};

/// A row that is written to see whether it can be. It is removed at once.
const PROBE: &str = "write_probe";
/// How much of it there is: a disk with room for a page only is full.
const PROBE_SIZE: usize = 32 * 1024;

/// Whether the last write failed for a reason that is not the write's own.
#[derive(Debug, Clone, Default)]
pub(super) struct Outage(Arc<AtomicBool>);

impl Outage {
    /// Takes over what was noted during one write. Only a write that was committed ends an outage.
    pub(super) fn learn(&self, noted: &Self, is_committed: bool) {
        if noted.goes_on() || is_committed {
            self.0.store(noted.goes_on(), Ordering::Relaxed);
        }
    }

    /// A write, or one of its statements, has failed.
    pub(super) fn note(&self, error: &StoreError) {
        // Somebody else's lock passes by itself.
        if error.is_outage() && !matches!(error, StoreError::Busy) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    /// Whether writes fail.
    pub(super) fn goes_on(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Tries whether writes work again.
pub(super) fn probe(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    remove_probe(tx)?;
    meta::insert(tx, PROBE, &[0; PROBE_SIZE])
}

/// Removes what the trial wrote. In a transaction of its own: else nothing would reach the disk.
pub(super) fn remove_probe(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    meta::delete(tx, PROBE).map(drop)
}
