//! Client authentication without a shared secret: the client's own keys, or tokens of another
//! issuer.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    ClientId,
    text::{bounded, is_web_address},
};
use crate::crypto::{Algorithm, JwkSet, VerifyingKey};

/// Longest subject or audience, in characters.
const MAX_TEXT: usize = 2_048;

/// An issuer whose tokens authenticate a client (RFC 7523 §3; `federatedIdentities` of Pocket ID
/// 2.14).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FederatedIdentity {
    /// The `iss` of the tokens.
    pub issuer: String,
    /// Their `sub`; the client's id if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Their `aud`; our issuer identifier if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// The URL of the issuer's keys; `/.well-known/jwks.json` of the issuer if not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<String>,
    /// Whether each token is accepted only once.
    #[serde(default)]
    pub replay_protection: bool,
}

impl FederatedIdentity {
    /// Whether its URLs are http(s) and its names plain text, as the command line requires.
    pub fn is_plausible(&self) -> bool {
        let names = [self.subject.as_deref(), self.audience.as_deref()];
        is_web_address(&self.issuer)
            && self.jwks.as_deref().is_none_or(is_web_address)
            && names.into_iter().flatten().all(|name| bounded(name, 0, MAX_TEXT).is_ok())
    }

    /// The `sub` that its tokens must have.
    pub fn subject<'a>(&'a self, client_id: &'a ClientId) -> &'a str {
        self.subject.as_deref().unwrap_or(client_id.as_str())
    }

    /// The URL of the issuer's keys.
    pub fn jwks_url(&self) -> String {
        let base = self.issuer.trim_end_matches('/');
        self.jwks.clone().unwrap_or_else(|| format!("{base}/.well-known/jwks.json"))
    }
}

/// Public keys and issuers that authenticate a client by signed assertions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientKeys {
    /// Its own public keys (`private_key_jwt`, OIDC Core §9).
    pub jwks: Option<JwkSet>,
    /// Issuers whose tokens authenticate it.
    pub federated_identities: Vec<FederatedIdentity>,
}

impl ClientKeys {
    /// Whether it has neither keys nor issuers.
    pub fn is_empty(&self) -> bool {
        self.jwks.is_none() && self.federated_identities.is_empty()
    }
}

/// The most keys of a client.
const MAX_KEYS: usize = 20;

/// Reads a client's JWK Set. Rejects private keys and keys that no supported algorithm uses.
pub fn parse_jwks(json: &Value) -> Result<JwkSet, &'static str> {
    let set: JwkSet = Deserialize::deserialize(json).map_err(|_| "is not a JWK Set")?;
    let is_private = |key: &Value| key.get("d").is_some() || key.get("k").is_some();
    if json["keys"].as_array().is_some_and(|keys| keys.iter().any(is_private)) {
        return Err("contains a private key, which only the application may have");
    }
    if set.keys.len() > MAX_KEYS {
        return Err("has more than 20 keys");
    }
    if set.keys.iter().any(|key| !key.is_quick()) {
        return Err("has an RSA key of more than 4096 bits, or with an unusual exponent");
    }
    let is_usable =
        |key| Algorithm::ALL.iter().any(|alg| VerifyingKey::from_jwk(key, *alg).is_some());
    if set.keys.iter().all(is_usable) && !set.keys.is_empty() {
        Ok(set)
    } else {
        Err("has no key, or a key that no supported algorithm uses")
    }
}
