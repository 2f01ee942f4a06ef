//! A copy of the data from before a migration, and its name.

use crate::model::Timestamp;

/// A copy of the data from before a migration.
#[derive(Debug, Clone)]
pub struct Earlier {
    /// The file, or the schema on PostgreSQL.
    pub name: String,
    /// The version of its schema.
    pub version: i64,
    /// When it was made, if that is known.
    pub made_at: Option<Timestamp>,
    /// How many users it has.
    pub users: i64,
    /// How many clients it has.
    pub clients: i64,
    /// Its key check value; see [`super::sealed::proof`].
    pub proof: Option<Vec<u8>>,
}

/// The result of a rollback.
#[derive(Debug)]
pub struct RolledBack {
    /// The version of the schema until now.
    pub from: i64,
    /// Where the newer data is kept: a file, or a schema on PostgreSQL.
    pub kept: String,
}

/// The start of what the copy from before the migration to a version is called: `before-v6`. A number follows if
/// there is one already.
pub(super) fn name_before(version: i64) -> String {
    format!("before-v{version}")
}

/// The start of the name of the newer data after a rollback.
pub(super) fn name_rolled_back(version: i64) -> String {
    format!("rolled-back-v{version}")
}

/// The version of the data in a copy with this name.
pub(super) fn version_in(name: &str) -> Option<i64> {
    let numbers = name.strip_prefix("before-v")?;
    let (target, count) = numbers.split_once('-').unwrap_or((numbers, "2"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_number(target) && is_number(count)).then_some(())?;
    target.parse().ok().map(|target: i64| target - 1).filter(|version| *version > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_tells_its_version_by_its_name() {
        assert_eq!(version_in(&name_before(6)), Some(5));
        assert_eq!(version_in("before-v12-3"), Some(11));
        for other in
            ["before-v1", "before-v", "before-v6-", "before-v6-x", "before-v6-wal", "after"]
        {
            assert_eq!(version_in(other), None, "{other}");
        }
    }
}
