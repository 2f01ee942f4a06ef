//! Reads SQLite files of another program; never writes them.

use std::{fs::File, io::Read as _, os::unix::ffi::OsStrExt as _, path::Path};

use rusqlite::{Connection, OpenFlags, types::ValueRef};

use super::{StoreError, error::Foreign, file_system::beside};

/// The first bytes of an SQLite file.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// The program that wrote a database file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrittenBy {
    /// This program.
    Ours,
    /// Pocket ID.
    PocketId,
    /// All of it is still in the log beside it, which is not read here.
    InLog,
}

/// Finds the program that wrote a file, under whatever name. Creates no file beside it, and
/// takes an unreadable file for something else.
pub fn written_by(path: &Path) -> Option<WrittenBy> {
    let mut start = [0; MAGIC.len()];
    // Opening a pipe would wait for its other end.
    let is_sqlite = path.is_file()
        && File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok()
        && start == MAGIC;
    if !is_sqlite {
        return None;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let tables = "SELECT COUNT(*), COALESCE(MAX(name = 'meta'), 0),
                         COALESCE(SUM(name IN ('schema_migrations', 'oidc_clients')), 0) = 2
                    FROM sqlite_schema WHERE type = 'table'";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let read = Connection::open_with_flags(immutable(path), flags)
        .and_then(|file| file.query_row(tables, [], read));
    match read.ok()? {
        (0_i64, ..) => has_log(path).then_some(WrittenBy::InLog),
        (_, true, _) => Some(WrittenBy::Ours),
        (_, _, true) => Some(WrittenBy::PocketId),
        _ => None,
    }
}

/// Whether a file is a database of this program, as far as can be told without its log.
pub fn is_ours(path: &Path) -> bool {
    matches!(written_by(path), Some(WrittenBy::Ours | WrittenBy::InLog))
}

/// Whether there is something in the log of a file.
pub(super) fn has_log(path: &Path) -> bool {
    std::fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0)
}

/// A value of another program's row.
#[derive(Debug, Clone, PartialEq)]
pub enum ForeignValue {
    /// No value.
    Null,
    /// A number.
    Integer(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A value of any other kind.
    Other,
}

/// The tables of another program.
pub trait ForeignTables {
    /// Their names.
    fn tables(&mut self) -> Result<Vec<String>, StoreError>;

    /// How many rows a table has; on a server, up to a hundred thousand.
    fn count(&mut self, table: &str) -> Result<usize, StoreError>;
}

/// A file opened read-only. All reads see one snapshot, even while its program is running.
#[derive(Debug)]
pub struct ForeignFile(Connection);

impl ForeignFile {
    /// Opens a file.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let refuse = |error: rusqlite::Error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase) => {
                StoreError::NotOurs { path: path.to_owned(), what: Foreign::NotADatabase }
            }
            _ => StoreError::Open { path: path.to_owned(), cause: error.to_string() },
        };
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = if log_is_missing(path) {
            Connection::open_with_flags(immutable(path), flags | OpenFlags::SQLITE_OPEN_URI)
        } else {
            Connection::open_with_flags(path, flags)
        };
        let connection = connection.map_err(refuse)?;
        let begin = connection.execute_batch("BEGIN; SELECT COUNT(*) FROM sqlite_schema");
        begin.map_err(refuse)?;
        Ok(Self(connection))
    }

    /// Passes each row of a table to `take`: the column names and the values.
    pub fn each_row<E: From<StoreError>>(
        &self,
        table: &str,
        mut take: impl FnMut(&[String], Vec<ForeignValue>) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = format!("SELECT * FROM {}", quoted(table));
        let mut statement = self.0.prepare(&sql).map_err(StoreError::from)?;
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query([]).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            let values: Result<Vec<_>, _> =
                (0..columns.len()).map(|index| row.get_ref(index).map(own)).collect();
            take(&columns, values.map_err(StoreError::from)?)?;
        }
        Ok(())
    }
}

impl ForeignTables for ForeignFile {
    fn tables(&mut self) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
        let mut statement = self.0.prepare(sql)?;
        let names = statement.query_map([], |row| row.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    }

    fn count(&mut self, table: &str) -> Result<usize, StoreError> {
        let sql = format!("SELECT COUNT(*) FROM {}", quoted(table));
        let count: i64 = self.0.query_row(&sql, [], |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or_default())
    }
}

/// Whether a file is in WAL mode (https://sqlite.org/fileformat2.html §1.3.3) but has no WAL beside
/// it. Then no program has it open. SQLite removes the WAL when the last program closes the file
/// properly. Pocket ID does not close it even when stopped, so the WAL usually was not copied.
pub fn log_is_missing(path: &Path) -> bool {
    let mut header = [0; 20];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    read.is_ok() && header[18] == 2 && !beside(path, "-wal").exists()
}

/// The URI to open a file without locks and without creating files beside it
/// (https://sqlite.org/uri.html).
fn immutable(path: &Path) -> String {
    let mut address = if path.is_absolute() { "file://" } else { "file:" }.to_owned();
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' => {
                address.push(char::from(*byte));
            }
            byte => address.push_str(&format!("%{byte:02X}")),
        }
    }
    address + "?immutable=1"
}

fn own(value: ValueRef<'_>) -> ForeignValue {
    match value {
        ValueRef::Null => ForeignValue::Null,
        ValueRef::Integer(number) => ForeignValue::Integer(number),
        ValueRef::Blob(bytes) => ForeignValue::Bytes(bytes.to_vec()),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => ForeignValue::Text(text.to_owned()),
            Err(_) => ForeignValue::Other,
        },
        ValueRef::Real(_) => ForeignValue::Other,
    }
}

/// Quotes a table name, which comes from the file and is untrusted.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
