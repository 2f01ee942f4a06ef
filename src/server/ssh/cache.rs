//! The revocation list in memory.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use crate::model::Timestamp;

/// How long the list is taken from memory, in seconds: any number of hosts may ask for it.
const FRESH_SECONDS: i64 = 2;

/// The list as it was last read.
#[derive(Debug, Default)]
pub(in crate::server) struct KrlCache(Mutex<Option<CachedKrl>>);

/// A list, and when it was read.
#[derive(Debug, Clone)]
pub(super) struct CachedKrl {
    pub(super) read_at: Timestamp,
    pub(super) krl: Bytes,
    /// A digest of the list without its time, which changes each time.
    pub(super) version: String,
}

impl KrlCache {
    /// The list, if it was read a moment ago.
    pub(super) fn fresh(&self, now: Timestamp) -> Option<CachedKrl> {
        let cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let age = |cached: &CachedKrl| now.seconds_since(cached.read_at);
        cached.as_ref().filter(|cached| (0..FRESH_SECONDS).contains(&age(cached))).cloned()
    }

    /// Keeps a list that was just read.
    pub(super) fn keep(&self, cached: CachedKrl) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(cached);
    }
}
