//! Checks file permissions: the database together with the key gives access to everything.

use std::{
    fs::{File, Metadata},
    io::Read as _,
    os::unix::fs::PermissionsExt as _,
    path::Path,
};

use super::{Finding, Surroundings};
use crate::{
    encryption_key::KeyOrigin,
    store::{StoreError, file_system::followed},
};

/// The folder for container secrets, which manage their own modes.
const SECRETS: &str = "/run/secrets";
/// The mode bits of others, and of everyone but the owner.
const ANYBODY: u32 = 0o007;
const NOT_OWNER: u32 = 0o077;

pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let mut found = settings_files(around);
    let Some(database) = around.file() else {
        found.extend(key_file(around));
        return Ok(found);
    };
    if let Some(mode) = mode(around.settings.data_folder())
        && mode & 0o002 != 0
    {
        let folder = around.settings.data_folder().display();
        found.push(Finding::problem(
            format!(
                "every user of this machine may write to the folder {folder}, and so replace its \
                 files"
            ),
            format!("chmod 700 {folder}"),
        ));
    }
    found.extend(copies(around.settings.data_folder(), database));
    // The logs and copies lie beside the target of a symbolic link.
    let real = followed(database);
    if let Some(folder) = real.parent().filter(|_| real != database) {
        found.extend(copies(folder, &real));
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
        found.push(Finding::ok("only their owner can read them"));
    }
    Ok(found)
}

/// Checks the database, its logs and the copies of it or of its keys: each of them contains
/// secrets.
fn copies(folder: &Path, database: &Path) -> Vec<Finding> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> =
        entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    paths.sort();
    let begins_as = |path: &Path, name: &str| {
        path.file_name()
            .and_then(|found| found.to_str())
            .is_some_and(|found| found.starts_with(name))
    };
    let database = database.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let of_database = paths.iter().filter(|path| begins_as(path, database));
    let of_database =
        of_database.filter_map(|path| exposed(path, "accounts and digests are stored"));
    let old_keys = paths.iter().filter(|path| begins_as(path, "encryption.key."));
    let old_keys = old_keys.filter_map(|path| exposed(path, "an encryption key is stored"));
    of_database.chain(old_keys).collect()
}

/// Checks `.env` if it contains secrets, and the files that `_FILE` variables name for secrets.
fn settings_files(around: &Surroundings<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    if env_file_has_secrets() {
        found.extend(exposed(Path::new(".env"), "secret settings are stored"));
    }
    for (name, path) in &around.settings.variables.files {
        let is_other =
            !is_secret(name) || path.starts_with(SECRETS) || name == "ENCRYPTION_KEY_FILE";
        if !is_other {
            found.extend(exposed(path, &format!("the value of {name} is stored")));
        }
    }
    found
}

fn env_file_has_secrets() -> bool {
    const MAX_SIZE: u64 = 1 << 20;
    let mut text = Vec::new();
    let read = File::open(".env").and_then(|file| file.take(MAX_SIZE).read_to_end(&mut text));
    let text = String::from_utf8_lossy(&text);
    let names = text.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name.trim());
    read.is_ok() && names.filter(|name| !name.starts_with('#')).any(is_secret)
}

/// Whether a variable of this name holds a secret.
fn is_secret(name: &str) -> bool {
    ["KEY", "SECRET", "PASSWORD", "PASSPHRASE", "CONNECTION_STRING"]
        .iter()
        .any(|word| name.contains(word))
}

fn key_file(around: &Surroundings<'_>) -> Option<Finding> {
    match KeyOrigin::of(around.settings).ok()? {
        KeyOrigin::Variable => None,
        KeyOrigin::File(path) if path.starts_with(SECRETS) => None,
        KeyOrigin::File(path) | KeyOrigin::Kept(path) => {
            exposed(&path, "the encryption key is stored")
        }
    }
}

fn exposed(path: &Path, content: &str) -> Option<Finding> {
    let mode = mode(path)?;
    let name = path.display();
    let mend = format!("chmod 600 {name}");
    if mode & ANYBODY != 0 {
        let told = format!("every user of this machine may read {name}, where {content}");
        Some(Finding::problem(told, mend))
    } else if mode & NOT_OWNER != 0 {
        let told = format!("other users than its owner may read {name}, where {content}");
        Some(Finding::warning(told, mend))
    } else {
        None
    }
}

fn mode(path: &Path) -> Option<u32> {
    let metadata: Metadata = std::fs::metadata(path).ok()?;
    Some(metadata.permissions().mode())
}
