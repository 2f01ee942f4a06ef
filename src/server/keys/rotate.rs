//! Replaces signing keys with new ones.

use super::{ACTIVATION_SECONDS, KeySet, KeyStore, KeysError, new_key};
use crate::{
    crypto::Algorithm,
    model::{Timestamp, view::SigningKeyView},
    oidc::claims::ID_TOKEN_SECONDS,
    operations::{
        By, Refusal,
        signing_keys::{self as operation, NewKeys},
    },
    store::{Tx, signing_keys},
};

/// The keys to rotate.
#[derive(Debug, Clone, Copy)]
pub struct Rotation {
    /// The algorithm. `None` rotates every algorithm that has a key.
    pub algorithm: Option<Algorithm>,
    /// Whether the old keys are removed from the JWK Set at once, since they may be stolen.
    pub revoke: bool,
}

impl Rotation {
    /// Generates the new keys, which takes a while. `operations::signing_keys::rotate` stores them.
    ///
    /// It checks again whether there is room for them. That is checked here too, so that rotations
    /// that will be refused take no time.
    pub fn prepare(self, place: KeyStore<'_>, now: Timestamp) -> Result<NewKeys, RotationError> {
        let algorithms = match self.algorithm {
            Some(algorithm) => vec![algorithm],
            None => algorithms_in_use(place)?,
        };
        if !self.revoke {
            let check = |tx: &mut Tx<'_>| operation::refuse_many(tx, algorithms.clone(), now);
            place.store.read_blocking(check)?;
        }
        let keys: Vec<_> = algorithms
            .into_iter()
            .map(|algorithm| new_key(place, algorithm, now))
            .collect::<Result<_, _>>()
            .map_err(KeysError::Key)?;
        Ok(NewKeys {
            keys,
            master_key: place.master_key.clone(),
            algorithm: self.algorithm,
            revoke: self.revoke,
            activation_seconds: ACTIVATION_SECONDS,
            id_token_seconds: ID_TOKEN_SECONDS,
        })
    }
}

/// Generates new keys and stores them, all of them or none. Running servers notice within a second.
/// Returns the keys that are published now.
pub fn rotate(
    place: KeyStore<'_>,
    by: By,
    rotation: Rotation,
    now: Timestamp,
) -> Result<Vec<SigningKeyView>, RotationError> {
    let new = rotation.prepare(place, now)?;
    Ok(place.store.write_blocking(by.act(new, operation::rotate))?)
}

/// Why signing keys were not replaced.
#[derive(Debug)]
pub enum RotationError {
    /// The new keys cannot be generated.
    Keys(KeysError),
    /// The operation was refused.
    Refused(Refusal),
}

impl From<KeysError> for RotationError {
    fn from(error: KeysError) -> Self {
        Self::Keys(error)
    }
}

impl From<Refusal> for RotationError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            // A database that fails is worded in one way, wherever that happens.
            Refusal::Store(error) => Self::Keys(error.into()),
            refusal => Self::Refused(refusal),
        }
    }
}

fn algorithms_in_use(place: KeyStore<'_>) -> Result<Vec<Algorithm>, KeysError> {
    let keys = place.store.read_blocking(signing_keys::list)?;
    let mut algorithms = KeySet::ALWAYS.to_vec();
    algorithms.extend(keys.iter().map(|key| key.algorithm));
    algorithms.sort();
    algorithms.dedup();
    Ok(algorithms)
}
