//! Rotating signing keys.

use super::{
    super::{Act, Refusal},
    list,
};
use crate::{
    crypto::{Algorithm, MasterKey},
    model::{Client, Concerned, EventKind, Timestamp, view::SigningKeyView},
    store::{
        Tx, access_tokens, client_access_tokens, clients,
        signing_keys::{self, SealedKey},
    },
};

/// New signing keys that replace the old ones.
#[derive(Debug)]
pub struct NewKeys {
    /// The keys. They are generated before the transaction, since that takes too long inside one.
    pub keys: Vec<SealedKey>,
    /// The encryption key that seals them.
    pub master_key: MasterKey,
    /// The requested algorithm; `None` means all.
    pub algorithm: Option<Algorithm>,
    /// Whether to remove the old keys from the JWK Set at once, because they may be compromised.
    pub revoke: bool,
    /// How long the old keys may still sign from now, in seconds.
    pub activation_seconds: i64,
    /// Lifetime of an ID token in seconds.
    pub id_token_seconds: i64,
}

/// The maximum number of published keys of an algorithm. Every application fetches all of them, and
/// every server holds them.
pub const MAX_PUBLISHED: usize = 10;

/// Replaces signing keys, all of them or none. The old keys stay published until the last token
/// that they signed has expired. With `revoke` they are deleted, and every access token ends.
/// Refused without `revoke` when an algorithm has the maximum number of published keys. Returns the
/// published keys.
pub fn rotate(act: &mut Act<'_, '_>, new: &NewKeys) -> Result<Vec<SigningKeyView>, Refusal> {
    let now = act.now();
    if !new.revoke {
        refuse_many(act, new.keys.iter().map(|key| key.algorithm), now)?;
    }
    let longest = clients::longest_access_token_seconds(act)?;
    let longest = longest.max(Client::DEFAULT_ACCESS_TOKEN_SECONDS).max(new.id_token_seconds);
    let published_until = now.plus(new.activation_seconds + longest);
    for key in &new.keys {
        if new.revoke {
            signing_keys::delete_of_algorithm(act, key.algorithm)?;
        } else {
            signing_keys::retire(act, key.algorithm, published_until)?;
        }
        signing_keys::insert(act, key, &new.master_key)?;
    }
    if new.revoke {
        // Signatures of the old keys no longer count, also for this provider. Refresh tokens are
        // not signed, so applications can get new access tokens with them.
        access_tokens::delete_every(act)?;
        client_access_tokens::delete_every(act)?;
    }
    let data = [
        ("algorithm", new.algorithm.map_or("all", Algorithm::as_str).to_owned()),
        ("revoked", new.revoke.to_string()),
    ];
    act.audit(EventKind::SigningKeysRotated, Concerned::INSTALLATION, data)?;
    Ok(list(act, now)?)
}

/// Refuses another key of an algorithm that has the maximum number of published keys.
pub fn refuse_many(
    tx: &mut Tx<'_>,
    algorithms: impl IntoIterator<Item = Algorithm>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let published = list(tx, now)?;
    for algorithm in algorithms {
        let same = published.iter().filter(|old| old.alg == algorithm);
        if same.clone().count() >= MAX_PUBLISHED {
            let next_retires = same.filter_map(|old| old.published_until).min();
            return Err(Refusal::TooManySigningKeys { algorithm, next_retires });
        }
    }
    Ok(())
}
