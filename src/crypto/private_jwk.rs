//! Private keys as JWK (RFC 7518 §6, RFC 8037 §2), converted to PKCS#8.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use rsa::{BoxedUint, RsaPrivateKey, pkcs8::EncodePrivateKey as _};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{Algorithm, SigningKey};

/// Longest parameter of a key that is read, in bytes: enough for RSA with 8192 bits.
const MAX_PART: usize = 1_024;

/// The bytes around the parts of a key in PKCS#8.
struct Template {
    /// Before the private part.
    head: &'static [u8],
    /// Between the private and the public part.
    middle: &'static [u8],
}

/// PKCS#8 of a P-256 key (RFC 5208 §5, RFC 5915 §3): the bytes before the private part, and the
/// bytes between it and the public part.
const P256: Template = Template {
    head: b"\x30\x81\x87\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\
      \x3d\x03\x01\x07\x04\x6d\x30\x6b\x02\x01\x01\x04\x20",
    middle: b"\xa1\x44\x03\x42\x00\x04",
};
/// The same for P-384.
const P384: Template = Template {
    head: b"\x30\x81\xb6\x02\x01\x00\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\
      \x22\x04\x81\x9e\x30\x81\x9b\x02\x01\x01\x04\x30",
    middle: b"\xa1\x64\x03\x62\x00\x04",
};
/// The same for Ed25519 (RFC 8410 §7).
const ED25519: Template = Template {
    head: b"\x30\x51\x02\x01\x01\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20",
    middle: b"\x81\x21\x00",
};

/// A signing key from another program.
#[derive(Clone)]
pub struct PrivateJwk {
    /// Its key identifier.
    pub kid: String,
    /// Its signing algorithm.
    pub algorithm: Algorithm,
    /// The key itself, as PKCS#8.
    pub pkcs8: Zeroizing<Vec<u8>>,
}

/// Why a private JWK cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrivateJwkError {
    /// We do not sign with its algorithm.
    #[error("the algorithm {0} is not supported for signing")]
    Algorithm(String),
    /// It is not a private key of its algorithm.
    #[error("it is not a private key of its algorithm")]
    Malformed,
}

#[derive(Deserialize)]
struct Parts {
    kid: String,
    alg: String,
    kty: String,
    crv: Option<String>,
    d: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
    p: Option<String>,
    q: Option<String>,
}

impl PrivateJwk {
    /// Reads a key and checks that it can sign.
    pub fn parse(json: &[u8]) -> Result<Self, PrivateJwkError> {
        let parts: Parts = serde_json::from_slice(json).map_err(|_| PrivateJwkError::Malformed)?;
        let algorithm = Algorithm::parse(&parts.alg)
            .ok_or_else(|| PrivateJwkError::Algorithm(parts.alg.clone()))?;
        let pkcs8 = match (parts.kty.as_str(), algorithm, parts.crv.as_deref()) {
            ("EC", Algorithm::Es256, Some("P-256")) => parts.ec(&P256, 32),
            ("EC", Algorithm::Es384, Some("P-384")) => parts.ec(&P384, 48),
            ("OKP", Algorithm::EdDsa, Some("Ed25519")) => parts.okp(),
            ("RSA", algorithm, _) if algorithm.is_rsa() => parts.rsa(),
            _ => None,
        };
        let pkcs8 = pkcs8.ok_or(PrivateJwkError::Malformed)?;
        let kid = parts.kid;
        let is_kid =
            (1..=128).contains(&kid.len()) && kid.bytes().all(|byte| byte.is_ascii_graphic());
        if is_kid && SigningKey::from_pkcs8(kid.clone(), algorithm, &pkcs8).is_ok() {
            Ok(Self { kid, algorithm, pkcs8 })
        } else {
            Err(PrivateJwkError::Malformed)
        }
    }
}

impl Parts {
    fn ec(&self, template: &Template, length: usize) -> Option<Zeroizing<Vec<u8>>> {
        let part = |text| of_length(text, length);
        let (d, x, y) = (part(&self.d)?, part(&self.x)?, part(&self.y)?);
        Some(Zeroizing::new([template.head, &d, template.middle, &x, &y].concat()))
    }

    fn okp(&self) -> Option<Zeroizing<Vec<u8>>> {
        let (d, x) = (of_length(&self.d, 32)?, of_length(&self.x, 32)?);
        Some(Zeroizing::new([ED25519.head, &d, ED25519.middle, &x].concat()))
    }

    fn rsa(&self) -> Option<Zeroizing<Vec<u8>>> {
        let number = |text| decode(text).map(|bytes| BoxedUint::from_be_slice_vartime(&bytes));
        let primes = vec![number(&self.p)?, number(&self.q)?];
        let (n, e, d) = (number(&self.n)?, number(&self.e)?, number(&self.d)?);
        let key = RsaPrivateKey::from_components(n, e, d, primes).ok()?;
        Some(Zeroizing::new(key.to_pkcs8_der().ok()?.as_bytes().to_vec()))
    }
}

fn of_length(text: &Option<String>, length: usize) -> Option<Zeroizing<Vec<u8>>> {
    decode(text).filter(|bytes| bytes.len() == length)
}

fn decode(text: &Option<String>) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text.as_deref()?).ok()?;
    (1..=MAX_PART).contains(&bytes.len()).then(|| Zeroizing::new(bytes))
}

impl std::fmt::Debug for PrivateJwk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PrivateJwk")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::crypto::public_jwk::PublicKey;

    /// The key of RFC 7515 appendix A.3, which also gives its public part.
    #[test]
    fn a_key_on_p256_is_read_with_its_public_part() {
        let jwk = json!({
            "kty": "EC", "crv": "P-256", "alg": "ES256", "kid": "a",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
            "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
        });
        let read = PrivateJwk::parse(jwk.to_string().as_bytes()).unwrap();
        let key = SigningKey::from_pkcs8("a".into(), read.algorithm, &read.pkcs8).unwrap();
        let PublicKey::Ec { x, .. } = key.public_jwk().key else { panic!("a key on a curve") };
        assert_eq!(x, jwk["x"].as_str().unwrap());
    }

    /// RFC 8037 appendix A.1.
    #[test]
    fn a_key_of_ed25519_is_read() {
        let jwk = json!({
            "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "kid": "a",
            "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        });
        let read = PrivateJwk::parse(jwk.to_string().as_bytes()).unwrap();
        assert_eq!(read.algorithm, Algorithm::EdDsa);
    }

    #[test]
    fn what_is_no_key_of_its_algorithm_is_refused() {
        let whole = json!({
            "kty": "EC", "crv": "P-256", "alg": "ES256", "kid": "a",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
            "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
        });
        let with = |name: &str, value: &str| {
            let mut jwk = whole.clone();
            jwk[name] = value.into();
            PrivateJwk::parse(jwk.to_string().as_bytes()).unwrap_err()
        };
        assert_eq!(with("alg", "ES512"), PrivateJwkError::Algorithm("ES512".into()));
        for (name, value) in [
            ("alg", "RS256"),
            ("crv", "P-384"),
            ("kty", "RSA"),
            ("d", "AAAA"),
            ("x", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"),
            ("kid", ""),
            ("kid", "a b"),
        ] {
            assert_eq!(with(name, value), PrivateJwkError::Malformed, "{name} {value}");
        }
        assert_eq!(PrivateJwk::parse(b"{}").unwrap_err(), PrivateJwkError::Malformed);
    }
}
