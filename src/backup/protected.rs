//! Encrypted backups, which are decrypted into a temporary file.

use std::{
    fs::File,
    io::{self, BufReader, Read as _, Seek as _, SeekFrom},
};

use uuid::Uuid;

use super::{BackupError, file};
use crate::crypto::{Secret, age};

/// Whether a file is encrypted.
pub fn is_encrypted(mut file: &File) -> Result<bool, BackupError> {
    let mut start = Vec::new();
    let read = file.take(64).read_to_end(&mut start);
    read.and_then(|_| file.seek(SeekFrom::Start(0))).map_err(BackupError::Read)?;
    Ok(age::begins_as_age(&start))
}

/// Decrypts a file into a private temporary one.
pub fn decrypt(file: File, passphrase: &Secret, id: Uuid) -> Result<File, BackupError> {
    let size = file.metadata().map_err(BackupError::Read)?.len();
    let reader = BufReader::with_capacity(128 * 1024, file);
    let mut plain = age::decrypt(reader, passphrase).map_err(BackupError::Decrypt)?;
    file::spool(&mut plain, id, size).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => {
            BackupError::Damaged("it was altered or cut off after it was encrypted".into())
        }
        _ => BackupError::Read(error),
    })
}
