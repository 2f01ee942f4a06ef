//! The pauses between the attempts of a transaction that conflicts with others.

use std::time::{Duration, Instant};

use super::connect::PATIENCE;
use crate::crypto::{Rng, SystemRng};

/// The fewest attempts, unless they are very slow.
const ATTEMPTS: u32 = 12;
/// The longest first pause. It doubles with each attempt, up to 64 times its length.
const PAUSE: Duration = Duration::from_millis(2);

/// The attempts after which a transaction keeps others away from what they contend for.
const PATIENT: u32 = 8;

/// When the last attempt may begin, however few there were. Its caller waits for half a minute.
const LAST: Duration = Duration::from_secs(15);

/// The attempts of one transaction. They end after [`PATIENCE`], or after [`LAST`] if each one is slow.
#[derive(Debug)]
pub(super) struct Retry {
    started: Instant,
    attempts: u32,
}

impl Retry {
    /// Starts to count.
    pub(super) fn start() -> Self {
        Self { started: Instant::now(), attempts: 0 }
    }

    /// Whether others have come first so often that the next attempt has to keep them away.
    pub(super) fn is_starved(&self) -> bool {
        self.attempts >= PATIENT
    }

    /// How long to wait before the next attempt; `None` when it is time to give up.
    ///
    /// The length is drawn by chance: transactions that collided and pause equally long would collide again.
    pub(super) fn pause(&mut self) -> Option<Duration> {
        self.attempts += 1;
        let elapsed = self.started.elapsed();
        if (self.attempts >= ATTEMPTS && elapsed >= PATIENCE) || elapsed >= LAST {
            return None;
        }
        let longest = PAUSE * (1 << (self.attempts - 1).min(6));
        let rng: &dyn Rng = &SystemRng::new();
        let [drawn] = rng.bytes();
        Some(longest * u32::from(drawn) / u32::from(u8::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pauses(started: Instant, count: usize) -> Vec<Option<Duration>> {
        let mut retry = Retry { started, attempts: 0 };
        (0..count).map(|_| retry.pause()).collect()
    }

    #[test]
    fn pauses_grow_and_differ() {
        let longest = |n: u32| PAUSE * (1 << n.min(6));
        let pauses = pauses(Instant::now(), 40);
        for (n, pause) in (0..).zip(&pauses) {
            assert!(pause.unwrap() <= longest(n), "{n}: {pause:?}");
        }
        let mut last = pauses[7..].to_vec();
        last.sort();
        last.dedup();
        assert!(last.len() > 10, "{last:?}");
    }

    #[test]
    fn slow_attempts_are_as_many_as_fast_ones() {
        let long_ago = Instant::now().checked_sub(PATIENCE).unwrap();
        let pauses = pauses(long_ago, 12);
        assert!(pauses[..11].iter().all(Option::is_some));
        assert_eq!(pauses[11], None);
    }

    #[test]
    fn attempts_end_before_their_caller_stops_waiting() {
        let long_ago = Instant::now().checked_sub(LAST).unwrap();
        assert_eq!(pauses(long_ago, 1), [None]);
    }
}
