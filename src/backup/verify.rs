//! Proves that a backup can be restored.

use std::io::{Read, Seek};

use uuid::Uuid;

use super::{
    Archive, BackupContents, BackupError, Destination, Found, Progress, Unseen, protected,
};
use crate::{crypto::Secret, encryption_key, store::file_system::free_bytes};

/// Reads all of a backup and puts every row into a database that is thrown away.
pub fn verify<R: Read + Seek>(
    archive: &mut Archive<R>,
    progress: &dyn Progress,
) -> Result<BackupContents, BackupError> {
    check_own_key(archive)?;
    archive.verify(progress)?;
    Ok(BackupContents::of(archive.manifest()))
}

/// Verifies a backup in a folder. An encrypted one is decrypted with the passphrase. Where there is
/// one, or the name ends in `.age`, a backup that is not encrypted is refused: it may be forged.
pub fn verify_found(
    folder: Destination,
    found: &Found,
    passphrase: Option<&Secret>,
    new_id: &dyn Fn() -> Uuid,
) -> Result<BackupContents, BackupError> {
    check_space(&folder, found)?;
    let mut file = folder.within(&found.name).open(new_id())?;
    match (protected::is_encrypted(&file)?, passphrase) {
        (true, Some(passphrase)) => file = protected::decrypt(file, passphrase, new_id())?,
        (true, None) => return Err(BackupError::NoPassphrase),
        (false, None) if !found.parsed.is_encrypted => {}
        (false, _) => {
            let fault = "it is not encrypted, although it should be: it may be a forged \
                         replacement of your backup";
            return Err(BackupError::Damaged(fault.to_owned()));
        }
    }
    Archive::open(file).and_then(|mut open| verify(&mut open, &Unseen))
}

/// Temporary copies must not fill the disk: one of the fetched file, and one of the decrypted file.
fn check_space(folder: &Destination, found: &Found) -> Result<(), BackupError> {
    let is_fetched = matches!(folder, Destination::S3(..));
    let copies = u64::from(is_fetched) + u64::from(found.parsed.is_encrypted);
    let temporary = std::env::temp_dir();
    // As much again stays free for others.
    let needed = found.size.saturating_mul(copies).saturating_mul(2);
    match free_bytes(&temporary) {
        Some(free) if free < needed => Err(BackupError::NoSpace(temporary)),
        _ => Ok(()),
    }
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

#[cfg(test)]
mod tests {
    use super::{super::BackupName, *};

    #[test]
    fn a_backup_whose_copies_might_fill_the_disk_is_not_copied() {
        let name = "pocketid-20260101T000000Z-0.1.0.zip.age";
        let parsed = BackupName::parse(name).unwrap();
        let found = Found { name: name.to_owned(), parsed, size: u64::MAX };

        let verified = verify_found(Destination::Path("/".into()), &found, None, &|| Uuid::nil());

        assert!(matches!(verified, Err(BackupError::NoSpace(_))), "{verified:?}");
    }
}
