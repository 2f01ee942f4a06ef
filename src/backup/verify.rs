//! Proves that a backup can be restored.

use std::io::{Read, Seek};

use super::{Archive, BackupContents, BackupError, Progress};
use crate::{crypto::Secret, encryption_key};

/// Reads all of a backup and puts every row into a database that is thrown away.
pub fn verify<R: Read + Seek>(
    archive: &mut Archive<R>,
    progress: &dyn Progress,
) -> Result<BackupContents, BackupError> {
    check_own_key(archive)?;
    archive.verify(progress)?;
    Ok(BackupContents::of(archive.manifest()))
}

/// Returns the encryption key in the archive, after a check that it opens the archive's secrets.
pub fn check_own_key<R: Read + Seek>(
    archive: &mut Archive<R>,
) -> Result<Option<Secret>, BackupError> {
    let key = archive.encryption_key()?;
    if let (Some(key), Some(check)) = (&key, archive.key_check()?)
        && !encryption_key::is_key_of(key, &check)
    {
        let fault = "its encryption key does not decrypt its secrets";
        return Err(BackupError::Damaged(fault.into()));
    }
    Ok(key)
}
