//! The signing keys: made on the first start, sealed in the database, parsed once.

use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;

use crate::{
    crypto::{Algorithm, KeyError, MasterKey, Rng, SealError, SigningKey, signing_key::PublicJwk},
    model::Timestamp,
    store::{
        Store, StoreError,
        signing_keys::{self, SEALED_PLACE, SealedKey},
    },
};

/// Why there are no signing keys.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A key cannot be generated or parsed.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A key cannot be opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The keys that sign, and the JWK Set that verifies (RFC 7517 §5).
///
/// RS256 is for ID tokens, which every client must be able to verify (OIDC Core §15.1). Access tokens
/// are read by us alone, so the one that costs a thirtieth signs them.
#[derive(Debug)]
pub(super) struct KeySet {
    id_token: Arc<SigningKey>,
    access_token: Arc<SigningKey>,
    jwk_set: Bytes,
}

impl KeySet {
    /// Reads the keys; a database without any gets them.
    pub(super) fn load_or_generate(
        store: &Store,
        master_key: &MasterKey,
        rng: &dyn Rng,
        now: Timestamp,
    ) -> Result<Self, KeysError> {
        let mut sealed = store.read_blocking(signing_keys::list)?;
        for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
            if !sealed.iter().any(|key| key.algorithm == algorithm) {
                sealed = generate(store, master_key, algorithm, rng, now)?;
            }
        }
        let keys = sealed.iter().map(|key| open(key, master_key)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self::new(&keys))
    }

    fn new(keys: &[Arc<SigningKey>]) -> Self {
        let newest = |algorithm| {
            let key = keys.iter().rev().find(|key| key.algorithm() == algorithm);
            Arc::clone(key.expect("a key of each algorithm was read or generated"))
        };
        Self {
            id_token: newest(Algorithm::Rs256),
            access_token: newest(Algorithm::Es256),
            jwk_set: jwk_set(keys),
        }
    }

    /// The key of ID tokens.
    pub(super) fn id_token(&self) -> &Arc<SigningKey> {
        &self.id_token
    }

    /// The key of access tokens.
    pub(super) fn access_token(&self) -> &Arc<SigningKey> {
        &self.access_token
    }

    /// The JWK Set as it is sent.
    pub(super) fn jwk_set(&self) -> Bytes {
        self.jwk_set.clone()
    }
}

/// RSA stands first: some clients take the first key and look no further.
fn jwk_set(keys: &[Arc<SigningKey>]) -> Bytes {
    #[derive(Serialize)]
    struct JwkSet {
        keys: Vec<PublicJwk>,
    }
    let mut keys: Vec<_> = keys.iter().collect();
    keys.sort_by_key(|key| key.algorithm() != Algorithm::Rs256);
    let keys = keys.into_iter().map(|key| key.public_jwk()).collect();
    serde_json::to_vec(&JwkSet { keys }).unwrap_or_default().into()
}

/// Makes the first key of an algorithm, unless another server was faster; says which keys there are.
fn generate(
    store: &Store,
    master_key: &MasterKey,
    algorithm: Algorithm,
    rng: &dyn Rng,
    now: Timestamp,
) -> Result<Vec<SealedKey>, KeysError> {
    let pkcs8 = SigningKey::generate(algorithm)?;
    let sealed_pkcs8 = master_key.seal(SEALED_PLACE, &pkcs8, rng);
    let key = SealedKey { kid: SigningKey::new_kid(rng), algorithm, sealed_pkcs8 };
    let keys = store.write_blocking(move |tx| {
        let keys = signing_keys::list(tx)?;
        if keys.iter().any(|key| key.algorithm == algorithm) {
            return Ok(keys);
        }
        signing_keys::insert(tx, &key, now)?;
        signing_keys::list(tx)
    })?;
    tracing::info!(alg = algorithm.as_str(), "there is a signing key now");
    Ok(keys)
}

fn open(key: &SealedKey, master_key: &MasterKey) -> Result<Arc<SigningKey>, KeysError> {
    let pkcs8 = master_key.open(SEALED_PLACE, &key.sealed_pkcs8)?;
    Ok(Arc::new(SigningKey::from_pkcs8(key.kid.clone(), key.algorithm, &pkcs8)?))
}
