//! Public keys as JWK (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2).

use serde::{Deserialize, Deserializer, Serialize};

use super::Algorithm;

/// A public key, as published by us or by a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PublicJwk {
    /// The key identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// The one algorithm that it may be used with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// `sig` when it is for signatures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#use: Option<String>,
    /// The key itself.
    #[serde(flatten)]
    pub key: PublicKey,
    /// A certificate for the key, in base64 (RFC 7517 §4.7). One of another form does not make the key
    /// unreadable.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub x5c: Option<Vec<String>>,
}

/// The parts of a public key, in base64url.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kty")]
pub enum PublicKey {
    /// A point on a NIST curve.
    #[serde(rename = "EC")]
    Ec {
        /// The curve: `P-256` or `P-384`.
        crv: String,
        /// The first coordinate.
        x: String,
        /// The second coordinate.
        y: String,
    },
    /// A point on Curve25519.
    #[serde(rename = "OKP")]
    Okp {
        /// The curve: `Ed25519`.
        crv: String,
        /// The point.
        x: String,
    },
    /// An RSA key.
    #[serde(rename = "RSA")]
    Rsa {
        /// The modulus.
        n: String,
        /// The exponent.
        e: String,
    },
}

/// Reads a list of texts; anything else counts as absent.
fn lenient<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<String>>, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(Deserialize::deserialize(value).ok())
}

/// The longest modulus of an RSA key, in characters of base64url: 4,096 bits.
const MAX_MODULUS: usize = 683;
/// The longest public exponent, in characters of base64url: 32 bits.
const MAX_EXPONENT: usize = 6;

impl PublicJwk {
    /// Whether its signatures are verified quickly. Larger RSA keys take too much time for keys that anyone
    /// can make up.
    pub fn is_quick(&self) -> bool {
        match &self.key {
            PublicKey::Rsa { n, e } => n.len() <= MAX_MODULUS && e.len() <= MAX_EXPONENT,
            _ => true,
        }
    }

    /// Builds the JWK of one of our keys, for signatures with one algorithm.
    pub(super) fn for_signatures(kid: &str, algorithm: Algorithm, key: PublicKey) -> Self {
        Self {
            kid: Some(kid.to_owned()),
            alg: Some(algorithm.as_str().to_owned()),
            r#use: Some("sig".to_owned()),
            key,
            x5c: None,
        }
    }
}

/// A JWK Set (RFC 7517 §5).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct JwkSet {
    /// Its keys.
    pub keys: Vec<PublicJwk>,
}
