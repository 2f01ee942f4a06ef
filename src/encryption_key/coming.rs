//! Replaces the kept key together with other data, such as a restored database.
//!
//! As in a rotation, the new key waits in a separate file until the data is in place. If the
//! program stops before the end, the next start finds that the waiting key is the right one and
//! moves it into place. The replaced files are kept as copies.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use super::{KeyFault, kept};
use crate::{crypto::Secret, store::private_file};

/// A key that will become the kept key.
#[derive(Debug)]
pub struct ComingKey {
    path: PathBuf,
    key: Secret,
    /// The replaced files, each with its copy.
    copies: Vec<(PathBuf, PathBuf)>,
    is_waiting: bool,
}

impl ComingKey {
    /// Creates the value; changes no files yet.
    pub fn new(path: PathBuf, key: Secret) -> Self {
        Self { path, key, copies: Vec::new(), is_waiting: false }
    }

    /// Copies the present files under names with the suffix `kept_as`, and writes the waiting key.
    pub fn prepare(&mut self, kept_as: &str) -> Result<(), KeyFault> {
        let next = kept::next(&self.path);
        for path in [&self.path, &next] {
            let copy = keep_copy(path, kept_as)
                .map_err(|cause| KeyFault::File { path: path.clone(), cause })?;
            self.copies.extend(copy.map(|copy| (path.clone(), copy)));
        }
        kept::write(&next, &self.key)?;
        self.is_waiting = true;
        Ok(())
    }

    /// Moves the waiting key into place. If this never runs, the next program that needs the key
    /// does it.
    pub fn finish(&self) -> Result<(), KeyFault> {
        let waiting = kept::read(&kept::next(&self.path))?;
        if waiting.is_some_and(|waiting| waiting.constant_time_eq(self.key.expose())) {
            kept::take_over(&self.path)
        } else {
            Ok(())
        }
    }

    /// Returns the paths of the copies.
    pub fn copies(&self) -> impl Iterator<Item = PathBuf> {
        self.copies.iter().map(|(_, copy)| copy.clone())
    }

    /// Restores the previous files, as far as possible: the data of this key did not arrive.
    pub fn undo(self) {
        let next = kept::next(&self.path);
        if self.is_waiting {
            drop(std::fs::remove_file(&next));
        }
        for (path, copy) in self.copies {
            drop(if path == next && self.is_waiting {
                std::fs::rename(copy, path)
            } else {
                std::fs::remove_file(copy)
            });
        }
    }
}

/// Copies a file, if it exists, under a new name beside it. Returns the path of the copy.
fn keep_copy(path: &Path, kept_as: &str) -> io::Result<Option<PathBuf>> {
    match path.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Ok(found) if !found.is_file() => {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
        }
        Err(error) => return Err(error),
        Ok(_) => {}
    }
    let mut old = File::open(path)?;
    let (copy, mut file) = private_file::create_beside(path, kept_as)?;
    io::copy(&mut old, &mut file)?;
    file.sync_all()?;
    Ok(Some(copy))
}
