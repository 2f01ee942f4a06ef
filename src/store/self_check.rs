//! Compares what a migration must not change before and after it.

use super::StoreError;

/// Something that a migration leaves as many of as there were.
struct Counted {
    what: &'static str,
    sql: &'static str,
}

/// In the SQL of every version of the schema.
const COUNTED: [Counted; 5] = [
    Counted { what: "users", sql: "SELECT COUNT(*) FROM users" },
    Counted { what: "groups", sql: "SELECT COUNT(*) FROM groups" },
    Counted { what: "clients", sql: "SELECT COUNT(*) FROM clients" },
    Counted {
        what: "clients that only some groups may use",
        sql: "SELECT COUNT(*) FROM clients WHERE is_group_restricted = 1",
    },
    Counted { what: "groups of clients", sql: "SELECT COUNT(*) FROM client_groups" },
];

/// How many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Census([i64; COUNTED.len()]);

impl Census {
    /// Counts with the queries that it passes to `count`.
    pub(super) fn take(
        mut count: impl FnMut(&'static str) -> Result<i64, StoreError>,
    ) -> Result<Self, StoreError> {
        let mut counts = [0; COUNTED.len()];
        for (number, counted) in counts.iter_mut().zip(&COUNTED) {
            *number = count(counted.sql)?;
        }
        Ok(Self(counts))
    }

    /// The number of users.
    pub(super) fn users(&self) -> i64 {
        self.0[0]
    }

    /// The number of clients.
    pub(super) fn clients(&self) -> i64 {
        self.0[2]
    }

    /// Fails if there are more or fewer afterwards.
    pub(super) fn refuse_difference(&self, after: &Self) -> Result<(), StoreError> {
        let pairs = self.0.iter().zip(&after.0).zip(&COUNTED);
        for ((before, after), counted) in pairs {
            if before != after {
                return Err(StoreError::Sql(format!(
                    "it would change the number of {} from {before} to {after}",
                    counted.what
                )));
            }
        }
        Ok(())
    }
}
