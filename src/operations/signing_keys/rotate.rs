//! New keys in place of old ones.

use super::{Act, list};
use crate::{
    crypto::{Algorithm, MasterKey},
    model::{Client, Concerned, EventKind, view::SigningKeyView},
    store::{
        StoreError, access_tokens, client_access_tokens, clients,
        signing_keys::{self, SealedKey},
    },
};

/// Keys that take the place of others.
#[derive(Debug)]
pub struct NewKeys {
    /// The keys: making them takes longer than a transaction may.
    pub keys: Vec<SealedKey>,
    /// What they are sealed under.
    pub master_key: MasterKey,
    /// The algorithm that was asked for; `None` was all of them.
    pub algorithm: Option<Algorithm>,
    /// Whether the old keys are taken out of the JWK Set at once, since somebody else may have them.
    pub revoke: bool,
    /// How long after now an old key may still sign, in seconds.
    pub activation_seconds: i64,
    /// How long an ID token is good, in seconds.
    pub id_token_seconds: i64,
}

/// Replaces keys, all of them or none. Old ones stay published until the last token that they signed has expired,
/// unless they are revoked: then every access token ends. Returns the keys that are published now.
pub fn rotate(act: &mut Act<'_, '_>, new: &NewKeys) -> Result<Vec<SigningKeyView>, StoreError> {
    let longest = clients::longest_access_token_seconds(act)?;
    let longest = longest.max(Client::DEFAULT_ACCESS_TOKEN_SECONDS).max(new.id_token_seconds);
    let now = act.now();
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
        // Nobody may go on believing what the old keys signed, and neither do we. Refresh tokens are not
        // signed: applications get new access tokens with them.
        access_tokens::delete_every(act)?;
        client_access_tokens::delete_every(act)?;
    }
    let data = [
        ("algorithm", new.algorithm.map_or("all", Algorithm::as_str).to_owned()),
        ("revoked", new.revoke.to_string()),
    ];
    act.audit(EventKind::SigningKeysRotated, Concerned::INSTALLATION, data)?;
    list(act, now)
}
