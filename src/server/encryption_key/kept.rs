//! The file beside the database that keeps a key of our own.

use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::KeyFault;
use crate::{
    crypto::{Rng, Secret},
    settings::MIN_ENCRYPTION_KEY,
    store::private_file,
};

/// More than any key has, in bytes.
const MAX_KEY: u64 = 64 * 1024;
/// Its name in the data folder.
const NAME: &str = "encryption.key";

/// Where it is.
pub(super) fn path(data_folder: &Path) -> PathBuf {
    data_folder.join(NAME)
}

/// Where the next key waits until everything is sealed under it.
pub(super) fn next(path: &Path) -> PathBuf {
    path.with_extension("key.new")
}

/// Reads the key, if there is one.
pub(super) fn read(path: &Path) -> Result<Option<Secret>, KeyFault> {
    let fault = |cause| KeyFault::File { path: path.to_owned(), cause };
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(fault)?,
    };
    let mut key = String::new();
    file.take(MAX_KEY).read_to_string(&mut key).map_err(fault)?;
    match key.trim() {
        key if key.len() < MIN_ENCRYPTION_KEY => {
            Err(fault(io::Error::new(io::ErrorKind::InvalidData, "it holds no whole key")))
        }
        key => Ok(Some(Secret::new(key))),
    }
}

/// A new key that nobody keeps yet.
pub(super) fn draw(rng: &dyn Rng) -> Secret {
    Secret::new(BASE64_STANDARD.encode(rng.bytes::<32>()))
}

/// Makes the first key, unless another program is faster: then theirs is the key.
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
        "no ENCRYPTION_KEY is set: made one and keep it here; back it up with the database"
    );
    Ok(key)
}

/// The key is on disk, whole and under its name, before anything is sealed under it.
pub(super) fn write(path: &Path, key: &Secret) -> Result<(), KeyFault> {
    let fault = |cause| KeyFault::File { path: path.to_owned(), cause };
    let unfinished = path.with_file_name("encryption.key.tmp");
    let written = write_private(&unfinished, key).and_then(|()| rename(&unfinished, path));
    if written.is_err() {
        // It is overwritten the next time, but it is a secret.
        drop(std::fs::remove_file(&unfinished));
    }
    written.map_err(fault)
}

/// Keeps a copy of the present key for older backups, if there is one; says where. Another copy, which may be
/// of the same second, is never overwritten.
pub(super) fn keep_old(path: &Path, moment: &str) -> Result<Option<PathBuf>, KeyFault> {
    let Some(key) = read(path)? else { return Ok(None) };
    let kept = private_file::create_beside(path, &format!("before-rotation-{moment}"))
        .and_then(|(copy, file)| fill(file, &key).map(|()| copy))
        .and_then(|copy| sync_folder_of(path).map(|()| copy));
    kept.map(Some).map_err(|cause| KeyFault::File { path: path.to_owned(), cause })
}

/// Puts the next key in the place of the present one.
pub(super) fn take_over(path: &Path) -> Result<(), KeyFault> {
    match rename(&next(path), path) {
        // Another program has done it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done.map_err(|cause| KeyFault::File { path: path.to_owned(), cause }),
    }
}

/// Gives a file a name that nothing has yet; where the file system has no links, one that nothing should have.
fn publish(unfinished: &Path, path: &Path) -> io::Result<()> {
    match std::fs::hard_link(unfinished, path) {
        Ok(()) => sync_folder_of(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(_) => rename(unfinished, path),
    }
}

fn write_private(path: &Path, key: &Secret) -> io::Result<()> {
    // What was left of an earlier attempt is replaced.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fill(private_file::create_new(path)?, key)
}

/// Without a newline, so that ENCRYPTION_KEY_FILE may name this very file: it is taken byte for byte.
fn fill(mut file: File, key: &Secret) -> io::Result<()> {
    file.write_all(key.expose().as_bytes())?;
    file.sync_all()
}

/// Renames for good: the folder is on disk, too.
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
