//! The encryption key: given, kept beside the database, or made on the first start.

use std::{
    fs::OpenOptions,
    io::{self, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};

use crate::{
    crypto::{MasterKey, Rng, Secret},
    model::Database,
    settings::{MIN_ENCRYPTION_KEY, Settings},
    store::{Store, StoreError, meta},
};

/// The file in the data folder that keeps a key that we made.
const FILE: &str = "encryption.key";
/// What is sealed to recognise the key by.
const CHECK: &[u8] = b"pocketid";
/// Its place, for the seal.
const CHECK_PLACE: &str = "meta.key_check";

/// Why the secrets in the database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    /// The file of the key cannot be read or written.
    #[error("use the encryption key in {path}: {cause}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        cause: io::Error,
    },
    /// The database is in use, but its key is gone.
    #[error(
        "open the secrets in the database: ENCRYPTION_KEY is not set, or still CHANGEME, and {path} \
         is missing"
    )]
    Lost {
        /// Where the key would be.
        path: PathBuf,
    },
    /// Servers share a database on PostgreSQL, so each has to be given its key.
    #[error(
        "seal secrets in PostgreSQL: no ENCRYPTION_KEY is set, and servers there share one key"
    )]
    Missing,
    /// The key is of another database.
    #[error("open the secrets in the database: they were sealed under another key than {origin}")]
    Wrong {
        /// Where the key came from.
        origin: String,
    },
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Finds the key, or makes one for a new database, and proves that it opens what is there.
pub fn unlock(settings: &Settings, store: &Store, rng: &dyn Rng) -> Result<MasterKey, KeyFault> {
    let check = store.read_blocking(|tx| meta::find(tx, meta::KEY_CHECK))?;
    let path = settings.data_folder().join(FILE);
    let (key, origin) = match (&settings.encryption_key, &settings.database) {
        (Some(key), _) => {
            (key.clone(), "the one in ENCRYPTION_KEY or ENCRYPTION_KEY_FILE".to_owned())
        }
        (None, Database::Postgres(_)) => return Err(KeyFault::Missing),
        (None, Database::Sqlite(_)) => {
            let key = kept_or_new_key(&path, check.is_some(), rng)?;
            (key, format!("the one in {}", path.display()))
        }
    };
    let master_key = MasterKey::derive(key.expose().as_bytes());
    let check = match check {
        Some(check) => check,
        None => first_check(store, master_key.seal(CHECK_PLACE, CHECK, rng))?,
    };
    let opened = master_key.open(CHECK_PLACE, &check);
    opened.map_err(|_| KeyFault::Wrong { origin })?;
    Ok(master_key)
}

/// Whether a key opens what a value of `meta::KEY_CHECK` was sealed under.
pub fn is_key_of(key: &Secret, check: &[u8]) -> bool {
    MasterKey::derive(key.expose().as_bytes()).open(CHECK_PLACE, check).is_ok()
}

/// The file that keeps a key that was not given, if keys are kept here at all.
pub fn key_file(settings: &Settings) -> Option<PathBuf> {
    let is_kept = settings.encryption_key.is_none();
    let is_here = matches!(settings.database, Database::Sqlite(_));
    (is_kept && is_here).then(|| settings.data_folder().join(FILE))
}

/// The key in a file; `None` when there is no such file.
pub fn read_key(path: &Path) -> Result<Option<Secret>, KeyFault> {
    let fault = |cause| KeyFault::File { path: path.to_owned(), cause };
    let mut file = match std::fs::File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file.map_err(fault)?,
    };
    let mut key = String::new();
    file.read_to_string(&mut key).map_err(fault)?;
    match key.trim() {
        key if key.len() < MIN_ENCRYPTION_KEY => {
            Err(fault(io::Error::new(io::ErrorKind::InvalidData, "it holds no whole key")))
        }
        key => Ok(Some(Secret::new(key))),
    }
}

/// Keeps a key in a file that only this user can read.
pub fn keep_key(path: &Path, key: &Secret) -> Result<(), KeyFault> {
    write_private(path, key).map_err(|cause| KeyFault::File { path: path.to_owned(), cause })
}

/// Stores what the key is recognised by, unless another server was faster; says what is stored.
fn first_check(store: &Store, sealed: Vec<u8>) -> Result<Vec<u8>, StoreError> {
    store.write_blocking(move |tx| match meta::find(tx, meta::KEY_CHECK)? {
        Some(check) => Ok(check),
        None => meta::insert(tx, meta::KEY_CHECK, &sealed).map(|()| sealed.clone()),
    })
}

fn kept_or_new_key(path: &Path, is_in_use: bool, rng: &dyn Rng) -> Result<Secret, KeyFault> {
    if let Some(key) = read_key(path)? {
        return Ok(key);
    }
    if is_in_use {
        return Err(KeyFault::Lost { path: path.to_owned() });
    }
    let key = Secret::new(BASE64_STANDARD.encode(rng.bytes::<32>()));
    keep_key(path, &key)?;
    tracing::info!(
        path = %path.display(),
        "no ENCRYPTION_KEY is set: made one and keep it here; back it up with the database"
    );
    Ok(key)
}

/// The key is on disk, whole and under its name, before anything is sealed under it.
fn write_private(path: &Path, key: &Secret) -> io::Result<()> {
    let new = path.with_extension("key.new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    // Without a newline, so that ENCRYPTION_KEY_FILE may name this very file: it is taken byte for byte.
    file.write_all(key.expose().as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&new, path)?;
    match path.parent() {
        Some(folder) => std::fs::File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
