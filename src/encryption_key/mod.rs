//! The encryption key: configured, kept beside the database, or generated on the first start.

mod coming;
mod fault;
mod kept;
mod moved;
mod rotate;

use std::path::Path;

pub use coming::ComingKey;
pub use fault::{KeyFault, KeyOrigin};
pub use moved::{
    KeyToSave, finish_rotation, is_kept, is_key_of, kept_key_of, key_file, key_to_save,
};
pub use rotate::{Rotated, refuse_unless_lost, replace_lost_encryption_key, rotate_encryption_key};

use crate::{
    crypto::{MasterKey, Rng, Secret},
    model::Database,
    settings::Settings,
    store::{Store, StoreError, sealed, short_codes},
};

impl KeyOrigin {
    /// Returns the source of the key according to the settings.
    pub fn of(settings: &Settings) -> Result<Self, KeyFault> {
        match (&settings.encryption_key, &settings.encryption_key_file, &settings.database) {
            (Some(_), Some(path), _) => Ok(Self::File(path.clone())),
            (Some(_), None, _) => Ok(Self::Variable),
            (None, _, Database::Postgres(_)) => Err(KeyFault::Missing),
            (None, _, Database::Sqlite(_)) => Ok(Self::Kept(kept::path(settings.data_folder()))),
        }
    }
}

/// Finds the key, or generates one for a new database, and verifies that it opens the sealed data.
/// Also converts codes whose digests an earlier version stored without a key.
pub fn unlock(settings: &Settings, store: &Store, rng: &dyn Rng) -> Result<MasterKey, KeyFault> {
    let master_key = find_or_make(settings, store, rng)?;
    if store.read_blocking(short_codes::has_plain)? {
        let codes = master_key.codes().clone();
        store.write_blocking(move |tx| short_codes::put_under(tx, &codes))?;
    }
    Ok(master_key)
}

fn find_or_make(settings: &Settings, store: &Store, rng: &dyn Rng) -> Result<MasterKey, KeyFault> {
    match store.read_blocking(sealed::proof)? {
        Some(proof) => open(settings, &proof),
        None => {
            let key = own_key(settings, rng)?;
            let proof = first_proof(store, sealed::seal_proof(&key, rng))?;
            if sealed::is_proven(&key, &proof) { Ok(key) } else { open(settings, &proof) }
        }
    }
}

/// Counts the values that do not open under the key. Returns `None` for a new database, which has
/// no sealed values. Never generates a key.
pub fn count_sealed_shut(
    settings: &Settings,
    store: &Store,
) -> Result<Option<sealed::Counts>, KeyFault> {
    let Some(proof) = store.read_blocking(sealed::proof)? else { return Ok(None) };
    let key = open(settings, &proof)?;
    Ok(Some(store.read_blocking(move |tx| sealed::count_unreadable(tx, &key))?))
}

/// Finds the key that created a proof.
fn open(settings: &Settings, proof: &[u8]) -> Result<MasterKey, KeyFault> {
    let origin = KeyOrigin::of(settings)?;
    match (&settings.encryption_key, &origin) {
        (None, KeyOrigin::Kept(path)) => open_kept(path, proof),
        (key, _) => {
            let mut forms = key.iter().flat_map(forms).map(|key| MasterKey::derive(key.as_bytes()));
            forms.find(|key| sealed::is_proven(key, proof)).ok_or(KeyFault::Wrong(origin))
        }
    }
}

/// Returns the two forms of a key: byte for byte, as Pocket ID uses it, and without a trailing line
/// feed. Most programs write a line feed at the end of a file and shells strip it; it must not lock
/// users out.
fn forms(key: &Secret) -> [&str; 2] {
    [key.expose(), key.expose().trim_end_matches(['\r', '\n'])]
}

fn open_kept(path: &Path, proof: &[u8]) -> Result<MasterKey, KeyFault> {
    let derive = |key: Secret| MasterKey::derive(key.expose().as_bytes());
    let present = kept::read(path).map(|key| key.map(derive));
    if let Ok(Some(key)) = &present
        && sealed::is_proven(key, proof)
    {
        return Ok(key.clone());
    }
    // A rotation or a restore was interrupted after its commit.
    let next = kept::read(&kept::next(path)).ok().flatten().map(derive);
    match next.filter(|key| sealed::is_proven(key, proof)) {
        Some(key) => {
            kept::take_over(path)?;
            tracing::warn!(
                path = %path.display(),
                "finished an interrupted change of the encryption key"
            );
            Ok(key)
        }
        None if present?.is_some() => Err(KeyFault::Wrong(KeyOrigin::Kept(path.to_owned()))),
        None => Err(KeyFault::Lost { path: path.to_owned() }),
    }
}

/// Returns the configured key, or else the kept key. Generates the kept key if there is none.
fn own_key(settings: &Settings, rng: &dyn Rng) -> Result<MasterKey, KeyFault> {
    let key = match (&settings.encryption_key, KeyOrigin::of(settings)?) {
        (Some(key), _) => key.clone(),
        (None, KeyOrigin::Kept(path)) => match kept::read(&path)? {
            Some(key) => key,
            None => kept::make(&path, rng)?,
        },
        (None, _) => return Err(KeyFault::Missing),
    };
    Ok(MasterKey::derive(key.expose().as_bytes()))
}

/// Stores the proof by which the key is recognised, unless another server was faster. Returns the
/// stored proof.
fn first_proof(store: &Store, sealed: Vec<u8>) -> Result<Vec<u8>, StoreError> {
    store.write_blocking(move |tx| match sealed::proof(tx)? {
        Some(proof) => Ok(proof),
        None => sealed::insert_proof(tx, &sealed).map(|()| sealed.clone()),
    })
}
