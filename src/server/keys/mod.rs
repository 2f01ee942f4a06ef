//! The signing keys: generated as soon as a client is registered that needs them, sealed in the
//! database, parsed once.
//!
//! A new key is published at once and signs a moment later, so that every server publishes it by
//! then. The key that it replaces stays published until all tokens signed with it have expired.

mod notice;
mod rotate;

pub(super) use notice::notice;
pub use rotate::{Rotation, RotationError, rotate};

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;

use crate::{
    crypto::{
        Algorithm, JwkSet, KeyError, MasterKey, Rng, SealError, SealedPlace, SigningKey,
        VerifyingKey,
    },
    model::Timestamp,
    store::{
        Store, StoreError,
        signing_keys::{self, SealedKey},
    },
};

/// Seconds between the generation of a key and its first signature. Servers look for new keys twice
/// a second, so each of them publishes it by then.
pub(super) const ACTIVATION_SECONDS: i64 = 2;

/// Why there are no signing keys.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A key cannot be generated or parsed.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A key cannot be decrypted.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The place of stored keys, and the key that decrypts them.
#[derive(Debug, Clone, Copy)]
pub struct KeyStore<'a> {
    /// The database.
    pub store: &'a Store,
    /// The key that seals secrets in the database.
    pub master_key: &'a MasterKey,
    /// The random number generator.
    pub rng: &'a dyn Rng,
}

/// The signing keys, and the JWK Set to verify signatures with (RFC 7517 §5), at one moment.
///
/// ID tokens are signed with the algorithm of their client, usually RS256, which every client must
/// be able to verify (OIDC Core §15.1). Access tokens that only this server reads use ES256, which
/// costs a thirtieth.
#[derive(Debug)]
pub(super) struct KeySet {
    keys: Vec<PublishedKey>,
    jwk_set: Bytes,
}

#[derive(Debug, Clone)]
struct PublishedKey {
    key: Arc<SigningKey>,
    signs_from: Timestamp,
}

impl KeySet {
    /// The algorithms that always have a key.
    const ALWAYS: [Algorithm; 2] = [Algorithm::Rs256, Algorithm::Es256];

    /// Reads the keys. Generates them for a database without any.
    pub(super) fn load_or_generate(place: KeyStore<'_>, now: Timestamp) -> Result<Self, KeysError> {
        let keys = Self::load(place, &Self { keys: Vec::new(), jwk_set: Bytes::new() }, now)?;
        let mut missing = place.store.read_blocking(signing_keys::missing)?;
        missing.extend(Self::ALWAYS);
        missing.retain(|algorithm| keys.signing_key(*algorithm, now).is_none());
        if missing.is_empty() {
            return Ok(keys);
        }
        for algorithm in missing {
            generate_if_missing(place, algorithm, now)?;
        }
        Self::load(place, &keys, now)
    }

    /// Reads the keys that are published now. Known keys are not parsed again.
    fn load(place: KeyStore<'_>, known: &Self, now: Timestamp) -> Result<Self, KeysError> {
        let sealed = place.store.read_blocking(signing_keys::list)?;
        let live = sealed.iter().filter(|key| key.published_until.is_none_or(|end| end > now));
        let known: BTreeMap<_, _> =
            known.keys.iter().map(|known| (known.key.kid(), &known.key)).collect();
        let mut keys = Vec::new();
        for sealed in live {
            let key = match known.get(sealed.kid.as_str()) {
                Some(key) => Arc::clone(key),
                None => open(sealed, place.master_key)?,
            };
            keys.push(PublishedKey { key, signs_from: sealed.created_at.plus(ACTIVATION_SECONDS) });
        }
        let jwk_set = jwk_set(&keys);
        Ok(Self { keys, jwk_set })
    }

    /// The key that signs with an algorithm now: the newest one that every server publishes. The
    /// first key of an algorithm signs at once.
    pub(super) fn signing_key(
        &self,
        algorithm: Algorithm,
        now: Timestamp,
    ) -> Option<&Arc<SigningKey>> {
        let mut of_algorithm = self.keys.iter().filter(|key| key.key.algorithm() == algorithm);
        let active = of_algorithm.clone().rev().find(|key| key.signs_from <= now);
        active.or_else(|| of_algorithm.next()).map(|key| &key.key)
    }

    /// The key to verify a token that this server may have signed.
    pub(super) fn verifying_key(&self, algorithm: Algorithm, kid: &str) -> Option<VerifyingKey> {
        let mut keys = self.keys.iter().map(|published| &published.key);
        keys.find(|key| key.kid() == kid && key.algorithm() == algorithm)
            .map(|key| key.verifying_key())
    }

    /// The JWK Set, encoded as JSON.
    pub(super) fn jwk_set(&self) -> Bytes {
        self.jwk_set.clone()
    }

    /// The identifiers of the keys, in the order of the database.
    fn kids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|published| published.key.kid())
    }
}

/// RS256 keys come first, newer before older: some clients take the first key and ignore the
/// others.
fn jwk_set(keys: &[PublishedKey]) -> Bytes {
    let mut keys: Vec<_> = keys.iter().rev().map(|published| &published.key).collect();
    keys.sort_by_key(|key| key.algorithm() != Algorithm::Rs256);
    let set = JwkSet { keys: keys.into_iter().map(|key| key.public_jwk()).collect() };
    serde_json::to_vec(&set).unwrap_or_default().into()
}

/// Generates the keys that a server would generate when it starts.
pub fn make_missing_keys(place: KeyStore<'_>, now: Timestamp) -> Result<(), KeysError> {
    KeySet::load_or_generate(place, now).map(drop)
}

/// Generates the first key of an algorithm, unless another server was faster.
fn generate_if_missing(
    place: KeyStore<'_>,
    algorithm: Algorithm,
    now: Timestamp,
) -> Result<(), KeysError> {
    let is_there = move |keys: Vec<SealedKey>| keys.iter().any(|key| key.algorithm == algorithm);
    if is_there(place.store.read_blocking(signing_keys::list)?) {
        return Ok(());
    }
    let key = new_key(place, algorithm, now)?;
    let master_key = place.master_key.clone();
    place.store.write_blocking(move |tx| {
        if is_there(signing_keys::list(tx)?) {
            Ok(())
        } else {
            signing_keys::insert(tx, &key, &master_key)
        }
    })?;
    tracing::info!(alg = algorithm.as_str(), "generated a signing key");
    Ok(())
}

fn new_key(
    place: KeyStore<'_>,
    algorithm: Algorithm,
    now: Timestamp,
) -> Result<SealedKey, KeyError> {
    let pkcs8 = SigningKey::generate(algorithm)?;
    let kid = SigningKey::new_kid(place.rng);
    let row = SealedPlace::SigningKey.of(&kid);
    Ok(SealedKey {
        sealed_pkcs8: place.master_key.seal(row, &pkcs8, place.rng),
        kid,
        algorithm,
        created_at: now,
        published_until: None,
    })
}

fn open(key: &SealedKey, master_key: &MasterKey) -> Result<Arc<SigningKey>, KeysError> {
    let pkcs8 = master_key.open(SealedPlace::SigningKey.of(&key.kid), &key.sealed_pkcs8)?;
    Ok(Arc::new(SigningKey::from_pkcs8(key.kid.clone(), key.algorithm, &pkcs8)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published(kid: &str, algorithm: Algorithm, created_at: i64) -> PublishedKey {
        let pkcs8 = SigningKey::generate(algorithm).unwrap();
        let key = Arc::new(SigningKey::from_pkcs8(kid.to_owned(), algorithm, &pkcs8).unwrap());
        let signs_from = Timestamp::from_unix(created_at).plus(ACTIVATION_SECONDS);
        PublishedKey { key, signs_from }
    }

    fn signer(keys: &[PublishedKey], algorithm: Algorithm, now: i64) -> Option<String> {
        let set = KeySet { keys: keys.to_vec(), jwk_set: Bytes::new() };
        let key = set.signing_key(algorithm, Timestamp::from_unix(now))?;
        Some(key.kid().to_owned())
    }

    #[test]
    fn a_new_key_signs_once_every_server_publishes_it() {
        let keys = [published("old", Algorithm::Es256, 0), published("new", Algorithm::Es256, 100)];
        assert_eq!(signer(&keys, Algorithm::Es256, 101).unwrap(), "old");
        assert_eq!(signer(&keys, Algorithm::Es256, 102).unwrap(), "new");
        assert_eq!(signer(&keys, Algorithm::EdDsa, 102), None);
    }

    #[test]
    fn a_key_without_an_elder_waits_for_nobody() {
        let keys = [published("only", Algorithm::Es256, 100)];
        assert_eq!(signer(&keys, Algorithm::Es256, 100).unwrap(), "only");
    }

    #[test]
    fn the_newest_rs256_key_is_the_first_in_the_set() {
        let keys = [
            published("a", Algorithm::Rs256, 0),
            published("b", Algorithm::Es256, 0),
            published("c", Algorithm::Rs256, 100),
        ];
        let set: JwkSet = serde_json::from_slice(&jwk_set(&keys)).unwrap();
        let kids: Vec<_> = set.keys.iter().filter_map(|key| key.kid.as_deref()).collect();
        assert_eq!(kids, ["c", "a", "b"]);
    }
}
