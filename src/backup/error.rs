//! Errors of making and restoring a backup.

use std::io;

use crate::{crypto::age::AgeError, store::StoreError};

/// Why a backup failed. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The backup is incomplete or was altered.
    #[error("cannot use this backup: {0}")]
    Damaged(String),
    /// The backup cannot be decrypted.
    #[error("cannot decrypt this backup: {0}")]
    Decrypt(AgeError),
    /// A file or object with that name exists.
    #[error("cannot write {0}: it already exists, and is not overwritten")]
    Exists(String),
    /// The encryption key of the backup cannot be stored here.
    #[error("{0}")]
    Key(String),
    /// A later version of this program made the backup.
    #[error(
        "cannot use this backup: its {what} version {found} is newer than {supported}, the newest that \
         this program supports"
    )]
    Newer {
        /// The versioned part: `format` or `schema`.
        what: &'static str,
        /// The version of the backup.
        found: i64,
        /// The newest supported version.
        supported: i64,
    },
    /// The target folder of scheduled backups does not exist.
    #[error("cannot write to BACKUP_TARGET: {} is not a folder", .0.display())]
    NoFolder(std::path::PathBuf),
    /// The folder for a new file does not exist.
    #[error("cannot write the backup: there is no folder {}", .0.display())]
    NoParent(std::path::PathBuf),
    /// The backup is encrypted, and there is no passphrase.
    #[error("cannot decrypt this backup: BACKUP_PASSPHRASE is not set")]
    NoPassphrase,
    /// The place is in S3, but the S3 credentials are not set.
    #[error("cannot reach S3: S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY are not set")]
    NoS3,
    /// There may be too little disk space for a copy of the backup.
    #[error("cannot copy the backup: {} has too little free space", .0.display())]
    NoSpace(std::path::PathBuf),
    /// The file is not a backup.
    #[error("cannot use this file: {0}")]
    NotABackup(&'static str),
    /// The file is an export of Pocket ID.
    #[error("cannot use this file: it is an export of Pocket ID")]
    PocketIdExport,
    /// The backup cannot be read.
    #[error("cannot read the backup: {0}")]
    Read(io::Error),
    /// S3 refused or failed.
    #[error("cannot use S3: {0}")]
    S3(String),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The backup has rows that the models reject, although the database would accept them.
    #[error("cannot use this backup as it is: {0}")]
    UnsoundRows(super::unsound::UnsoundRows),
    /// The certificate of S3 is not trusted.
    #[error(
        "cannot use S3: {0}. If a private authority issued it, set S3_CA_FILE to the authority's certificate"
    )]
    Untrusted(String),
    /// The backup cannot be written.
    #[error("cannot write the backup: {0}")]
    Write(io::Error),
}

impl BackupError {
    /// Turns a violated constraint into [`BackupError::Damaged`]: only the complete data shows it.
    pub(super) fn blame(self) -> Self {
        match self {
            Self::Store(StoreError::Orphan(cause)) => Self::Damaged(cause),
            Self::Store(StoreError::Conflict) => {
                Self::Damaged("a unique value occurs twice".into())
            }
            error => error,
        }
    }

    /// Reports a faulty member, with its name escaped for printing.
    pub(super) fn member(name: &str, fault: impl std::fmt::Display) -> Self {
        Self::Damaged(format!("its member {} {fault}", name.escape_debug()))
    }
}
