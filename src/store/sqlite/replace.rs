//! Replaces all data of an SQLite file.

use std::path::{Path, PathBuf};

use rusqlite::{
    Connection,
    backup::{Backup, Progress, StepResult},
};

use super::{
    super::{
        StoreError, Tx, file_system,
        load::{Load, Replacement},
        schema::Schema,
    },
    bulk::Bulk,
    connections, migrations,
    server_claim::ServerClaim,
};

/// Settings for a file that is not yet in use: no journal, and a page cache of 8 MiB.
const UNSEEN: &str = "
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA cache_size = -8000;
    PRAGMA foreign_keys = OFF;";

/// Builds a file beside the database, and copies it over the database in one transaction.
///
/// Renaming would be faster, but a command with the old file open would write its WAL beside the
/// new one. The old data is kept in a new file, named with `kept_as`.
pub(in crate::store) fn replace<E: From<StoreError>>(
    path: &Path,
    mut replacement: Replacement<'_, E>,
) -> Result<Option<PathBuf>, E> {
    let path = &file_system::followed(path);
    let _claim = ServerClaim::take(path)?;
    let old = if path.exists() { Some(connections::open_as_it_is(path)?) } else { None };
    let new = NewFile::beside(path)?;
    let page_size = old.as_ref().map(page_size).transpose()?;
    let source = build(&new.0, page_size, &mut replacement)?;
    (replacement.prepare)()?;
    match old {
        None => {
            drop(source);
            set_logs_aside(path, replacement.kept_as)?;
            new.take_place(path)?;
            Ok(None)
        }
        Some(mut old) => Ok(Some(swap(&source, &mut old, path, replacement.kept_as)?)),
    }
}

/// Copies the old data aside, and overwrites it with the new data.
///
/// Locks the old data first: concurrent commits of other programs either are in the copy or wait
/// for the new data.
pub(super) fn swap(
    source: &Connection,
    old: &mut Connection,
    path: &Path,
    kept_as: &str,
) -> Result<PathBuf, StoreError> {
    let copying = Backup::new(source, old)?;
    // Copies no page yet, but takes the lock.
    not_busy(copying.step(0)?)?;
    let kept = connections::create_kept(path, kept_as)?;
    let swapped = keep(path, &kept).and_then(|()| not_busy(copying.step(-1)?));
    drop(copying);
    if let Err(error) = swapped {
        drop(std::fs::remove_file(&kept));
        return Err(error);
    }
    // An active reader of the old data blocks the checkpoint; it then happens later.
    drop(old.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)"));
    Ok(kept)
}

/// Copies the database over a second connection.
fn keep(path: &Path, kept: &Path) -> Result<(), StoreError> {
    Ok(connections::open_as_it_is(path)?.backup("main", kept, None::<fn(Progress)>)?)
}

fn not_busy(step: StepResult) -> Result<(), StoreError> {
    match step {
        StepResult::Done | StepResult::More => Ok(()),
        _ => Err(StoreError::Busy),
    }
}

/// Builds a temporary database that only SQLite sees, in memory or in an unnamed file.
pub(in crate::store) fn build_apart<E: From<StoreError>>(
    schema: &Schema,
    fill: &mut dyn FnMut(&mut Load<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut connection = Connection::open("").map_err(StoreError::from)?;
    connection.execute_batch(UNSEEN).map_err(StoreError::from)?;
    migrations::migrate_to(&mut connection, schema.version)?;
    let mut load = Load::sqlite(Bulk::begin(&connection)?);
    fill(&mut load)?;
    load.finish()?;
    migrations::migrate_to(&mut connection, Schema::NEWEST)?;
    Ok(())
}

fn build<E: From<StoreError>>(
    path: &Path,
    page_size: Option<i64>,
    replacement: &mut Replacement<'_, E>,
) -> Result<Connection, E> {
    let mut connection = Connection::open(path).map_err(StoreError::from)?;
    if let Some(size) = page_size {
        connection.pragma_update(None, "page_size", size).map_err(StoreError::from)?;
    }
    connection.execute_batch(UNSEEN).map_err(StoreError::from)?;
    migrations::migrate_to(&mut connection, replacement.schema.version)?;
    let mut load = Load::sqlite(Bulk::begin(&connection)?);
    (replacement.fill)(&mut load)?;
    load.finish()?;
    migrations::migrate_to(&mut connection, Schema::NEWEST)?;
    let complete = || {
        connection.execute_batch("BEGIN")?;
        (replacement.complete)(&mut Tx::sqlite(&connection))?;
        connection.execute_batch("COMMIT")?;
        connection.cache_flush()?;
        Ok::<_, StoreError>(())
    };
    complete()?;
    Ok(connection)
}

fn page_size(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.pragma_query_value(None, "page_size", |row| row.get(0))?)
}

/// Renames leftover logs without a database file: SQLite would replay them into the new file.
fn set_logs_aside(path: &Path, kept_as: &str) -> Result<(), StoreError> {
    for suffix in ["-wal", "-shm", "-journal"] {
        let mut log = path.as_os_str().to_owned();
        log.push(suffix);
        let log = PathBuf::from(log);
        if log.symlink_metadata().is_ok() {
            let kept = connections::create_kept(&log, kept_as)?;
            std::fs::rename(&log, &kept).map_err(|error| open_error(&log, &error))?;
        }
    }
    Ok(())
}

/// A file under construction; dropping it removes the file.
struct NewFile(PathBuf);

impl NewFile {
    /// Creates the file. Replaces a leftover of an earlier attempt.
    fn beside(path: &Path) -> Result<Self, StoreError> {
        let new = connections::with_suffix(path, "restoring");
        if new.symlink_metadata().is_ok() {
            std::fs::remove_file(&new).map_err(|error| open_error(&new, &error))?;
        }
        connections::create_private(&new)?;
        Ok(Self(new))
    }

    /// Syncs the file and makes it the database. Fails if there is one by now.
    fn take_place(self, path: &Path) -> Result<(), StoreError> {
        let done = std::fs::File::open(&self.0)
            .and_then(|file| file.sync_all())
            .and_then(|()| std::fs::hard_link(&self.0, path));
        done.map_err(|error| open_error(path, &error))?;
        let folder = std::fs::File::open(file_system::folder_of(path));
        drop(folder.and_then(|folder| folder.sync_all()));
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // A file that cannot be removed is replaced by the next attempt.
        drop(std::fs::remove_file(&self.0));
    }
}

fn open_error(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Open { path: path.to_owned(), cause: error.to_string() }
}
