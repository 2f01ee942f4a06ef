//! Why a file cannot be opened.

use std::io;

/// Highest work factor that we read, which `age` writes on a fast machine: 2^18 takes 256 MiB of
/// memory. The file may be hostile, and its factor counts before its passphrase is checked.
pub(super) const MAX_WORK_FACTOR: u8 = 18;

/// Why a file cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum AgeError {
    /// The file is ASCII-armored.
    #[error("it is armored as text")]
    Armored,
    /// The file violates the format.
    #[error("{0}")]
    Malformed(&'static str),
    /// The file was encrypted to a public key.
    #[error("it is encrypted to a key, and not with a passphrase")]
    NotAPassphrase,
    /// Reading failed.
    #[error("it cannot be read: {0}")]
    Read(#[from] io::Error),
    /// Deriving the key would take too much memory.
    #[error(
        "its work factor, 2^{0}, is higher than 2^{MAX_WORK_FACTOR}, which takes 256 MiB of memory"
    )]
    WorkFactor(u8),
    /// The file was encrypted with another passphrase.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
}
