//! A key that goes with its database: into a backup, and from there to where a server looks for it.

use std::path::{Path, PathBuf};

use super::{KeyFault, forms, kept};
use crate::{
    crypto::{MasterKey, Secret},
    model::Database,
    settings::Settings,
    store::{Store, StoreError, sealed},
};

/// Whether a key is the one that a proof was made with.
pub fn is_key_of(key: &Secret, proof: &[u8]) -> bool {
    forms(key).iter().any(|key| sealed::is_proven(&MasterKey::derive(key.as_bytes()), proof))
}

/// The file that keeps a key that was not given, if keys are kept here at all.
pub fn key_file(settings: &Settings) -> Option<PathBuf> {
    let is_kept = settings.encryption_key.is_none();
    let is_here = matches!(settings.database, Database::Sqlite(_));
    (is_kept && is_here).then(|| kept::path(settings.data_folder()))
}

/// The kept key that a proof was made with. After a rotation that was interrupted it is the next one.
pub fn kept_key_of(path: &Path, proof: &[u8]) -> Option<Secret> {
    let keys = [path.to_owned(), kept::next(path)];
    let mut keys = keys.iter().filter_map(|path| kept::read(path).ok().flatten());
    keys.find(|key| is_key_of(key, proof))
}

/// Puts the key of the present database in its place where a rotation was interrupted before it did that. Whoever is about
/// to have another key wait there would overwrite it.
pub fn finish_rotation(path: &Path, database: &Database) -> Result<(), KeyFault> {
    let next = kept::next(path);
    if !next.exists() {
        return Ok(());
    }
    // What cannot be read proves nothing, and a restore may be what it needs.
    let store = Store::open_as_it_is(database).ok();
    let proof = store.and_then(|store| store.read_blocking(sealed::proof).ok().flatten());
    let is_right = |proof: &Vec<u8>| !is_kept(path, proof) && is_kept(&next, proof);
    match proof.is_some_and(|proof| is_right(&proof)) {
        true => kept::take_over(path),
        false => Ok(()),
    }
}

/// Whether the key that a proof was made with is in its place.
pub fn is_kept(path: &Path, proof: &[u8]) -> bool {
    kept::read(path).ok().flatten().is_some_and(|key| is_key_of(&key, proof))
}

/// What a backup needs to know of the key.
#[derive(Debug)]
pub enum KeyToSave {
    /// It is kept elsewhere, or nothing is sealed yet.
    Elsewhere,
    /// It is kept beside the database, and would be lost with it.
    Kept(Secret),
    /// It should be in this file, and is not.
    Unknown(PathBuf),
}

/// The key that a backup of the database needs.
pub fn key_to_save(settings: &Settings, store: &Store) -> Result<KeyToSave, StoreError> {
    let Some(path) = key_file(settings) else { return Ok(KeyToSave::Elsewhere) };
    let Some(proof) = store.read_blocking(sealed::proof)? else { return Ok(KeyToSave::Elsewhere) };
    Ok(kept_key_of(&path, &proof).map_or(KeyToSave::Unknown(path), KeyToSave::Kept))
}
