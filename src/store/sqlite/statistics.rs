//! Keeps databases without statistics. SQLite then plans by the schema only, so plans are the same
//! in each database, at any time, and in the tests.
//!
//! Statistics describe a database at the time of `ANALYZE`. For example, those of a new database
//! count three users and no grants, and a connection keeps those that it read when opened. So
//! SQLite would scan whole tables that have grown since. Where the order of a join matters, the
//! statement fixes it.

use rusqlite::Connection;

use super::super::StoreError;

/// Drops statistics left by an earlier version or another program.
pub(in crate::store) fn drop_all(connection: &Connection) -> Result<(), StoreError> {
    let left = "SELECT 1 FROM sqlite_schema WHERE name IN ('sqlite_stat1', 'sqlite_stat4') LIMIT 1";
    if connection.prepare(left)?.exists([])? {
        connection.execute_batch(
            "DROP TABLE IF EXISTS sqlite_stat1; DROP TABLE IF EXISTS sqlite_stat4",
        )?;
    }
    Ok(())
}
