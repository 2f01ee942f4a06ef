//! Creates files that only their owner may read.

use std::{
    fs::{File, OpenOptions},
    io::{self, ErrorKind},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, fchown},
    path::{Path, PathBuf},
};

use super::file_system::folder_of;

/// Creates a new file. When root creates a file in the folder of another user, as with `sudo`, the
/// file is given to that user: the server runs as them and must open it. An existing file is never
/// given away: it may be a link to anywhere.
pub fn create_new(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let folder = folder_of(path).metadata()?;
    if file.metadata()?.uid() == 0 && folder.uid() != 0 {
        fchown(&file, Some(folder.uid()), Some(folder.gid()))?;
    }
    Ok(file)
}

/// Creates a file beside another one, under a free name: the name plus `suffix`, plus a number if
/// that is taken. So two copies in one second never overwrite each other.
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
