//! New keys for old ones.

use super::{ACTIVATION_SECONDS, KeySet, KeyStore, KeysError, new_key};
use crate::{
    crypto::Algorithm,
    model::{AuditEvent, Client, Timestamp},
    oidc::claims::ID_TOKEN_SECONDS,
    store::{
        Tx, access_tokens, audit_events, client_access_tokens, clients,
        signing_keys::{self, SealedKey},
    },
};

/// What is to be rotated.
#[derive(Debug, Clone)]
pub struct Rotation {
    /// The algorithm; every one that there is a key of when it is `None`.
    pub algorithm: Option<Algorithm>,
    /// Whether the old keys are taken out of the JWK Set at once, since somebody else may have them.
    pub revoke: bool,
    /// The entry for the audit log.
    pub event: AuditEvent,
}

/// Makes new keys, all of them or none. Running servers notice within a second. Answers with the keys
/// that there are now.
pub fn rotate(
    place: KeyStore<'_>,
    rotation: Rotation,
    now: Timestamp,
) -> Result<Vec<SealedKey>, KeysError> {
    let algorithms = match rotation.algorithm {
        Some(algorithm) => vec![algorithm],
        None => algorithms_in_use(place)?,
    };
    let keys: Vec<_> = algorithms
        .into_iter()
        .map(|algorithm| new_key(place, algorithm, now))
        .collect::<Result<_, _>>()?;
    let master_key = place.master_key.clone();
    let keys = place.store.write_blocking(move |tx| {
        let seconds = longest_life(tx)?;
        let published_until = now.plus(ACTIVATION_SECONDS + seconds);
        for key in &keys {
            match rotation.revoke {
                true => signing_keys::delete_of_algorithm(tx, key.algorithm)?,
                false => signing_keys::retire(tx, key.algorithm, published_until)?,
            };
            signing_keys::insert(tx, key, &master_key)?;
        }
        if rotation.revoke {
            // Nobody may go on believing what the old keys signed, and neither do we. Refresh tokens are not
            // signed: applications get new access tokens with them.
            access_tokens::delete_every(tx)?;
            client_access_tokens::delete_every(tx)?;
        }
        audit_events::insert(tx, &rotation.event)?;
        signing_keys::list(tx)
    })?;
    Ok(keys)
}

fn algorithms_in_use(place: KeyStore<'_>) -> Result<Vec<Algorithm>, KeysError> {
    let keys = place.store.read_blocking(signing_keys::list)?;
    let mut algorithms = KeySet::ALWAYS.to_vec();
    algorithms.extend(keys.iter().map(|key| key.algorithm));
    algorithms.sort();
    algorithms.dedup();
    Ok(algorithms)
}

/// How long the last token that an old key signs is good, in seconds.
fn longest_life(tx: &mut Tx<'_>) -> Result<i64, crate::store::StoreError> {
    let longest = clients::longest_access_token_seconds(tx)?;
    Ok(longest.max(Client::DEFAULT_ACCESS_TOKEN_SECONDS).max(ID_TOKEN_SECONDS))
}
