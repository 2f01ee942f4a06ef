//! Errors that stop an import.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::store::StoreError;

/// An error in the file or folder to import.
#[derive(Debug, thiserror::Error)]
pub enum ImportFault {
    /// It cannot be read.
    #[error("cannot read {path}: {cause}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        cause: io::Error,
    },
    /// It is something other than data of Pocket ID.
    #[error("{path} is {what}")]
    NotPocketId {
        /// Its path.
        path: PathBuf,
        /// A description of the content.
        what: &'static str,
    },
    /// It is a backup of this program, or its data.
    #[error("{path} is {what} of pocketid, not of Pocket ID")]
    Ours {
        /// Its path.
        path: PathBuf,
        /// Which of the two.
        what: &'static str,
    },
    /// It is a damaged ZIP file.
    #[error("the archive is damaged: {0}")]
    Damaged(String),
    /// A file name in the archive could lead out of the target folder.
    #[error("the archive contains the file name {0:?}, which could lead outside the target folder")]
    MemberName(String),
    /// It is larger than any data of Pocket ID.
    #[error("{what} is larger than {limit}")]
    TooLarge {
        /// The part that is too large.
        what: String,
        /// The limit.
        limit: String,
    },
    /// A part of it is malformed.
    #[error("cannot read {part}: {cause}")]
    Malformed {
        /// The part.
        part: String,
        /// The cause.
        cause: String,
    },
    /// A value in a table is invalid.
    #[error("cannot read table {table}, row {row}: {column} {rule}")]
    Value {
        /// The table.
        table: &'static str,
        /// Number of the row, from 1.
        row: usize,
        /// The column.
        column: String,
        /// The broken rule.
        rule: String,
    },
    /// It lacks tables or columns that every supported version of Pocket ID has.
    #[error(
        "it is of no supported version of Pocket ID (2.0 and later): its schema {schema} lacks {what}"
    )]
    Unsupported {
        /// The number of its schema.
        schema: i64,
        /// The tables and columns.
        what: String,
    },
    /// It contains no account.
    #[error("it contains no account")]
    Empty,
    /// Pocket ID was interrupted during an upgrade of its database.
    #[error(
        "Pocket ID was interrupted while it upgraded this database, which is marked as dirty in \
         schema_migrations"
    )]
    Dirty,
    /// The signing key is sealed, and no encryption key was given.
    #[error("the signing key is encrypted, and Pocket ID's ENCRYPTION_KEY is not set")]
    KeyMissing,
    /// The signing key is sealed under another encryption key.
    #[error("the given ENCRYPTION_KEY does not decrypt Pocket ID's signing key")]
    KeyWrong,
    /// The database cannot be read.
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl ImportFault {
    /// Builds the error for an unreadable file.
    pub(super) fn io(path: &Path, cause: io::Error) -> Self {
        Self::Io { path: path.to_owned(), cause }
    }

    /// Builds the error for a part of an archive that cannot be read to its end.
    pub(super) fn unreadable(part: &str, cause: &io::Error) -> Self {
        match cause.kind() {
            io::ErrorKind::FileTooLarge => Self::TooLarge {
                what: part.to_owned(),
                limit: "expected for a file of this size".to_owned(),
            },
            _ => Self::Damaged(format!("{part}: {cause}")),
        }
    }

    /// Builds the error for a malformed part.
    pub(super) fn malformed(part: &str, cause: impl std::fmt::Display) -> Self {
        Self::Malformed { part: part.to_owned(), cause: cause.to_string() }
    }
}
