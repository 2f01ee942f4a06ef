//! Migrations: forward only, all in one transaction, after a copy of the file.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};

use super::{
    super::{StoreError, earlier::name_before},
    connections,
    migrations::{MIGRATIONS, take_steps, version},
    server_claim::ServerClaim,
};

/// Migrates the schema to the newest version.
pub(in crate::store) fn migrate(
    connection: &mut Connection,
    path: &Path,
) -> Result<(), StoreError> {
    run(connection, path, MIGRATIONS)
}

fn run(connection: &mut Connection, path: &Path, steps: &[&str]) -> Result<(), StoreError> {
    let supported = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    if refuse_newer(connection, supported)? == supported {
        return Ok(());
    }
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have migrated while we waited for the lock.
    let found = refuse_newer(&tx, supported)?;
    if found == supported {
        return Ok(());
    }
    let claim = if found > 0 { Some(claim(path, found, supported)?) } else { None };
    let kept = if found > 0 { Some(Kept::of(path, found)?) } else { None };
    let migrated = take_steps(&tx, steps).and_then(|()| Ok(tx.commit()?));
    let migrated = migrated.map_err(|error| error.in_migration(found, supported));
    if migrated.is_err() {
        kept.iter().for_each(Kept::remove_if_repeated);
    } else {
        // With the tables in the file, a deleted log is no lost schema. A reader may delay the checkpoint.
        drop(connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)"));
    }
    drop(claim);
    migrated
}

/// Keeps servers from running during the migration: a running server has an earlier version, and
/// would continue with tables changed underneath it.
fn claim(path: &Path, found: i64, supported: i64) -> Result<ServerClaim, StoreError> {
    ServerClaim::take(path).map_err(|error| error.of_claim_to_migrate(found, supported))
}

fn refuse_newer(connection: &Connection, supported: i64) -> Result<i64, StoreError> {
    let found = version(connection)?;
    if found > supported { Err(StoreError::Newer { found, supported }) } else { Ok(found) }
}

/// A copy of the file beside it, for `pocketid rollback`. Never overwrites a copy of an
/// earlier attempt.
struct Kept {
    path: PathBuf,
    is_first: bool,
}

impl Kept {
    /// Copies the file over a second connection: the one with the write lock cannot do it.
    fn of(path: &Path, version: i64) -> Result<Self, StoreError> {
        let suffix = name_before(version + 1);
        let kept = connections::create_kept(path, &suffix)?;
        copy_to(&connections::open_as_it_is(path)?, &kept)?;
        let is_first = kept == connections::with_suffix(path, &suffix);
        Ok(Self { path: kept, is_first })
    }

    /// Removes a repeated copy after a failed migration, which changed nothing. Otherwise a server
    /// that restarts again and again would fill the disk.
    fn remove_if_repeated(&self) {
        if !self.is_first
            && let Err(error) = std::fs::remove_file(&self.path)
        {
            tracing::warn!(path = %self.path.display(), %error, "could not remove a copy of the database");
        }
    }
}

/// Copies the database into an existing empty file. Removes the file on failure.
pub(in crate::store) fn copy_to(connection: &Connection, copy: &Path) -> Result<(), StoreError> {
    let copied = connection.backup("main", copy, None::<fn(rusqlite::backup::Progress)>);
    copied.map_err(|error| {
        let removed = std::fs::remove_file(copy);
        let left = removed.err().map_or_else(String::new, |left| {
            format!("; the incomplete copy could not be removed: {left}")
        });
        StoreError::Snapshot { path: copy.to_owned(), cause: format!("{error}{left}") }
    })
}

#[cfg(test)]
mod tests {
    use super::super::{connections::open_writer, migrations};
    use super::*;

    const FIRST: &str = "
        CREATE TABLE meta (key TEXT);
        CREATE TABLE users (id INTEGER);
        CREATE TABLE groups (id INTEGER);
        CREATE TABLE clients (is_group_restricted INTEGER);
        CREATE TABLE client_groups (group_id INTEGER);
        INSERT INTO users VALUES (1), (2);
        INSERT INTO clients VALUES (1);";
    const SECOND: &str = "CREATE TABLE b (x INTEGER)";

    fn open() -> (tempfile::TempDir, PathBuf, Connection) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.db");
        let connection = open_writer(&path).unwrap();
        (folder, path, connection)
    }

    fn copy_before(path: &Path, version: i64) -> PathBuf {
        connections::with_suffix(path, &format!("before-v{version}"))
    }

    #[test]
    fn an_old_database_is_copied_before_it_is_migrated() {
        let (_folder, path, mut connection) = open();
        run(&mut connection, &path, &[FIRST]).unwrap();
        assert!(!copy_before(&path, 1).exists(), "a new database needs no copy");

        run(&mut connection, &path, &[FIRST, SECOND]).unwrap();

        assert_eq!(version(&connection).unwrap(), 2);
        let copy = Connection::open(copy_before(&path, 2)).unwrap();
        assert_eq!(version(&copy).unwrap(), 1);
    }

    /// Example: an operator restored the copy, continued with it, and upgraded again.
    #[test]
    fn a_copy_of_an_earlier_migration_is_not_overwritten() {
        let (_folder, path, mut connection) = open();
        run(&mut connection, &path, &[FIRST]).unwrap();
        std::fs::write(copy_before(&path, 2), "the copy of an earlier attempt").unwrap();

        run(&mut connection, &path, &[FIRST, SECOND]).unwrap();

        let earlier = std::fs::read_to_string(copy_before(&path, 2)).unwrap();
        assert_eq!(earlier, "the copy of an earlier attempt");
        let copy = Connection::open(connections::with_suffix(&path, "before-v2-2")).unwrap();
        assert_eq!(version(&copy).unwrap(), 1);
    }

    #[test]
    fn a_migration_that_fails_leaves_one_copy_however_often_it_is_tried() {
        let (_folder, path, mut connection) = open();
        run(&mut connection, &path, &[FIRST]).unwrap();
        let broken = "CREATE TABLE c (x INTEGER); CREATE TABLE meta (key TEXT)";

        for _ in 0..3 {
            assert!(run(&mut connection, &path, &[FIRST, broken]).is_err());
        }

        let copy = Connection::open(copy_before(&path, 2)).unwrap();
        assert_eq!(version(&copy).unwrap(), 1);
        assert!(!connections::with_suffix(&path, "before-v2-2").exists());
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

    #[test]
    fn a_migration_that_loses_somebody_or_opens_a_client_is_undone() {
        let (_folder, path, mut connection) = open();
        run(&mut connection, &path, &[FIRST]).unwrap();

        for (step, told) in [
            ("DELETE FROM users WHERE id = 1", "users from 2 to 1"),
            (
                "UPDATE clients SET is_group_restricted = 0",
                "clients that only some groups may use from 1 to 0",
            ),
        ] {
            let error = run(&mut connection, &path, &[FIRST, step]).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "cannot migrate the database from schema version 1 to 2: it would change the \
                     number of {told}"
                )
            );
        }

        assert_eq!(version(&connection).unwrap(), 1);
        assert_eq!(migrations::census(&connection).unwrap().users(), 2);
    }

    /// Example: the restore of an old backup loads its rows between two migrations.
    #[test]
    fn steps_that_were_taken_are_not_taken_again() {
        let (_folder, path, connection) = open();
        take_steps(&connection, &[FIRST]).unwrap();
        connection.execute("INSERT INTO meta VALUES ('x')", []).unwrap();

        take_steps(&connection, &[FIRST, SECOND]).unwrap();

        assert_eq!(version(&connection).unwrap(), 2);
        let count = "SELECT COUNT(*) FROM meta";
        assert_eq!(connection.query_row(count, [], |row| row.get::<_, i64>(0)).unwrap(), 1);
        assert!(!copy_before(&path, 2).exists(), "nobody uses it yet");
    }

    #[test]
    fn a_newer_database_is_refused() {
        let (_folder, path, mut connection) = open();
        connection.pragma_update(None, "user_version", 99).unwrap();
        let error = run(&mut connection, &path, &[FIRST]).unwrap_err();
        assert!(matches!(error, StoreError::Newer { found: 99, supported: 1 }));
    }
}
