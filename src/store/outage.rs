//! Whether writes work: noted with every write, and asked by those who watch the server.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::{StoreError, Tx, value::params};

/// Rewrites a row as it is: the smallest write that reaches the disk.
const PROBE: &str = "UPDATE meta SET value = value WHERE key = 'key_check'";

/// Whether the last write failed for a reason that is not the write's own.
#[derive(Debug, Clone, Default)]
pub(super) struct Outage(Arc<AtomicBool>);

impl Outage {
    /// A write was committed.
    pub(super) fn is_over(&self) {
        self.0.store(false, Ordering::Relaxed);
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
    tx.execute(PROBE, params![]).map(drop)
}
