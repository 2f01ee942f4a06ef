//! Why secrets in the database cannot be opened, and which key was tried.

use std::{fmt, io, path::PathBuf};

use crate::store::{StoreError, sealed};

/// The reason why secrets in the database cannot be opened or resealed.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    /// The key file cannot be read or written.
    #[error("cannot use the encryption key in {path}: {cause}")]
    File {
        /// The path of the key file.
        path: PathBuf,
        /// The error of the operating system.
        cause: io::Error,
    },
    /// The database is in use, but its key is missing.
    #[error(
        "cannot decrypt the secrets in the database: ENCRYPTION_KEY is not set, or still CHANGEME, and \
         {path} is missing"
    )]
    Lost {
        /// The path where the key should be.
        path: PathBuf,
    },
    /// PostgreSQL is shared by several servers, so each server needs a configured key.
    #[error(
        "cannot encrypt secrets in PostgreSQL: ENCRYPTION_KEY is not set, and all servers of a database \
         need the same key"
    )]
    Missing,
    /// The key was declared lost, but it opens everything.
    #[error("cannot treat the encryption key as lost: {0} decrypts every secret in the database")]
    NotLost(KeyOrigin),
    /// The new key equals the present one.
    #[error("cannot use this as the new encryption key: it is the current key")]
    Same,
    /// A value does not open under the right key.
    #[error(transparent)]
    Sealed(#[from] sealed::ResealError),
    /// The key belongs to another database.
    #[error(
        "cannot decrypt the secrets in the database: they were encrypted with another key than \
         {0}"
    )]
    Wrong(KeyOrigin),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The source of the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyOrigin {
    /// The variable `ENCRYPTION_KEY`.
    Variable,
    /// The file named by `ENCRYPTION_KEY_FILE`.
    File(PathBuf),
    /// The file beside the database that keeps a generated key.
    Kept(PathBuf),
}

/// The text continues "another key than".
impl fmt::Display for KeyOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable => f.write_str("the one in ENCRYPTION_KEY"),
            Self::File(path) => {
                write!(f, "the one in {}, which ENCRYPTION_KEY_FILE names", path.display())
            }
            Self::Kept(path) => write!(f, "the one in {}", path.display()),
        }
    }
}
