//! Files of backups: whole under their name or not there, and readable by their owner only.

use std::{
    fs::{File, OpenOptions},
    io::{self, ErrorKind, Read, Seek as _, SeekFrom},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use uuid::Uuid;

/// A file that gets its name when it is whole. Dropped before that, it is removed.
#[derive(Debug)]
pub struct NewFile {
    file: File,
    partial: PathBuf,
    path: PathBuf,
}

impl NewFile {
    /// Begins a file where there is none yet.
    pub fn create(path: &Path) -> io::Result<Self> {
        if path.symlink_metadata().is_ok() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let mut partial = path.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&partial)?;
        Ok(Self { file, partial, path: path.to_owned() })
    }

    /// What is written to.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Gives the file its name once it is on disk.
    pub fn finish(self) -> io::Result<()> {
        self.file.sync_all()?;
        std::fs::rename(&self.partial, &self.path)?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // After `finish` there is nothing of that name.
        drop(std::fs::remove_file(&self.partial));
    }
}

/// A file without a name, which is gone when it is closed, however that comes about.
pub fn nameless(id: Uuid) -> io::Result<File> {
    let path = std::env::temp_dir().join(format!("pocketid-{id}"));
    let file =
        OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

/// Puts what can be read once into a file that can be read from anywhere.
pub fn spool(reader: &mut impl Read, id: Uuid) -> io::Result<File> {
    let mut file = nameless(id)?;
    io::copy(reader, &mut file)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}
