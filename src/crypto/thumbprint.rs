//! Thumbprints of public keys (RFC 7638).

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{
    Digest,
    public_jwk::{PublicJwk, PublicKey},
};

/// 32 bytes in base64url.
const LENGTH: usize = 43;

/// The SHA-256 thumbprint of a public key or a certificate, in base64url: the `jkt` of RFC 9449 §6.1
/// and the `x5t#S256` of RFC 8705 §3.1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(try_from = "String", into = "String")]
pub struct Thumbprint(String);

/// The text is not the thumbprint of a key.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("it must be 43 characters of base64url")]
pub struct NotAThumbprint;

impl Thumbprint {
    /// The thumbprint of what has this digest.
    pub(super) fn of_digest(digest: &Digest) -> Self {
        Self(digest.base64url())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PublicJwk {
    /// The thumbprint: the digest of the required members in the order of their names (RFC 7638
    /// §3.2, RFC 8037 §2).
    pub fn thumbprint(&self) -> Thumbprint {
        // `Value` would order them as well, but only without its feature `preserve_order`.
        let members = match &self.key {
            PublicKey::Ec { crv, x, y } => {
                vec![("crv", crv.as_str()), ("kty", "EC"), ("x", x), ("y", y)]
            }
            PublicKey::Okp { crv, x } => vec![("crv", crv.as_str()), ("kty", "OKP"), ("x", x)],
            PublicKey::Rsa { n, e } => vec![("e", e.as_str()), ("kty", "RSA"), ("n", n)],
        };
        let text = |text: &str| serde_json::Value::from(text).to_string();
        let members: Vec<_> =
            members.iter().map(|(name, value)| format!("{}:{}", text(name), text(value))).collect();
        Thumbprint(Digest::of(format!("{{{}}}", members.join(","))).base64url())
    }
}

impl FromStr for Thumbprint {
    type Err = NotAThumbprint;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_char = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let is_right = text.len() == LENGTH && text.bytes().all(is_char);
        is_right.then(|| Self(text.to_owned())).ok_or(NotAThumbprint)
    }
}

impl TryFrom<String> for Thumbprint {
    type Error = NotAThumbprint;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Thumbprint> for String {
    fn from(thumbprint: Thumbprint) -> Self {
        thumbprint.0
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The key and the thumbprint of RFC 7638 §3.1, and those of RFC 8037 appendix A.3.
    #[test]
    fn a_thumbprint_is_that_of_the_standard() {
        let rsa = json!({
            "kty": "RSA", "e": "AQAB", "alg": "RS256", "kid": "2011-04-29",
            "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
        });
        let okp = json!({
            "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        });
        for (jwk, expected) in [
            (rsa, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"),
            (okp, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"),
        ] {
            let jwk: PublicJwk = serde_json::from_value(jwk).unwrap();
            assert_eq!(jwk.thumbprint().as_str(), expected);
        }
    }

    #[test]
    fn a_thumbprint_is_43_characters_of_base64url() {
        let good = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
        assert!(good.parse::<Thumbprint>().is_ok());
        for bad in ["", "a", &good[1..], &format!("{good}a"), &good.replace('-', "+")] {
            assert!(bad.parse::<Thumbprint>().is_err(), "{bad}");
        }
    }
}
