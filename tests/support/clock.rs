//! The clock of a provider, which tests move.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use pocketid::model::{Clock, SystemClock, Timestamp};

/// The operating system's time and what a test added to it. Its uptime grows only with what is added, so that
/// rate limits count the same on every machine.
#[derive(Debug, Default)]
pub(super) struct MovableClock {
    added: AtomicI64,
    stopped_at: OnceLock<Timestamp>,
    uptime: AtomicU64,
}

impl MovableClock {
    /// A clock that shows this moment now.
    pub(super) fn at(moment: i64) -> Self {
        let added = AtomicI64::new(moment - SystemClock.now().as_unix());
        Self { added, ..Self::default() }
    }

    /// Moves it, by a negative number back.
    pub(super) fn advance(&self, seconds: i64) {
        self.added.fetch_add(seconds, Ordering::SeqCst);
        // A clock that is set back makes nothing younger.
        self.uptime.fetch_add(u64::try_from(seconds).unwrap_or_default(), Ordering::SeqCst);
    }

    /// Lets it move only by [`Self::advance`] from now on.
    pub(super) fn stop(&self) {
        self.stopped_at.get_or_init(|| SystemClock.now());
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        let moment = self.stopped_at.get().copied().unwrap_or_else(|| SystemClock.now());
        moment.plus(self.added.load(Ordering::SeqCst))
    }

    fn uptime(&self) -> Duration {
        Duration::from_secs(self.uptime.load(Ordering::SeqCst))
    }
}
