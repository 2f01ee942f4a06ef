//! A key that takes the place of the kept one together with other data.
//!
//! As in a rotation it waits in a file of its own until the data is there: whoever finds that it is the right
//! one finishes this. What it replaces is kept.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use super::{KeyFault, kept};
use crate::{crypto::Secret, store::private_file};

/// A key that is to be kept.
#[derive(Debug)]
pub struct ComingKey {
    path: PathBuf,
    key: Secret,
    /// What was there, and its copies.
    copies: Vec<(PathBuf, PathBuf)>,
    is_waiting: bool,
}

impl ComingKey {
    /// Touches nothing yet.
    pub fn new(path: PathBuf, key: Secret) -> Self {
        Self { path, key, copies: Vec::new(), is_waiting: false }
    }

    /// Keeps what is there in files that are named with `kept_as`, and lets the key wait.
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

    /// Puts the key in its place. Until then whoever needs it does.
    pub fn finish(&self) -> Result<(), KeyFault> {
        let waiting = kept::read(&kept::next(&self.path))?;
        match waiting.is_some_and(|waiting| waiting.constant_time_eq(self.key.expose())) {
            true => kept::take_over(&self.path),
            // It is done already, and another key waits by now.
            false => Ok(()),
        }
    }

    /// Where the copies of what was there are.
    pub fn copies(&self) -> impl Iterator<Item = PathBuf> {
        self.copies.iter().map(|(_, copy)| copy.clone())
    }

    /// Leaves everything as it was, as far as can be: the data that the key is of did not come.
    pub fn undo(self) {
        let next = kept::next(&self.path);
        if self.is_waiting {
            drop(std::fs::remove_file(&next));
        }
        for (path, copy) in self.copies {
            drop(match path == next && self.is_waiting {
                true => std::fs::rename(copy, path),
                false => std::fs::remove_file(copy),
            });
        }
    }
}

/// Copies a file to one that is not there yet; says where, if there is anything.
fn keep_copy(path: &Path, kept_as: &str) -> io::Result<Option<PathBuf>> {
    match path.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Ok(found) if !found.is_file() => {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file"));
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
