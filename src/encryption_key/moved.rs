//! The key of a database, for a backup and for a restore.

use std::path::{Path, PathBuf};

use super::{KeyFault, forms, kept};
use crate::{
    crypto::{MasterKey, Secret},
    model::Database,
    settings::Settings,
    store::{Store, StoreError, sealed},
};

/// Returns whether a key created a proof.
pub fn is_key_of(key: &Secret, proof: &[u8]) -> bool {
    forms(key).iter().any(|key| sealed::is_proven(&MasterKey::derive(key.as_bytes()), proof))
}

/// Returns the path of the kept key. Returns `None` if a key is configured or the database is not
/// SQLite.
pub fn key_file(settings: &Settings) -> Option<PathBuf> {
    let is_kept = settings.encryption_key.is_none();
    let is_here = matches!(settings.database, Database::Sqlite(_));
    (is_kept && is_here).then(|| kept::path(settings.data_folder()))
}

/// Finds the kept key that created a proof. After an interrupted rotation this is the next key.
pub fn kept_key_of(path: &Path, proof: &[u8]) -> Option<Secret> {
    let keys = [path.to_owned(), kept::next(path)];
    let mut keys = keys.iter().filter_map(|path| kept::read(path).ok().flatten());
    keys.find(|key| is_key_of(key, proof))
}

/// Finishes an interrupted rotation: moves the key of the present database into place. Callers run
/// this before they write another waiting key, which would overwrite it.
pub fn finish_rotation(path: &Path, database: &Database) -> Result<(), KeyFault> {
    let next = kept::next(path);
    if !next.exists() {
        return Ok(());
    }
    // An unreadable database proves nothing, and may be the reason for a restore.
    let store = Store::open_as_it_is(database).ok();
    let proof = store.and_then(|store| store.read_blocking(sealed::proof).ok().flatten());
    let is_right = |proof: &Vec<u8>| !is_kept(path, proof) && is_kept(&next, proof);
    if proof.is_some_and(|proof| is_right(&proof)) { kept::take_over(path) } else { Ok(()) }
}

/// Returns whether the kept key created a proof.
pub fn is_kept(path: &Path, proof: &[u8]) -> bool {
    kept::read(path).ok().flatten().is_some_and(|key| is_key_of(&key, proof))
}

/// The key information for a backup.
#[derive(Debug)]
pub enum KeyToSave {
    /// The key is kept elsewhere, or no data is sealed yet.
    Elsewhere,
    /// The key is kept beside the database, and would be lost with it.
    Kept(Secret),
    /// The key should be in this file, but is not.
    Unknown(PathBuf),
}

/// Returns the key that a backup of the database needs.
pub fn key_to_save(settings: &Settings, store: &Store) -> Result<KeyToSave, StoreError> {
    let Some(path) = key_file(settings) else { return Ok(KeyToSave::Elsewhere) };
    let Some(proof) = store.read_blocking(sealed::proof)? else { return Ok(KeyToSave::Elsewhere) };
    Ok(kept_key_of(&path, &proof).map_or(KeyToSave::Unknown(path), KeyToSave::Kept))
}
