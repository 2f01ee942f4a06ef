//! Files that only their owner may read.

use std::{
    fs::{File, OpenOptions},
    io::{self, ErrorKind},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, fchown},
    path::{Path, PathBuf},
};

/// Makes a file that is not there yet. What root makes in the folder of another user, as with `sudo`, becomes
/// that user's: the server runs as them, and has to open it. Only a new file is given away: one that is found
/// may be a link to anywhere.
pub fn create_new(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new(".")).metadata()?;
    if file.metadata()?.uid() == 0 && folder.uid() != 0 {
        fchown(&file, Some(folder.uid()), Some(folder.gid()))?;
    }
    Ok(file)
}

/// Makes a file beside another one, under a name that no file has yet: `suffix` is added to the name, and a
/// number when that name is taken. So two copies of one second never overwrite each other.
pub fn create_beside(path: &Path, suffix: &str) -> io::Result<(PathBuf, File)> {
    for count in 1_u32.. {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{suffix}"));
        if count > 1 {
            name.push(format!("-{count}"));
        }
        let name = PathBuf::from(name);
        match create_new(&name) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            made => return made.map(|file| (name, file)),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}
