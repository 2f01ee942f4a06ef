//! Opens connections to SQLite, and pools those of readers.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use rusqlite::{Connection, ErrorCode, OpenFlags, config::DbConfig};

use super::{
    super::{StoreError, Tx, error::Foreign, job::Work, open_fault::open_fault, private_file},
    place::OpenFile,
    strpos,
};

/// How long a connection waits for the lock of another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// The most prepared statements per connection: more than a connection needs.
const PREPARED_STATEMENTS: usize = 128;
/// The most idle readers kept. Reads run on the calling thread, so more seldom run at once.
const IDLE_READERS: usize = 8;
/// How many instructions SQLite runs between two looks at the deadline: well below a millisecond.
const STEPS: std::ffi::c_int = 10_000;

/// Opens the writing connection; creates the file if it is missing.
pub(in crate::store) fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    create_private(path)?;
    open_as_it_is(path)
}

/// Opens an existing file of this program for writing, at any schema version.
pub(in crate::store) fn open_as_it_is(path: &Path) -> Result<Connection, StoreError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    refuse_other_programs(&connection, path)?;
    // A commit is on disk before it is acknowledged; group commit makes that cheap.
    write_ahead(&connection)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // 16 MiB of WAL between checkpoints, since each checkpoint delays all writes.
    connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    Ok(connection)
}

/// Switches to WAL mode. SQLite does not wait for locks here: when two processes open a new file at
/// once, one would fail without a retry.
fn write_ahead(connection: &Connection) -> Result<(), StoreError> {
    const PAUSE: Duration = Duration::from_millis(10);
    for _ in 0..BUSY_TIMEOUT.as_millis() / PAUSE.as_millis() {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                std::thread::sleep(PAUSE);
            }
            done => return Ok(done?),
        }
    }
    Err(StoreError::Busy)
}

/// Creates an empty file that only this user can read, if it is missing. SQLite gives its other
/// files the same mode.
pub(in crate::store) fn create_private(path: &Path) -> Result<(), StoreError> {
    match create_new(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        made => made.map_err(|error| open_error(path, &error)),
    }
}

/// Creates an empty file for a copy beside the database, under a free name.
pub(in crate::store) fn create_kept(path: &Path, suffix: &str) -> Result<PathBuf, StoreError> {
    let made = private_file::create_beside(path, suffix);
    made.map(|(kept, _)| kept).map_err(|error| open_error(&with_suffix(path, suffix), &error))
}

fn create_new(path: &Path) -> std::io::Result<()> {
    private_file::create_new(path).map(drop)
}

/// The path with `.` and the suffix appended.
pub(in crate::store) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

fn open_error(path: &Path, error: &std::io::Error) -> StoreError {
    open_fault(path, error.to_string())
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)
        .map_err(|error| open_fault(path, error.to_string()))?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
    // Otherwise SQLite may plan a prepared join again for each bound value.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    strpos::add(&connection)?;
    Ok(connection)
}

/// Fails for a database of Pocket ID or another program, before any change to it.
fn refuse_other_programs(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let not_ours = |what| Err(StoreError::NotOurs { path: path.to_owned(), what });
    let tables =
        "SELECT COALESCE(MAX(name = 'meta'), -1), COALESCE(MAX(name = 'schema_migrations'), 0)
                    FROM sqlite_schema WHERE type = 'table'";
    match connection.query_row(tables, [], |row| Ok((row.get(0)?, row.get(1)?))) {
        Ok((-1, 0) | (1, 0)) => Ok(()),
        Ok((_, 1)) => not_ours(Foreign::PocketId),
        Ok((_, _)) => not_ours(Foreign::OtherProgram),
        Err(error) => match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase) => not_ours(Foreign::NotADatabase),
            Some(rusqlite::ErrorCode::CannotOpen) => Err(open_fault(path, error.to_string())),
            _ => Err(error.into()),
        },
    }
}

/// Connections that only read.
#[derive(Debug)]
pub(in crate::store) struct Readers {
    place: Arc<OpenFile>,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    /// Opens no connection yet.
    pub(in crate::store) fn new(place: Arc<OpenFile>) -> Self {
        Self { place, idle: Mutex::new(Vec::new()) }
    }

    /// Runs work on a snapshot of the database.
    pub(in crate::store) fn with(&self, work: &mut Work<'_>) -> Result<(), StoreError> {
        self.with_connection(&mut |connection| {
            work(&mut Tx::sqlite(connection));
            Ok(())
        })
    }

    /// [`Readers::with`], interrupted after `longest`.
    pub(in crate::store) fn with_deadline(
        &self,
        longest: Duration,
        work: &mut Work<'_>,
    ) -> Result<(), StoreError> {
        let begun = Instant::now();
        self.with_connection(&mut |connection| {
            let is_late = move || begun.elapsed() >= longest;
            connection.progress_handler(STEPS, Some(is_late))?;
            work(&mut Tx::sqlite(connection));
            Ok(connection.progress_handler(0, None::<fn() -> bool>)?)
        })
    }

    fn with_connection(
        &self,
        work: &mut dyn FnMut(&mut Connection) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        // A file that was moved or replaced is not read either: its data would be stale.
        self.place.as_last_seen()?;
        let mut connection = match self.idle().pop() {
            Some(connection) => connection,
            None => self.open()?,
        };
        run_statement(&connection, "BEGIN")?;
        let result = work(&mut connection);
        // A connection that cannot end its transaction is dropped.
        if run_statement(&connection, "COMMIT").is_ok() {
            let mut idle = self.idle();
            if idle.len() < IDLE_READERS {
                idle.push(connection);
            }
        }
        result
    }

    fn open(&self) -> Result<Connection, StoreError> {
        let connection = open(self.place.path(), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.pragma_update(None, "query_only", true)?;
        // Check after opening: the opened file is the one at the path.
        self.place.check()?;
        Ok(connection)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        // A panic cannot leave the list half changed.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs a statement of transaction control.
pub(in crate::store) fn run_statement(
    connection: &Connection,
    sql: &str,
) -> Result<(), StoreError> {
    connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}
