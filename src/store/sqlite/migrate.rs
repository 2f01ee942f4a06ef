//! Migrations: forward only, each in a transaction, a copy of the file before the first of them.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::{super::StoreError, connections};

/// The schema, one step a version. A step that was released is never changed.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/sqlite/0001_initial.sql"),
    include_str!("../migrations/sqlite/0002_hardening.sql"),
];

/// The newest version of the schema.
pub(in crate::store) const NEWEST: i64 = MIGRATIONS.len() as i64;

/// Brings the schema up to date.
pub(in crate::store) fn migrate(
    connection: &mut Connection,
    path: &Path,
) -> Result<(), StoreError> {
    run(connection, path, MIGRATIONS)
}

/// Brings the schema to a version, without a copy: for a database that nobody uses yet.
pub(in crate::store) fn migrate_to(
    connection: &mut Connection,
    version: i64,
) -> Result<(), StoreError> {
    let steps = usize::try_from(version).ok().and_then(|count| MIGRATIONS.get(..count));
    let newer = StoreError::Newer { found: version, supported: NEWEST };
    take_steps(connection, steps.ok_or(newer)?)
}

fn run(connection: &mut Connection, path: &Path, steps: &[&str]) -> Result<(), StoreError> {
    let supported = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    let found = version(connection)?;
    if found == supported {
        return Ok(());
    }
    if found > supported {
        return Err(StoreError::Newer { found, supported });
    }
    if found > 0 {
        snapshot(connection, path, found)?;
    }
    take_steps(connection, steps)
}

fn take_steps(connection: &mut Connection, steps: &[&str]) -> Result<(), StoreError> {
    for (target, step) in (1..).zip(steps) {
        if version(connection)? >= target {
            continue;
        }
        let tx = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        // Another process may have migrated while we waited for the lock.
        if version(&tx)? < target {
            tx.execute_batch(step)?;
            tx.pragma_update(None, "user_version", target)?;
        }
        tx.commit()?;
    }
    Ok(())
}

/// Refuses a schema that is not of this program's version.
pub(in crate::store) fn refuse_other_versions(connection: &Connection) -> Result<(), StoreError> {
    StoreError::refuse_other_version(version(connection)?, MIGRATIONS.len())
}

fn version(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Copies the file beside itself, so that a migration that went wrong can be undone by hand.
fn snapshot(connection: &Connection, path: &Path, version: i64) -> Result<(), StoreError> {
    copy_to(connection, &snapshot_path(path, version))
}

/// Copies everything into another file.
pub(in crate::store) fn copy_to(connection: &Connection, copy: &Path) -> Result<(), StoreError> {
    connections::create_private(copy)?;
    connection
        .backup("main", copy, None::<fn(rusqlite::backup::Progress)>)
        .map_err(|error| StoreError::Snapshot { path: copy.to_owned(), cause: error.to_string() })
}

fn snapshot_path(path: &Path, version: i64) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".before-v{}", version + 1));
    name.into()
}

#[cfg(test)]
mod tests {
    use super::super::connections::open_writer;
    use super::*;

    const FIRST: &str = "CREATE TABLE meta (key TEXT)";
    const SECOND: &str = "CREATE TABLE b (x INTEGER)";

    fn open() -> (tempfile::TempDir, PathBuf, Connection) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.db");
        let connection = open_writer(&path).unwrap();
        (folder, path, connection)
    }

    #[test]
    fn an_old_database_is_copied_before_it_is_migrated() {
        let (_folder, path, mut connection) = open();
        run(&mut connection, &path, &[FIRST]).unwrap();
        assert!(!snapshot_path(&path, 0).exists(), "a new database needs no copy");

        run(&mut connection, &path, &[FIRST, SECOND]).unwrap();

        assert_eq!(version(&connection).unwrap(), 2);
        let copy = Connection::open(snapshot_path(&path, 1)).unwrap();
        assert_eq!(version(&copy).unwrap(), 1);
    }

    #[test]
    fn a_migration_that_fails_changes_nothing() {
        let (_folder, path, mut connection) = open();
        run(&mut connection, &path, &[FIRST]).unwrap();

        let broken = "CREATE TABLE c (x INTEGER); CREATE TABLE meta (key TEXT)";
        assert!(run(&mut connection, &path, &[FIRST, broken]).is_err());

        assert_eq!(version(&connection).unwrap(), 1);
        assert!(!connection.table_exists(None, "c").unwrap());
    }

    /// As when an old backup is restored: its rows are filled in between.
    #[test]
    fn steps_that_were_taken_are_not_taken_again() {
        let (_folder, path, mut connection) = open();
        take_steps(&mut connection, &[FIRST]).unwrap();
        connection.execute("INSERT INTO meta VALUES ('x')", []).unwrap();

        take_steps(&mut connection, &[FIRST, SECOND]).unwrap();

        assert_eq!(version(&connection).unwrap(), 2);
        let count = "SELECT COUNT(*) FROM meta";
        assert_eq!(connection.query_row(count, [], |row| row.get::<_, i64>(0)).unwrap(), 1);
        assert!(!snapshot_path(&path, 1).exists(), "nobody uses it yet");
    }

    #[test]
    fn a_newer_database_is_refused() {
        let (_folder, path, mut connection) = open();
        connection.pragma_update(None, "user_version", 99).unwrap();
        let error = run(&mut connection, &path, &[FIRST]).unwrap_err();
        assert!(matches!(error, StoreError::Newer { found: 99, supported: 1 }));
    }
}
