//! Counts of rows that were made before, on a connection to PostgreSQL. Counting 100,000 rows takes it
//! longer than finding a page of them.

use std::collections::HashMap;

/// The most counts per connection.
const MAX: usize = 64;

/// The version of a table: another stamp means that rows may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    /// The id of the last change.
    pub(super) last: i64,
    /// The number of changes. Two transactions may become visible in another order than that of
    /// their ids, so the last id alone does not tell.
    pub(super) changes: i64,
}

/// The counts, by the name of the counted rows.
#[derive(Debug, Default)]
pub(super) struct KeptCounts(HashMap<String, (Stamp, i64)>);

impl KeptCounts {
    /// A count that still holds.
    pub(super) fn get(&self, what: &str, stamp: Stamp) -> Option<i64> {
        self.0.get(what).filter(|(then, _)| *then == stamp).map(|(_, count)| *count)
    }

    /// Keeps a count.
    pub(super) fn keep(&mut self, what: String, stamp: Stamp, count: i64) {
        if self.0.len() >= MAX {
            self.0.clear();
        }
        self.0.insert(what, (stamp, count));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_holds_until_something_changes() {
        let mut counts = KeptCounts::default();
        let stamp = |last, changes| Stamp { last, changes };
        counts.keep("users".to_owned(), stamp(12, 3), 5);
        assert_eq!(counts.get("users", stamp(12, 3)), Some(5));
        assert_eq!(counts.get("users", stamp(13, 4)), None);
        assert_eq!(counts.get("users", stamp(12, 4)), None, "an earlier id came later");
        for number in 0..1_000 {
            counts.keep(number.to_string(), stamp(1, 1), 0);
        }
        assert!(counts.0.len() <= MAX);
    }
}
