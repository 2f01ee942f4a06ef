//! Client authentication without a shared secret: the client's own keys, or tokens of another
//! issuer.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    ClientId, TlsClientAuth,
    text::{bounded, is_web_address},
};
use crate::crypto::{Algorithm, Certificate, JwkSet, PublicJwk, VerifyingKey};

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
        jwks_url(&self.issuer, self.jwks.as_ref())
    }
}

/// The URL of an issuer's keys, unless it has another one.
pub(super) fn jwks_url(issuer: &str, other: Option<&String>) -> String {
    let base = issuer.trim_end_matches('/');
    other.cloned().unwrap_or_else(|| format!("{base}/.well-known/jwks.json"))
}

/// Public keys and issuers that authenticate a client by signed assertions or TLS certificates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientKeys {
    /// Its own public keys (`private_key_jwt`, OIDC Core §9). Their certificates count only where
    /// `tls_client_auth` says so.
    pub jwks: Option<JwkSet>,
    /// Issuers whose tokens authenticate it.
    pub federated_identities: Vec<FederatedIdentity>,
    /// The TLS certificates that authenticate it, if it uses some (RFC 8705 §2).
    pub tls_client_auth: Option<TlsClientAuth>,
}

impl ClientKeys {
    /// Whether it has neither keys, issuers nor certificates.
    pub fn is_empty(&self) -> bool {
        self.jwks.is_none()
            && self.federated_identities.is_empty()
            && self.tls_client_auth.is_none()
    }

    /// Whether TLS certificates authenticate it. An `x5c` in its JWK Set alone is no reason: many libraries
    /// write one.
    pub fn uses_certificates(&self) -> bool {
        self.tls_client_auth.is_some()
    }

    /// Whether certificates of its JWK Set shall authenticate it, and there is none.
    pub fn lacks_certificates(&self) -> bool {
        self.tls_client_auth == Some(TlsClientAuth::SelfSigned)
            && self.certificates().next().is_none()
    }

    /// The certificates in its JWK Set, as they are stored.
    fn certificates(&self) -> impl Iterator<Item = &String> {
        let keys = self.jwks.iter().flat_map(|set| &set.keys);
        keys.filter_map(|key| key.x5c.as_ref()?.first())
    }

    /// Whether the certificate proves that its sender is the client: it is one of those in its JWK
    /// Set, or comes from one of its authorities (RFC 8705 §2). `now` is in Unix time.
    pub fn accept_certificate(&self, certificate: &Certificate, now: i64) -> bool {
        let is_own =
            |text: &String| Certificate::from_base64(text).is_ok_and(|own| own == *certificate);
        match &self.tls_client_auth {
            None => false,
            Some(TlsClientAuth::SelfSigned) => {
                certificate.is_valid_at(now) && self.certificates().any(is_own)
            }
            Some(auth) => auth.accepts(certificate, now),
        }
    }
}

/// The most keys of a client.
const MAX_KEYS: usize = 20;

/// Reads a JWK Set that replaces the present one. One with an empty list of keys removes it; anything else that is no
/// good JWK Set is refused.
pub fn parse_new_jwks(json: &Value) -> Result<Option<JwkSet>, &'static str> {
    if json.get("keys").and_then(Value::as_array).is_some_and(Vec::is_empty) {
        return Ok(None);
    }
    parse_jwks(json).map(Some)
}

/// Reads a client's JWK Set. Rejects private keys and keys that no supported algorithm uses.
pub fn parse_jwks(json: &Value) -> Result<JwkSet, &'static str> {
    // Looked for first: a key that is no public one would be no JWK of ours.
    let has = |is_it: fn(&Value) -> bool| {
        json["keys"].as_array().is_some_and(|keys| keys.iter().any(is_it))
    };
    if has(|key| key.get("d").is_some()) {
        return Err("contains a private key, which only the application may have");
    }
    if has(|key| key.get("k").is_some() || key["kty"] == "oct") {
        return Err("contains a symmetric key, which is a secret and cannot be one of public keys");
    }
    let mut set: JwkSet = Deserialize::deserialize(json).map_err(|_| "is not a JWK Set")?;
    if set.keys.len() > MAX_KEYS {
        return Err("has more than 20 keys");
    }
    if set.keys.iter().any(|key| !key.is_quick()) {
        return Err("has an RSA key of more than 4096 bits, or with an unusual exponent");
    }
    // Sets from elsewhere are read without regard to it (`PublicJwk::x5c`).
    let given = json["keys"].as_array().into_iter().flatten();
    if given.zip(&set.keys).any(|(given, read)| given.get("x5c").is_some() && read.x5c.is_none()) {
        return Err("has a certificate that cannot be read (x5c)");
    }
    for key in &mut set.keys {
        keep_own_certificate(key)?;
    }
    let is_usable =
        |key| Algorithm::ALL.iter().any(|alg| VerifyingKey::from_jwk(key, *alg).is_some());
    if set.keys.iter().all(is_usable) && !set.keys.is_empty() {
        Ok(set)
    } else {
        Err("has no key, or a key that no supported algorithm uses")
    }
}

/// Keeps the certificate of a key without its chain. It has to be for the same key (RFC 7517 §4.7).
fn keep_own_certificate(key: &mut PublicJwk) -> Result<(), &'static str> {
    let Some(chain) = &mut key.x5c else { return Ok(()) };
    chain.truncate(1);
    let certificate = chain.first().and_then(|text| Certificate::from_base64(text).ok());
    match certificate {
        Some(certificate) if certificate.has_key(key) => Ok(()),
        Some(_) => Err("has a certificate for another key (x5c)"),
        None => Err("has a certificate that cannot be read (x5c)"),
    }
}
