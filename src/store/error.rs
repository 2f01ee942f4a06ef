//! Errors of the database.

use std::{cmp::Ordering, fmt, path::PathBuf};

use rusqlite::ffi;

/// The kind of a file that this program did not create.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// Not an SQLite file.
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
    /// Another process holds the write lock for longer than the timeout.
    #[error("cannot use the database: another process is writing to it")]
    Busy,
    /// The database has more to do than this process can wait for.
    #[error("cannot use the database: it has too much to do")]
    Overloaded,
    /// A unique value already exists.
    #[error("cannot store a value that must be unique: it already exists")]
    Conflict,
    /// A row holds a value that this program cannot have written.
    #[error("cannot read column {column} of a row: it is not a valid {expected}")]
    Corrupt {
        /// The position of the column in the query.
        column: usize,
        /// The expected type or content.
        expected: &'static str,
    },
    /// [`StoreError::Corrupt`], with the table and the row.
    #[error("cannot read {table}: column {column} of row {row} is not a valid {expected}")]
    CorruptRow {
        /// The table, or the first one of a query over several.
        table: String,
        /// The column, as the query names it.
        column: String,
        /// The first value of the row, formatted for display.
        row: String,
        /// The expected type or content.
        expected: &'static str,
    },
    /// The database user lacks a privilege.
    #[error("cannot use the database: {0}")]
    Denied(String),
    /// The database server is out of connections or memory.
    #[error("cannot use the database: {0}")]
    Exhausted(String),
    /// The disk or the quota is full.
    #[error("cannot write to the database: the disk is full")]
    Full,
    /// The encryption key was changed by another program.
    #[error(
        "cannot encrypt a secret: the encryption key of the database was changed at the same \
         time"
    )]
    KeyChanged,
    /// The file or its disk is damaged.
    #[error("cannot use the database: {0}")]
    Malformed(String),
    /// The file was moved, removed or replaced while open.
    #[error(
        "cannot use the database: the file {path} was moved, removed or replaced while it was \
         open"
    )]
    Moved {
        /// The file.
        path: PathBuf,
    },
    /// A step of a migration failed and was rolled back.
    #[error("cannot migrate the database from schema version {from} to {to}: {cause}")]
    Migration {
        /// The version of the database.
        from: i64,
        /// The newest supported version.
        to: i64,
        /// The message of the engine.
        cause: String,
    },
    /// The schema is of a later version of this program.
    #[error(
        "cannot use the database: its schema version {found} is newer than {supported}, the newest that \
         this program supports"
    )]
    Newer {
        /// The version of the file.
        found: i64,
        /// The newest supported version.
        supported: i64,
    },
    /// The schema is of an earlier version of this program, or missing.
    #[error(
        "cannot use the database as it is: its schema version {found} is older than \
         {supported}"
    )]
    Older {
        /// The version of the database.
        found: i64,
        /// The newest supported version.
        supported: i64,
    },
    /// The database does not exist.
    #[error("cannot use the database: {0}")]
    NoDatabase(String),
    /// The file, its folder or a file beside it belongs to another user of the system.
    #[error(
        "cannot open the database {path}: {place} belongs to the user {owner}, and this program runs as \
         the user {user}"
    )]
    OfAnotherUser {
        /// The database.
        path: PathBuf,
        /// The file or folder of the other user.
        place: PathBuf,
        /// The number of that user.
        owner: u32,
        /// The number of this user.
        user: u32,
    },
    /// A table or schema of our name belongs to a role that is not trusted.
    #[error("cannot use the database: the {object} belongs to another role")]
    OfAnotherRole {
        /// The table or the schema.
        object: &'static str,
    },
    /// A role that is not trusted could make functions that run as this one.
    #[error(
        "cannot use the database: other roles have functions in the schema {schema}, or may make some, which could run as this one"
    )]
    OpenToOthers {
        /// The schema, as it is written in SQL.
        schema: String,
    },
    /// There are tables in a schema whose use was forbidden to this role.
    #[error(
        "cannot use the database: there are tables in the schema {schema}, which this role may not use"
    )]
    OutOfReach {
        /// The schema, as it is written in SQL.
        schema: String,
    },
    /// There is no schema to create tables in.
    #[error("cannot create tables: {0}")]
    NoSchema(String),
    /// The file is a database of another program.
    #[error("cannot use {path}: it is {what}")]
    NotOurs {
        /// The file.
        path: PathBuf,
        /// The kind of the file.
        what: Foreign,
    },
    /// The file cannot be opened or created.
    #[error("cannot open the database {path}: {cause}")]
    Open {
        /// The file.
        path: PathBuf,
        /// The message of the operating system.
        cause: String,
    },
    /// Foreign objects, such as views, depend on our tables.
    #[error("cannot replace the tables: {0}")]
    Needed(String),
    /// A row refers to a missing row.
    #[error("cannot store a row: {0}")]
    Orphan(String),
    /// The database is read-only.
    #[error("cannot write to the database: it is read-only")]
    ReadOnly,
    /// The folder of the file is on a disk that cannot be written.
    #[error("cannot open the database {path}: the folder {folder} is mounted read-only")]
    ReadOnlyDisk {
        /// The database.
        path: PathBuf,
        /// Its folder.
        folder: PathBuf,
    },
    /// A restore is replacing all data.
    #[error("cannot serve: the database is being restored from a backup")]
    Restored,
    /// A statement changed an unexpected number of rows.
    #[error("cannot change exactly {expected} rows: {found} changed")]
    RowCount {
        /// The expected number of rows.
        expected: usize,
        /// The actual number of rows.
        found: usize,
    },
    /// Another server runs on the same file.
    #[error("cannot serve {path}: another server is using it")]
    Served {
        /// The file.
        path: PathBuf,
    },
    /// A server of an earlier version is running. It would continue with tables changed underneath
    /// it.
    #[error(
        "cannot migrate the database from schema version {from} to {to}: a server of an earlier version \
         is using it"
    )]
    ServedByEarlier {
        /// The version that the database has.
        from: i64,
        /// The newest supported version.
        to: i64,
    },
    /// The copy made before a migration cannot be written.
    #[error("cannot copy the database to {path} before the change: {cause}")]
    Snapshot {
        /// The copy.
        path: PathBuf,
        /// The cause.
        cause: String,
    },
    /// The database server rejects a setting in the address.
    #[error("cannot set up a connection to the database: {0}")]
    Setting(String),
    /// The database server rejects the sign-in.
    #[error("cannot sign in to the database: {0}")]
    SignIn(String),
    /// A value has no stored form.
    #[error("cannot write a value: {0}")]
    Unwritable(String),
    /// Any other failure of the engine.
    #[error("cannot run a statement: {0}")]
    Sql(String),
    /// A pooled connection turned out to be lost before it was used.
    #[error("cannot use a connection to the database: it was lost")]
    Stale,
    /// The database server is starting.
    #[error("cannot use the database: its server is starting")]
    Starting,
    /// A read took longer than it may.
    #[error("cannot read from the database: it took too long")]
    TimedOut,
    /// The store is shutting down, or a closure panicked.
    #[error("cannot write to the database: the write was abandoned")]
    Stopped,
    /// The database server does not answer.
    #[error("cannot reach the database: {cause}")]
    Unreachable {
        /// The cause.
        cause: String,
    },
}

impl StoreError {
    /// Fails unless the schema has the newest version.
    pub(super) fn refuse_other_version(found: i64, newest: usize) -> Result<(), Self> {
        let supported = i64::try_from(newest).unwrap_or(i64::MAX);
        match found.cmp(&supported) {
            Ordering::Less => Err(Self::Older { found, supported }),
            Ordering::Equal => Ok(()),
            Ordering::Greater => Err(Self::Newer { found, supported }),
        }
    }

    /// Whether the database is unavailable, rather than the request invalid: the same request may
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
                | Self::OfAnotherUser { .. }
                | Self::Open { .. }
                | Self::Overloaded
                | Self::ReadOnly
                | Self::ReadOnlyDisk { .. }
                | Self::SignIn(_)
                | Self::Starting
                | Self::TimedOut
                | Self::Unreachable { .. }
        )
    }

    /// Converts the error of a migration that was refused because a server is running.
    pub(super) fn of_claim_to_migrate(self, from: i64, to: i64) -> Self {
        match self {
            Self::Served { .. } => Self::ServedByEarlier { from, to },
            error => error,
        }
    }

    /// Converts an error within a migration. Outages, such as a full disk or another writer, stay
    /// as they are.
    pub(super) fn in_migration(self, from: i64, to: i64) -> Self {
        match self {
            error
                if error.is_outage()
                    || matches!(
                        error,
                        Self::Denied(_) | Self::OfAnotherRole { .. } | Self::Stale
                    ) =>
            {
                error
            }
            Self::Sql(cause) => Self::Migration { from, to, cause },
            error => Self::Migration { from, to, cause: error.to_string() },
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
    /// Classifies by the error code, never by the text.
    fn from(error: rusqlite::Error) -> Self {
        let Some(code) = error.sqlite_error().map(|error| error.extended_code) else {
            return Self::Sql(error.to_string());
        };
        match code {
            ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_UNIQUE => Self::Conflict,
            // The WAL index, a file on the same disk, could not grow.
            ffi::SQLITE_IOERR_SHMSIZE => Self::Full,
            _ => match code & 0xff {
                ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => Self::Busy,
                ffi::SQLITE_FULL => Self::Full,
                ffi::SQLITE_INTERRUPT => Self::TimedOut,
                ffi::SQLITE_READONLY => Self::ReadOnly,
                ffi::SQLITE_CORRUPT | ffi::SQLITE_IOERR | ffi::SQLITE_NOTADB => {
                    Self::Malformed(error.to_string())
                }
                _ => Self::Sql(error.to_string()),
            },
        }
    }
}
