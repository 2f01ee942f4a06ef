//! Reads and writes the file beside the database that keeps a generated key.

use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::fault::KeyFault;
use crate::{
    crypto::{Rng, Secret},
    settings::MIN_ENCRYPTION_KEY,
    store::private_file,
};

/// The maximum size of the file, in bytes; no key is that long.
const MAX_KEY: u64 = 64 * 1024;
/// The name of the key file in the data folder.
const NAME: &str = "encryption.key";

/// Returns the path of the key file.
pub(super) fn path(data_folder: &Path) -> PathBuf {
    data_folder.join(NAME)
}

/// Returns the path where the next key waits until everything is sealed under it.
pub(super) fn next(path: &Path) -> PathBuf {
    path.with_extension("key.new")
}

/// Reads the key, if the file exists.
pub(super) fn read(path: &Path) -> Result<Option<Secret>, KeyFault> {
    let fault = |cause| KeyFault::File { path: path.to_owned(), cause };
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(fault)?,
    };
    let mut key = String::new();
    file.take(MAX_KEY).read_to_string(&mut key).map_err(fault)?;
    match key.trim() {
        key if key.len() < MIN_ENCRYPTION_KEY => Err(fault(io::Error::new(
            io::ErrorKind::InvalidData,
            "it does not contain a complete key",
        ))),
        key => Ok(Some(Secret::new(key))),
    }
}

/// Draws a new random key; does not store it.
pub(super) fn draw(rng: &dyn Rng) -> Secret {
    Secret::new(BASE64_STANDARD.encode(rng.bytes::<32>()))
}

/// Creates the first key file. If another program creates it first, returns that key.
pub(super) fn make(path: &Path, rng: &dyn Rng) -> Result<Secret, KeyFault> {
    let key = draw(rng);
    let own = u64::from_ne_bytes(rng.bytes());
    let unfinished = path.with_file_name(format!("encryption.key.{own:016x}.tmp"));
    let made = write_private(&unfinished, &key).and_then(|()| publish(&unfinished, path));
    drop(std::fs::remove_file(&unfinished));
    match made {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return read(path)?.ok_or(KeyFault::File { path: path.to_owned(), cause: error });
        }
        made => made.map_err(|cause| KeyFault::File { path: path.to_owned(), cause })?,
    }
    tracing::info!(
        path = %path.display(),
        "ENCRYPTION_KEY is not set: generated a key in this file; back it up with the database"
    );
    Ok(key)
}

/// Writes the key. On return it is complete and synced to disk under its name, so data may be
/// sealed under it.
pub(super) fn write(path: &Path, key: &Secret) -> Result<(), KeyFault> {
    let fault = |cause| KeyFault::File { path: path.to_owned(), cause };
    let unfinished = path.with_file_name("encryption.key.tmp");
    let written = write_private(&unfinished, key).and_then(|()| rename(&unfinished, path));
    if written.is_err() {
        // The next attempt would overwrite the file, but it holds a secret.
        drop(std::fs::remove_file(&unfinished));
    }
    written.map_err(fault)
}

/// Copies the present key, if there is one, for older backups. Returns the path of the copy. Never
/// overwrites another copy, not even one from the same second.
pub(super) fn keep_old(path: &Path, moment: &str) -> Result<Option<PathBuf>, KeyFault> {
    let Some(key) = read(path)? else { return Ok(None) };
    let kept = private_file::create_beside(path, &format!("before-rotation-{moment}"))
        .and_then(|(copy, file)| fill(file, &key).map(|()| copy))
        .and_then(|copy| sync_folder_of(path).map(|()| copy));
    kept.map(Some).map_err(|cause| KeyFault::File { path: path.to_owned(), cause })
}

/// Replaces the present key with the next one.
pub(super) fn take_over(path: &Path) -> Result<(), KeyFault> {
    match rename(&next(path), path) {
        // Another program has done it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done.map_err(|cause| KeyFault::File { path: path.to_owned(), cause }),
    }
}

/// Renames a file without overwriting another. On file systems without hard links it may overwrite.
fn publish(unfinished: &Path, path: &Path) -> io::Result<()> {
    match std::fs::hard_link(unfinished, path) {
        Ok(()) => sync_folder_of(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(_) => rename(unfinished, path),
    }
}

fn write_private(path: &Path, key: &Secret) -> io::Result<()> {
    // Removes the leftover of an earlier attempt.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fill(private_file::create_new(path)?, key)
}

/// Writes the key without a newline, so that ENCRYPTION_KEY_FILE may point to this file: that file
/// is read byte for byte.
fn fill(mut file: File, key: &Secret) -> io::Result<()> {
    file.write_all(key.expose().as_bytes())?;
    file.sync_all()
}

/// Renames a file durably: the folder is synced, too.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::rename(from, to)?;
    sync_folder_of(to)
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
