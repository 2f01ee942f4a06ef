//! The encryption key: given, kept beside the database, or made on the first start.

mod coming;
mod kept;
mod moved;
mod rotate;

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

pub use coming::ComingKey;
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

/// Why the secrets in the database cannot be opened, or not be sealed anew.
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
    /// The key is said to be lost, and opens everything.
    #[error("take the encryption key for lost: {0} opens everything that is sealed")]
    NotLost(KeyOrigin),
    /// The new key is the present one.
    #[error("take this for a new encryption key: it is the one that is in use")]
    Same,
    /// Something does not open under the key that is otherwise right.
    #[error(transparent)]
    Sealed(#[from] sealed::ResealError),
    /// The key is of another database.
    #[error("open the secrets in the database: they were sealed under another key than {0}")]
    Wrong(KeyOrigin),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where the key comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyOrigin {
    /// `ENCRYPTION_KEY`.
    Variable,
    /// The file that `ENCRYPTION_KEY_FILE` names.
    File(PathBuf),
    /// The file beside the database that keeps a key of our own.
    Kept(PathBuf),
}

impl KeyOrigin {
    /// Where the settings say that the key is.
    pub fn of(settings: &Settings) -> Result<Self, KeyFault> {
        match (&settings.encryption_key, &settings.encryption_key_file, &settings.database) {
            (Some(_), Some(path), _) => Ok(Self::File(path.clone())),
            (Some(_), None, _) => Ok(Self::Variable),
            (None, _, Database::Postgres(_)) => Err(KeyFault::Missing),
            (None, _, Database::Sqlite(_)) => Ok(Self::Kept(kept::path(settings.data_folder()))),
        }
    }
}

/// To be read after "another key than".
impl fmt::Display for KeyOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable => f.write_str("the one in ENCRYPTION_KEY"),
            Self::File(path) => {
                write!(f, "the one in {}, which ENCRYPTION_KEY_FILE names", path.display())
            }
            Self::Kept(path) => write!(f, "the one in {}", path.display()),
        }
    }
}

/// Finds the key, or makes one for a new database, and proves that it opens what is there. Codes whose
/// digests an earlier version stored without a key are put under it.
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
            match sealed::is_proven(&key, &proof) {
                true => Ok(key),
                // Another program was faster, with another key or with this very file.
                false => open(settings, &proof),
            }
        }
    }
}

/// Counts what does not open under the key; nothing is there to be opened in a new database. It makes no
/// key.
pub fn count_sealed_shut(
    settings: &Settings,
    store: &Store,
) -> Result<Option<sealed::Counts>, KeyFault> {
    let Some(proof) = store.read_blocking(sealed::proof)? else { return Ok(None) };
    let key = open(settings, &proof)?;
    Ok(Some(store.read_blocking(move |tx| sealed::count_unreadable(tx, &key))?))
}

/// Finds the key that a proof was made with.
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

/// The key byte for byte, as Pocket ID takes it; and without the line feed that most programs put at the
/// end of a file and shells take away, so that nobody is locked out by one.
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
    // A rotation or a restore was interrupted between its commit and the end.
    let next = kept::read(&kept::next(path)).ok().flatten().map(derive);
    match next.filter(|key| sealed::is_proven(key, proof)) {
        Some(key) => {
            kept::take_over(path)?;
            tracing::warn!(
                path = %path.display(),
                "the change to another encryption key was interrupted; it is finished now"
            );
            Ok(key)
        }
        None if present?.is_some() => Err(KeyFault::Wrong(KeyOrigin::Kept(path.to_owned()))),
        None => Err(KeyFault::Lost { path: path.to_owned() }),
    }
}

/// The key that the settings give, or the one that is kept, which is made if there is none.
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

/// Stores what the key is recognised by, unless another server was faster; says what is stored.
fn first_proof(store: &Store, sealed: Vec<u8>) -> Result<Vec<u8>, StoreError> {
    store.write_blocking(move |tx| match sealed::proof(tx)? {
        Some(proof) => Ok(proof),
        None => sealed::insert_proof(tx, &sealed).map(|()| sealed.clone()),
    })
}
