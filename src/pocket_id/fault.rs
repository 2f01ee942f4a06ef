//! Why nothing can be taken over.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::store::StoreError;

/// What is wrong with a place that was to be imported.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It cannot be read.
    #[error("cannot read {path}: {cause}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        cause: io::Error,
    },
    /// It is something else.
    #[error("{path} is {what}")]
    NotPocketId {
        /// The place.
        path: PathBuf,
        /// What it is instead.
        what: &'static str,
    },
    /// It is a backup of this program, or its data.
    #[error("{path} is {what} of pocketid, not of Pocket ID")]
    Ours {
        /// The place.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// It is a ZIP file that is broken.
    #[error("the archive is damaged: {0}")]
    Damaged(String),
    /// A member of the archive has a name that could lead elsewhere.
    #[error("the archive holds a file by the name {0:?}, which could lead out of it")]
    MemberName(String),
    /// It is larger than anything that Pocket ID writes.
    #[error("{what} is larger than {limit}")]
    TooLarge {
        /// What.
        what: String,
        /// The bound.
        limit: String,
    },
    /// A part of it is not what it has to be.
    #[error("cannot read {part}: {cause}")]
    Malformed {
        /// Which part.
        part: String,
        /// What is wrong.
        cause: String,
    },
    /// A value in a table is not what it has to be.
    #[error("cannot read table {table}, row {row}: {column} {rule}")]
    Value {
        /// The table.
        table: &'static str,
        /// Which row, from 1 on.
        row: usize,
        /// The column.
        column: String,
        /// What is wrong.
        rule: String,
    },
    /// Another version wrote it.
    #[error("it is of an older Pocket ID, with the schema {0}")]
    Older(i64),
    /// There is nobody in it.
    #[error("it holds no account")]
    Empty,
    /// Pocket ID was interrupted while it upgraded its database.
    #[error("Pocket ID was interrupted while it upgraded this database")]
    Dirty,
    /// The signing key is sealed, and no key is known.
    #[error("the signing key is sealed, and Pocket ID's ENCRYPTION_KEY is not known")]
    KeyMissing,
    /// The signing key is sealed under another key.
    #[error("Pocket ID's ENCRYPTION_KEY is another one: it does not open the signing key")]
    KeyWrong,
    /// The database cannot be read.
    #[error("cannot {0}")]
    Store(#[from] StoreError),
}

impl Fault {
    /// A file that cannot be read.
    pub(super) fn io(path: &Path, cause: io::Error) -> Self {
        Self::Io { path: path.to_owned(), cause }
    }

    /// A part of an archive that cannot be read on.
    pub(super) fn unreadable(part: &str, cause: &io::Error) -> Self {
        match cause.kind() {
            io::ErrorKind::FileTooLarge => Self::TooLarge {
                what: part.to_owned(),
                limit: "a file of this size can hold".to_owned(),
            },
            _ => Self::Damaged(format!("{part}: {cause}")),
        }
    }

    /// A part that is not what it has to be.
    pub(super) fn malformed(part: &str, cause: impl std::fmt::Display) -> Self {
        Self::Malformed { part: part.to_owned(), cause: cause.to_string() }
    }
}
