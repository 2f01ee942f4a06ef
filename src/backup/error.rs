//! Why a backup was not made or not restored.

use std::io;

use crate::store::StoreError;

/// What went wrong; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// It is a backup, but not whole or not as it was made.
    #[error("use this backup: {0}")]
    Damaged(String),
    /// There is something of that name.
    #[error("write {0}: it exists, and is not overwritten")]
    Exists(String),
    /// Its encryption key cannot be kept here.
    #[error("{0}")]
    Key(String),
    /// A later version of this program made it.
    #[error(
        "use this backup: its {what} version {found} is newer than {supported}, the newest that this \
         program knows"
    )]
    Newer {
        /// The version of what.
        what: &'static str,
        /// The version of the backup.
        found: i64,
        /// The newest version that we know.
        supported: i64,
    },
    /// The folder of backups is gone.
    #[error("write to BACKUP_TARGET: {} is no folder", .0.display())]
    NoFolder(std::path::PathBuf),
    /// It is in S3, and nothing is known of that.
    #[error("reach S3: S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY are not set")]
    NoS3,
    /// It is something else.
    #[error("use this file: {0}")]
    NotABackup(&'static str),
    /// Pocket ID made it.
    #[error("use this file: it is an export of Pocket ID")]
    PocketIdExport,
    /// It cannot be read.
    #[error("read the backup: {0}")]
    Read(io::Error),
    /// S3 does not do as it is told.
    #[error("use S3: {0}")]
    S3(String),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database would take it, but there are rows that no model accepts.
    #[error("use this backup as it is: {0}")]
    UnsoundRows(super::UnsoundRows),
    /// It cannot be written.
    #[error("write the backup: {0}")]
    Write(io::Error),
}

impl BackupError {
    /// Blames the backup for what only all of its rows together show.
    pub(super) fn blame(self) -> Self {
        match self {
            Self::Store(StoreError::Orphan(cause)) => Self::Damaged(cause),
            Self::Store(StoreError::Conflict) => {
                Self::Damaged("a value that has to be unique is there twice".into())
            }
            error => error,
        }
    }

    /// A fault of a member, named as it is safe to print.
    pub(super) fn member(name: &str, fault: impl std::fmt::Display) -> Self {
        Self::Damaged(format!("its member {} {fault}", name.escape_debug()))
    }
}
