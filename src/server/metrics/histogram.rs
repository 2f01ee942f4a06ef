//! A histogram of durations.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// The upper bounds of the buckets, in microseconds; the last bucket has none.
const BOUNDS: [u64; 12] = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000,
    15_000_000,
];

/// How many durations there were up to each bound.
#[derive(Debug, Default)]
pub(super) struct Histogram {
    buckets: [AtomicU64; BOUNDS.len() + 1],
    sum_micros: AtomicU64,
}

/// A bucket as Prometheus wants it: with all smaller ones in it.
#[derive(Debug, PartialEq)]
pub(super) struct HistogramBucket {
    /// The upper bound in seconds; infinity for the last one.
    pub up_to: f64,
    /// How many durations were not longer.
    pub count: u64,
}

impl Histogram {
    /// Counts a duration.
    pub(super) fn observe(&self, duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS.partition_point(|bound| *bound < micros);
        self.buckets[bucket].fetch_add(1, Relaxed);
        self.sum_micros.fetch_add(micros, Relaxed);
    }

    /// The buckets, the last of which has all durations.
    pub(super) fn buckets(&self) -> Vec<HistogramBucket> {
        let mut count = 0;
        let mut all = Vec::new();
        let bounds = BOUNDS.iter().map(|micros| seconds(*micros)).chain([f64::INFINITY]);
        for (up_to, bucket) in bounds.zip(&self.buckets) {
            count += bucket.load(Relaxed);
            all.push(HistogramBucket { up_to, count });
        }
        all
    }

    /// The sum of all durations, in seconds.
    pub(super) fn sum(&self) -> f64 {
        seconds(self.sum_micros.load(Relaxed))
    }
}

fn seconds(micros: u64) -> f64 {
    Duration::from_micros(micros).as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bucket_has_the_smaller_ones_in_it() {
        let histogram = Histogram::default();
        for micros in [1, 500, 501, 20_000_000] {
            histogram.observe(Duration::from_micros(micros));
        }
        let counts: Vec<_> = histogram.buckets().iter().map(|bucket| bucket.count).collect();
        assert_eq!((counts[0], counts[1], counts[11], counts[12]), (2, 3, 3, 4));
        assert!((histogram.sum() - 20.001_002).abs() < 1e-9);
    }
}
