//! The revocation list in memory.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use crate::model::Timestamp;

/// How long the list is taken from memory, in seconds: any number of hosts may ask for it.
const FRESH_SECONDS: i64 = 2;

/// The list as it was last read.
#[derive(Debug, Default)]
pub(in crate::server) struct KrlCache {
    last: Mutex<Option<CachedKrl>>,
    /// Held while it is read: others wait for the same list.
    reading: tokio::sync::Mutex<()>,
}

/// A list, and when it was read.
#[derive(Debug, Clone)]
pub(super) struct CachedKrl {
    pub(super) read_at: Timestamp,
    pub(super) krl: Bytes,
    /// A digest of the list without its time, which changes each time.
    pub(super) version: String,
}

impl KrlCache {
    /// Waits for the turn to read the list.
    pub(super) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.reading.lock().await
    }

    /// The list, if it was read a moment ago.
    pub(super) fn fresh(&self, now: Timestamp) -> Option<CachedKrl> {
        let cached = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let age = |cached: &CachedKrl| now.seconds_since(cached.read_at);
        cached.as_ref().filter(|cached| (0..FRESH_SECONDS).contains(&age(cached))).cloned()
    }

    /// Keeps a list that was just read.
    pub(super) fn keep(&self, cached: CachedKrl) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(cached);
    }
}
