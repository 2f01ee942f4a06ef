//! Token buckets by key. One request may take from several at once.
//!
//! For each bucket, only the moment is stored at which it is full again (the generic cell rate
//! algorithm). Full buckets are not stored. There are never more than [`MOST_KEYS`].

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// The largest number of stored buckets per policy, at some 50 bytes each.
const MOST_KEYS: usize = 16_384;

/// The capacity of a bucket, and how fast it refills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quota {
    /// How long one token takes to refill.
    pub(super) refill: Duration,
    /// How many tokens a full bucket holds.
    pub(super) burst: u32,
}

/// A request for tokens from one bucket.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask<K> {
    /// The key of the bucket.
    pub(super) key: K,
    /// The multiple of the usual capacity and refill rate that this bucket has.
    pub(super) budget: u32,
}

/// The buckets of one policy.
#[derive(Debug)]
pub(super) struct Buckets<K> {
    /// How long one token takes to refill, in nanoseconds.
    refill: u64,
    burst: u32,
    /// When each bucket is full again, in nanoseconds of the uptime ([`Clock::uptime`](crate::model::Clock::uptime)).
    full_at: Mutex<HashMap<K, u64>>,
}

impl<K: Eq + Hash + Copy> Buckets<K> {
    pub(super) fn new(quota: Quota) -> Self {
        let refill = u64::try_from(quota.refill.as_nanos()).unwrap_or(u64::MAX);
        Self { refill, burst: quota.burst, full_at: Mutex::new(HashMap::new()) }
    }

    /// Takes tokens out of each of these buckets, or out of none. `Err` holds the nanoseconds to
    /// wait before trying again. `others` is the shared bucket for new keys when too many buckets
    /// are stored.
    pub(super) fn take(
        &self,
        asks: &[Ask<K>],
        others: Ask<K>,
        tokens: u32,
        now: u64,
    ) -> Result<(), u64> {
        let mut full_at = self.lock();
        let mut after = Vec::with_capacity(asks.len());
        for ask in asks {
            let ask = if has_room_for(&mut full_at, &ask.key, now) { *ask } else { others };
            after.push((ask.key, self.after(&full_at, ask, tokens, now)?));
        }
        full_at.extend(after);
        Ok(())
    }

    /// Puts tokens back that turned out not to count.
    pub(super) fn give_back(&self, asks: &[Ask<K>], tokens: u32, now: u64) {
        let mut full_at = self.lock();
        for ask in asks {
            let time = self.refill_of(*ask).saturating_mul(tokens.into());
            if let Some(moment) = full_at.get_mut(&ask.key) {
                *moment = moment.saturating_sub(time).max(now);
            }
        }
    }

    /// Forgets the buckets that are full.
    pub(super) fn forget_full(&self, now: u64) {
        let mut full_at = self.lock();
        full_at.retain(|_, moment| *moment > now);
        full_at.shrink_to_fit();
    }

    /// Returns when a bucket is full again once the tokens are taken, or how long to wait for them.
    /// A request for more than the capacity takes the whole capacity.
    fn after(
        &self,
        full_at: &HashMap<K, u64>,
        ask: Ask<K>,
        tokens: u32,
        now: u64,
    ) -> Result<u64, u64> {
        let refill = self.refill_of(ask);
        let burst = u64::from(self.burst.saturating_mul(ask.budget));
        let begin = full_at.get(&ask.key).map_or(now, |moment| now.max(*moment));
        let after = begin.saturating_add(refill.saturating_mul(u64::from(tokens).min(burst)));
        match after.saturating_sub(now).checked_sub(refill.saturating_mul(burst)) {
            None | Some(0) => Ok(after),
            Some(wait) => Err(wait),
        }
    }

    /// How long one token takes to refill in this bucket.
    fn refill_of(&self, ask: Ask<K>) -> u64 {
        (self.refill / u64::from(ask.budget.max(1))).max(1)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, u64>> {
        // No code panics while it holds the lock. Even after a panic the numbers would be usable.
        self.full_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether there is room to store a bucket for a key.
fn has_room_for<K: Eq + Hash>(full_at: &mut HashMap<K, u64>, key: &K, now: u64) -> bool {
    if full_at.len() < MOST_KEYS || full_at.contains_key(key) {
        return true;
    }
    full_at.retain(|_, moment| *moment > now);
    full_at.len() < MOST_KEYS
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;
    const OTHERS: Ask<u32> = Ask { key: u32::MAX, budget: 1 };

    fn buckets() -> Buckets<u32> {
        Buckets::new(Quota { refill: Duration::from_secs(10), burst: 5 })
    }

    fn one(key: u32) -> [Ask<u32>; 1] {
        [Ask { key, budget: 1 }]
    }

    #[test]
    fn a_bucket_gives_what_it_holds_and_fills_up_again() {
        let buckets = buckets();
        for _ in 0..5 {
            buckets.take(&one(1), OTHERS, 1, 0).unwrap();
        }
        assert_eq!(buckets.take(&one(1), OTHERS, 1, 0), Err(10 * SECOND));
        assert_eq!(buckets.take(&one(1), OTHERS, 1, 4 * SECOND), Err(6 * SECOND));
        buckets.take(&one(2), OTHERS, 1, 0).unwrap();
        buckets.take(&one(1), OTHERS, 1, 10 * SECOND).unwrap();
        assert!(buckets.take(&one(1), OTHERS, 1, 10 * SECOND).is_err());
    }

    #[test]
    fn what_the_narrow_bucket_refuses_costs_the_wide_one_nothing() {
        let buckets = buckets();
        let wide = Ask { key: 9, budget: 2 };
        let line = |key| [Ask { key, budget: 1 }, wide];
        for _ in 0..50 {
            let _ = buckets.take(&line(1), OTHERS, 1, 0);
        }
        // The wide network may have ten, of which line 1 took five.
        for _ in 0..5 {
            buckets.take(&line(2), OTHERS, 1, 0).unwrap();
        }
        assert!(buckets.take(&line(3), OTHERS, 1, 0).is_err());
    }

    #[test]
    fn what_costs_more_than_a_bucket_holds_takes_all_of_it() {
        let buckets = buckets();
        buckets.take(&one(1), OTHERS, 1_000, 0).unwrap();
        assert_eq!(buckets.take(&one(1), OTHERS, 1, 0), Err(10 * SECOND));
    }

    #[test]
    fn what_is_given_back_can_be_taken_again() {
        let buckets = buckets();
        for _ in 0..100 {
            buckets.take(&one(1), OTHERS, 1, SECOND).unwrap();
            buckets.give_back(&one(1), 1, SECOND);
        }
    }

    #[test]
    fn no_more_buckets_are_kept_than_the_bound_however_many_come() {
        let buckets = buckets();
        let most = u32::try_from(MOST_KEYS).unwrap();
        for key in 0..most + 100 {
            let _ = buckets.take(&one(key), OTHERS, 1, 0);
        }
        assert!(buckets.lock().len() <= MOST_KEYS + 1);
        // New keys now share one bucket, which was empty after five.
        assert!(buckets.take(&one(most + 200), OTHERS, 1, 0).is_err());
        // Known keys are not affected, and refilled buckets make room.
        buckets.take(&one(0), OTHERS, 1, 0).unwrap();
        buckets.take(&one(most + 200), OTHERS, 1, 20 * SECOND).unwrap();
    }

    #[test]
    fn full_buckets_are_forgotten() {
        let buckets = buckets();
        buckets.take(&one(1), OTHERS, 1, 0).unwrap();
        buckets.forget_full(9 * SECOND);
        assert_eq!(buckets.lock().len(), 1);
        buckets.forget_full(10 * SECOND);
        assert_eq!(buckets.lock().len(), 0);
    }
}
