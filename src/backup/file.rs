//! Backup files. A file gets its name only when complete, and only its owner can read it.

use std::{
    fs::{File, OpenOptions},
    io::{self, ErrorKind, Read, Seek as _, SeekFrom},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use uuid::Uuid;

use crate::store::file_system::folder_of;

/// A file that gets its final name in [`NewFile::finish`]. Dropping it earlier removes it.
#[derive(Debug)]
pub struct NewFile {
    file: File,
    partial: PathBuf,
    path: PathBuf,
}

impl NewFile {
    /// Creates a file at a free path. Until it is complete, it has an unguessable temporary name.
    pub fn create(path: &Path, id: Uuid) -> io::Result<Self> {
        if path.symlink_metadata().is_ok() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let mut partial = path.as_os_str().to_owned();
        partial.push(format!(".{}.partial", id.simple()));
        let partial = PathBuf::from(partial);
        let file = create_new(&partial)?;
        Ok(Self { file, partial, path: path.to_owned() })
    }

    /// The open file, for writing.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Syncs the file to disk and gives it its final name. Fails if that name is taken by now.
    pub fn finish(self) -> io::Result<()> {
        self.file.sync_all()?;
        name(&self.partial, &self.path)?;
        File::open(folder_of(&self.path))?.sync_all()
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // After `finish`, no file has the temporary name.
        drop(std::fs::remove_file(&self.partial));
    }
}

/// Creates a file. Fails if the path exists; does not follow a symbolic link.
fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)
}

/// Renames without overwriting, by a hard link. Where hard links are unsupported, creates an empty
/// file first to claim the name.
fn name(partial: &Path, path: &Path) -> io::Result<()> {
    match std::fs::hard_link(partial, path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
        Err(_) => create_new(path).and_then(|_| std::fs::rename(partial, path)),
        Ok(()) => Ok(()),
    }
}

/// Creates an unlinked temporary file. It disappears when closed, even after a crash.
pub fn nameless(id: Uuid) -> io::Result<File> {
    let path = std::env::temp_dir().join(format!("pocketid-{id}"));
    let file = create_new(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

/// Copies a stream into a seekable temporary file. Fails beyond `limit` bytes.
pub fn spool(reader: impl Read, id: Uuid, limit: u64) -> io::Result<File> {
    let mut file = nameless(id)?;
    if io::copy(&mut reader.take(limit.saturating_add(1)), &mut file)? > limit {
        let fault = format!("it has more than {limit} bytes");
        return Err(io::Error::new(ErrorKind::FileTooLarge, fault));
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn of_two_files_that_get_one_name_the_second_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("it.zip");
        let [first, second] = [1, 2].map(|id| NewFile::create(&path, Uuid::from_u128(id)).unwrap());
        first.file().write_all(b"first").unwrap();

        first.finish().unwrap();
        assert_eq!(second.finish().unwrap_err().kind(), ErrorKind::AlreadyExists);

        assert_eq!(std::fs::read(&path).unwrap(), b"first");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_link_that_waits_for_the_file_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, id) = (folder.path().join("it.zip"), Uuid::from_u128(1));
        let target = folder.path().join("target");
        let link = folder.path().join(format!("it.zip.{}.partial", id.simple()));
        std::fs::write(&target, "precious").unwrap();
        std::os::unix::fs::symlink(&target, link).unwrap();

        assert!(NewFile::create(&path, id).is_err());

        assert_eq!(std::fs::read(&target).unwrap(), b"precious");
    }

    #[test]
    fn what_never_ends_is_not_put_into_a_file() {
        let spooled = |length| {
            spool(
                io::repeat(0).take(length),
                Uuid::from_u128(u128::from(std::process::id()) << 64 | u128::from(length)),
                9,
            )
        };
        assert!(spooled(9).is_ok());
        assert_eq!(spooled(10).unwrap_err().kind(), ErrorKind::FileTooLarge);
    }
}
