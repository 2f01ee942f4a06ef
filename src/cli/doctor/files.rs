//! Who may read the files: whoever has the database and the key has everything.

use std::{
    fs::Metadata,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use super::{Finding, Surroundings};
use crate::{server::KeyOrigin, store::StoreError};

/// Where containers keep secrets, with modes of their own.
const SECRETS: &str = "/run/secrets";
/// The mode bits of everybody, and of everybody but the owner.
const ANYBODY: u32 = 0o007;
const NOT_OWNER: u32 = 0o077;

pub fn check(around: &Surroundings) -> Result<Vec<Finding>, StoreError> {
    let Some(database) = around.file() else { return Ok(key_file(around).into_iter().collect()) };
    let mut found = Vec::new();
    if let Some(mode) = mode(around.settings.data_folder())
        && mode & 0o002 != 0
    {
        let folder = around.settings.data_folder().display();
        found.push(Finding::problem(
            format!("everybody may write to the folder {folder}, and so replace what is in it"),
            format!("chmod 700 {folder}"),
        ));
    }
    for suffix in ["", "-wal", "-shm"] {
        let mut name = database.as_os_str().to_owned();
        name.push(suffix);
        found.extend(exposed(&PathBuf::from(name), "accounts and digests are"));
    }
    found.extend(key_file(around));
    let next = around.settings.data_folder().join("encryption.key.new");
    if next.exists() {
        found.push(Finding::warning(
            format!("{} is left from a rotation or a restore that was interrupted", next.display()),
            format!("rm {}, once the server has started", next.display()),
        ));
    }
    if found.is_empty() {
        found.push(Finding::ok("they are for their owner only"));
    }
    Ok(found)
}

fn key_file(around: &Surroundings) -> Option<Finding> {
    match KeyOrigin::of(&around.settings).ok()? {
        KeyOrigin::Variable => None,
        KeyOrigin::File(path) if path.starts_with(SECRETS) => None,
        KeyOrigin::File(path) | KeyOrigin::Kept(path) => exposed(&path, "the encryption key is"),
    }
}

fn exposed(path: &Path, content: &str) -> Option<Finding> {
    let mode = mode(path)?;
    let name = path.display();
    let mend = format!("chmod 600 {name}");
    if mode & ANYBODY != 0 {
        let told = format!("everybody on this machine may open {name}, where {content}");
        Some(Finding::problem(told, mend))
    } else if mode & NOT_OWNER != 0 {
        let told = format!("others than its owner may open {name}, where {content}");
        Some(Finding::warning(told, mend))
    } else {
        None
    }
}

fn mode(path: &Path) -> Option<u32> {
    let metadata: Metadata = std::fs::metadata(path).ok()?;
    Some(metadata.permissions().mode())
}
