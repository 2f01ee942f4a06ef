//! Tracks whether writes work, for health checks. Every write updates it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::StoreError;

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
        // A lock held by another process is temporary, and so is a queue that is full.
        if error.is_outage() && !matches!(error, StoreError::Busy | StoreError::Overloaded) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    /// Whether writes are failing.
    pub(super) fn goes_on(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
