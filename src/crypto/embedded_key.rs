//! Tokens that carry the public key of their signature (RFC 7515 §4.1.3). They prove that the
//! sender has the private key, and nothing else.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    Algorithm, PublicJwk, Thumbprint, VerifyingKey,
    jws::{self, JwsFault},
};

/// The members of private and symmetric keys (RFC 7518 §6.2.2, §6.3.2, §6.4, RFC 8037 §2).
const PRIVATE: &[&str] = &["d", "dp", "dq", "k", "oth", "p", "q", "qi"];

/// The key that a token was signed with.
#[derive(Debug, Clone)]
pub struct EmbeddedKey {
    /// The algorithm of the signature.
    pub algorithm: Algorithm,
    /// The name of the key.
    pub thumbprint: Thumbprint,
    /// The key itself.
    pub jwk: PublicJwk,
}

/// Why the token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmbeddedKeyFault {
    /// The header has no public key, or one that does not fit its algorithm.
    #[error("its jwk is not a public key for its alg, or is too long")]
    Key,
    /// The header has a private or symmetric key.
    #[error("its jwk contains a private key")]
    PrivateKey,
    /// The signature does not count.
    #[error(transparent)]
    Signature(#[from] JwsFault),
    /// The token is of another type.
    #[error("its typ is another one")]
    Type,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: Option<String>,
    jwk: Option<Value>,
}

#[derive(Deserialize)]
struct KeyClaim {
    key: Option<Value>,
}

/// Verifies a token of one type with the key in its header, and reads its claims.
pub fn verify<T: DeserializeOwned>(
    token: &str,
    typ: &str,
) -> Result<(EmbeddedKey, T), EmbeddedKeyFault> {
    let header: Header = jws::peek_header(token).ok_or(JwsFault::Malformed)?;
    if header.typ.as_deref() != Some(typ) {
        return Err(EmbeddedKeyFault::Type);
    }
    let algorithm = Algorithm::parse(&header.alg).ok_or(JwsFault::Unsupported)?;
    let jwk = read_key(header.jwk)?;
    let key = VerifyingKey::from_jwk(&jwk, algorithm).ok_or(EmbeddedKeyFault::Key)?;
    let (_, claims) = jws::verify(token, |_, _| vec![key])?;
    Ok((EmbeddedKey { algorithm, thumbprint: jwk.thumbprint(), jwk }, claims))
}

/// Verifies a token of one type with a known key, and reads its claims. A key in its header does not count.
pub fn verify_with<T: DeserializeOwned>(
    token: &str,
    typ: &str,
    key: &VerifyingKey,
) -> Result<T, EmbeddedKeyFault> {
    let (header, claims) = jws::verify(token, |algorithm, _| {
        if algorithm == key.algorithm() { vec![key.clone()] } else { Vec::new() }
    })?;
    if header.typ.as_deref() == Some(typ) { Ok(claims) } else { Err(EmbeddedKeyFault::Type) }
}

/// Verifies a token of one type with the key in its header, or else in its claim `key`, and reads its claims.
pub fn verify_own<T: DeserializeOwned>(
    token: &str,
    typ: &str,
) -> Result<(EmbeddedKey, T), EmbeddedKeyFault> {
    let header: Header = jws::peek_header(token).ok_or(JwsFault::Malformed)?;
    if header.jwk.is_some() {
        return verify(token, typ);
    }
    let algorithm = Algorithm::parse(&header.alg).ok_or(JwsFault::Unsupported)?;
    let claims: KeyClaim = jws::peek_claims(token).ok_or(JwsFault::Malformed)?;
    let jwk = read_key(claims.key)?;
    let key = VerifyingKey::from_jwk(&jwk, algorithm).ok_or(EmbeddedKeyFault::Key)?;
    let claims = verify_with(token, typ, &key)?;
    Ok((EmbeddedKey { algorithm, thumbprint: jwk.thumbprint(), jwk }, claims))
}

fn read_key(json: Option<Value>) -> Result<PublicJwk, EmbeddedKeyFault> {
    let json = json.ok_or(EmbeddedKeyFault::Key)?;
    if PRIVATE.iter().any(|member| json.get(member).is_some()) {
        return Err(EmbeddedKeyFault::PrivateKey);
    }
    let jwk: PublicJwk = Deserialize::deserialize(json).map_err(|_| EmbeddedKeyFault::Key)?;
    if jwk.is_quick() { Ok(jwk) } else { Err(EmbeddedKeyFault::Key) }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
    use serde_json::json;

    use super::*;
    use crate::crypto::SigningKey;

    fn signed(key: &SigningKey, header: &Value) -> String {
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(&json!({"jti": "1"})));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    fn key(algorithm: Algorithm) -> (SigningKey, Value) {
        let pkcs8 = SigningKey::generate(algorithm).unwrap();
        let key = SigningKey::from_pkcs8("k".into(), algorithm, &pkcs8).unwrap();
        let jwk = serde_json::to_value(key.public_jwk()).unwrap();
        (key, jwk)
    }

    #[test]
    fn a_token_is_verified_by_the_key_in_its_header() {
        for algorithm in Algorithm::ALL {
            let (key, jwk) = key(algorithm);
            let header = json!({"alg": algorithm.as_str(), "typ": "proof", "jwk": jwk});
            let (embedded, claims) = verify::<Value>(&signed(&key, &header), "proof").unwrap();
            assert_eq!(embedded.algorithm, algorithm);
            assert_eq!(embedded.thumbprint, key.public_jwk().thumbprint());
            assert_eq!(claims["jti"], "1");
        }
    }

    #[test]
    fn a_key_that_is_not_public_not_there_or_of_another_algorithm_is_refused() {
        let ((ours, jwk), (_, other)) = (key(Algorithm::Es256), key(Algorithm::Es256));
        let with = |name: &str, value: Value| {
            let mut jwk = jwk.clone();
            jwk[name] = value;
            jwk
        };
        let long = json!({"kty": "RSA", "e": "AQAB", "n": "A".repeat(684)});
        let exponent = json!({"kty": "RSA", "e": "A".repeat(7), "n": "A".repeat(342)});
        use EmbeddedKeyFault::{Key, PrivateKey, Signature, Type};
        for (header, fault) in [
            (json!({"alg": "ES256", "typ": "proof"}), Key),
            (json!({"alg": "ES256", "typ": "proof", "jwk": "k"}), Key),
            (json!({"alg": "ES384", "typ": "proof", "jwk": jwk}), Key),
            (json!({"alg": "RS256", "typ": "proof", "jwk": long}), Key),
            (json!({"alg": "RS256", "typ": "proof", "jwk": exponent}), Key),
            (json!({"alg": "ES256", "typ": "proof", "jwk": with("d", json!("AA"))}), PrivateKey),
            (json!({"alg": "ES256", "typ": "proof", "jwk": with("k", Value::Null)}), PrivateKey),
            (
                json!({"alg": "ES256", "typ": "proof", "jwk": other}),
                Signature(JwsFault::BadSignature),
            ),
            (json!({"alg": "none", "typ": "proof", "jwk": jwk}), Signature(JwsFault::Unsupported)),
            (json!({"alg": "HS256", "typ": "proof", "jwk": jwk}), Signature(JwsFault::Unsupported)),
            (json!({"alg": "ES256", "typ": "JWT", "jwk": jwk}), Type),
            (json!({"alg": "ES256", "jwk": jwk}), Type),
        ] {
            let refused = verify::<Value>(&signed(&ours, &header), "proof").unwrap_err();
            assert_eq!(refused, fault, "{header}");
        }
        assert!(verify::<Value>("a.b.c", "proof").is_err());
    }
}
