//! What can go wrong with the database.

use std::{cmp::Ordering, fmt, path::PathBuf};

use rusqlite::ffi;

/// What a file is that we did not make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// No SQLite file at all.
    NotADatabase,
    /// The database of another program.
    OtherProgram,
    /// The database of Pocket ID.
    PocketId,
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotADatabase => "not a database",
            Self::OtherProgram => "a database of another program",
            Self::PocketId => "a database of Pocket ID",
        })
    }
}

/// A failure of the database; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process holds the write lock for longer than we wait.
    #[error("use the database: another process is writing to it")]
    Busy,
    /// A unique value exists already.
    #[error("store a value that has to be unique: it exists already")]
    Conflict,
    /// A row cannot be what the program wrote.
    #[error("read column {column} of a row: it holds no valid {expected}")]
    Corrupt {
        /// The position of the column in the query.
        column: usize,
        /// What was expected.
        expected: &'static str,
    },
    /// [`StoreError::Corrupt`], with the row that it was.
    #[error("read {table}: the column {column} of the row {row} holds no valid {expected}")]
    CorruptRow {
        /// The table, or the first one of a query over several.
        table: String,
        /// The column, as the query names it.
        column: String,
        /// The first value of the row, as people may see it.
        row: String,
        /// What was expected.
        expected: &'static str,
    },
    /// The user of the database may not do this.
    #[error("use the database: {0}")]
    Denied(String),
    /// The server of the database has no connection or no memory left.
    #[error("use the database: {0}")]
    Exhausted(String),
    /// The disk or the quota is full.
    #[error("write to the database: the disk is full")]
    Full,
    /// The encryption key was changed by another program.
    #[error("seal a secret: meanwhile the encryption key of the database was changed")]
    KeyChanged,
    /// The file is damaged, or its disk is.
    #[error("use the database: {0}")]
    Malformed(String),
    /// Another file is where the database was, or none.
    #[error("use the database: the file {path} was moved, removed or replaced while it was open")]
    Moved {
        /// The file.
        path: PathBuf,
    },
    /// A step of a migration failed, and was undone.
    #[error("bring the database from schema version {from} to {to}: {cause}")]
    Migration {
        /// The version that it has.
        from: i64,
        /// Ours.
        to: i64,
        /// What the engine says.
        cause: String,
    },
    /// The schema is of a later version of this program.
    #[error(
        "use the database: its schema version {found} is newer than {supported}, the newest that this program knows"
    )]
    Newer {
        /// The version of the file.
        found: i64,
        /// The newest version that we know.
        supported: i64,
    },
    /// The schema is of an earlier version of this program, or there is none yet.
    #[error("use the database as it is: its schema version {found} is older than {supported}")]
    Older {
        /// The version of the database.
        found: i64,
        /// Ours.
        supported: i64,
    },
    /// There is no database of that name.
    #[error("use the database: {0}")]
    NoDatabase(String),
    /// There is no schema to keep tables in.
    #[error("make tables: {0}")]
    NoSchema(String),
    /// The file is a database of another program.
    #[error("use {path}: it is {what}")]
    NotOurs {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: Foreign,
    },
    /// The file cannot be opened or created.
    #[error("open the database {path}: {cause}")]
    Open {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        cause: String,
    },
    /// Somebody has made something of our tables.
    #[error("replace the tables: {0}")]
    Needed(String),
    /// A row refers to one that is not there.
    #[error("store a row: {0}")]
    Orphan(String),
    /// The file may not be written.
    #[error("write to the database: it is read-only")]
    ReadOnly,
    /// Other data is being put in the place of all that is there.
    #[error("serve: the database is being restored from a backup")]
    Restored,
    /// A statement changed another number of rows than it must.
    #[error("change exactly {expected} rows: {found} changed")]
    RowCount {
        /// How many it must be.
        expected: usize,
        /// How many it were.
        found: usize,
    },
    /// Another server runs on the same file.
    #[error("serve {path}: another server runs on it")]
    Served {
        /// The file.
        path: PathBuf,
    },
    /// A server runs that knows an earlier schema only: it would go on with tables that have changed under it.
    #[error(
        "bring the database from schema version {from} to {to}: a server of an earlier version runs on it"
    )]
    ServedByEarlier {
        /// The version that the database has.
        from: i64,
        /// Ours.
        to: i64,
    },
    /// A file next to the database cannot be written.
    #[error("save a copy of the database, before it is changed, to {path}: {cause}")]
    Snapshot {
        /// The copy.
        path: PathBuf,
        /// What went wrong.
        cause: String,
    },
    /// The server of the database does not take a setting of the address.
    #[error("set up a connection to the database: {0}")]
    Setting(String),
    /// The server of the database does not know us.
    #[error("sign in to the database: {0}")]
    SignIn(String),
    /// A value has no stored form.
    #[error("write a value: {0}")]
    Unwritable(String),
    /// Any other failure of the engine.
    #[error("run a statement: {0}")]
    Sql(String),
    /// A connection was lost before anything was done with it.
    #[error("use a connection to the database: it was lost")]
    Stale,
    /// The server of the database is starting.
    #[error("use the database: its server is starting")]
    Starting,
    /// The store is shutting down, or a closure panicked.
    #[error("write to the database: the write was abandoned")]
    Stopped,
    /// The server of the database does not answer.
    #[error("reach the database: {cause}")]
    Unreachable {
        /// What went wrong.
        cause: String,
    },
}

impl StoreError {
    /// Refuses a schema that is not of the newest version that there is.
    pub(super) fn refuse_other_version(found: i64, newest: usize) -> Result<(), Self> {
        let supported = i64::try_from(newest).unwrap_or(i64::MAX);
        match found.cmp(&supported) {
            Ordering::Less => Err(Self::Older { found, supported }),
            Ordering::Equal => Ok(()),
            Ordering::Greater => Err(Self::Newer { found, supported }),
        }
    }

    /// Whether it is the database that cannot be used now, and not the request that is wrong: the same request may
    /// succeed later.
    pub fn is_outage(&self) -> bool {
        matches!(
            self,
            Self::Busy
                | Self::Exhausted(_)
                | Self::Full
                | Self::Malformed(_)
                | Self::Moved { .. }
                | Self::NoDatabase(_)
                | Self::Open { .. }
                | Self::ReadOnly
                | Self::SignIn(_)
                | Self::Starting
                | Self::Unreachable { .. }
        )
    }

    /// A claim for a migration that was refused, since a server runs.
    pub(super) fn of_claim_to_migrate(self, from: i64, to: i64) -> Self {
        match self {
            Self::Served { .. } => Self::ServedByEarlier { from, to },
            error => error,
        }
    }

    /// A failure in the middle of a migration. A full disk or another writer is told as such.
    pub(super) fn in_migration(self, from: i64, to: i64) -> Self {
        match self {
            error if error.is_outage() || matches!(error, Self::Denied(_) | Self::Stale) => error,
            Self::Sql(cause) => Self::Migration { from, to, cause },
            error => Self::Migration { from, to, cause: format!("cannot {error}") },
        }
    }

    /// The same failure for another caller whose write was in the same commit.
    pub(super) fn twin(&self) -> Self {
        match self {
            Self::Busy => Self::Busy,
            Self::Full => Self::Full,
            Self::Malformed(cause) => Self::Malformed(cause.clone()),
            Self::Moved { path } => Self::Moved { path: path.clone() },
            Self::ReadOnly => Self::ReadOnly,
            _ => Self::Stopped,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    /// Told apart by code, never by text.
    fn from(error: rusqlite::Error) -> Self {
        let Some(code) = error.sqlite_error().map(|error| error.extended_code) else {
            return Self::Sql(error.to_string());
        };
        match code {
            ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_UNIQUE => Self::Conflict,
            // The index of the log could not grow: it is a file on the same disk.
            ffi::SQLITE_IOERR_SHMSIZE => Self::Full,
            _ => match code & 0xff {
                ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => Self::Busy,
                ffi::SQLITE_FULL => Self::Full,
                ffi::SQLITE_READONLY => Self::ReadOnly,
                ffi::SQLITE_CORRUPT | ffi::SQLITE_IOERR | ffi::SQLITE_NOTADB => {
                    Self::Malformed(error.to_string())
                }
                _ => Self::Sql(error.to_string()),
            },
        }
    }
}
