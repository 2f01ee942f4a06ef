//! No statistics: the planner of SQLite knows the schema and nothing else, so that a plan is the same in each
//! database, at each moment, and the one that tests have looked at.
//!
//! Statistics tell how a database was when they were made. Those of a new one say that there are three users and no
//! grants, a connection keeps what it read when it was opened, and so SQLite reads whole tables that have grown since.
//! Where the order of a join matters, the statement says it.

use rusqlite::Connection;

use super::super::StoreError;

/// Drops what an earlier version, or somebody else, has left.
pub(in crate::store) fn drop_all(connection: &Connection) -> Result<(), StoreError> {
    let left = "SELECT 1 FROM sqlite_schema WHERE name IN ('sqlite_stat1', 'sqlite_stat4') LIMIT 1";
    if connection.prepare(left)?.exists([])? {
        connection.execute_batch(
            "DROP TABLE IF EXISTS sqlite_stat1; DROP TABLE IF EXISTS sqlite_stat4",
        )?;
    }
    Ok(())
}
