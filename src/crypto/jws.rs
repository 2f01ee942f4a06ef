//! Compact JWS (RFC 7515 §7.1).

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Algorithm, SigningKey, VerifyingKey};

#[derive(Serialize)]
struct OwnHeader<'a> {
    alg: &'static str,
    kid: &'a str,
    typ: &'a str,
}

/// Signs claims as a compact JWS. `typ` is `JWT` or `at+jwt` (RFC 9068 §2.1).
pub fn sign<T: Serialize>(key: &SigningKey, typ: &str, claims: &T) -> String {
    let header = OwnHeader { alg: key.algorithm().as_str(), kid: key.kid(), typ };
    let mut token = encode(&header);
    token.push('.');
    token.push_str(&encode(claims));
    let signature = key.sign(token.as_bytes());
    token.push('.');
    BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    token
}

/// Reads the claims without verifying the token.
///
/// Only for finding the row whose stored digest then proves the whole token.
pub fn peek_claims<T: DeserializeOwned>(token: &str) -> Option<T> {
    let mut parts = token.split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    decode(claims)
}

/// Reads the id of the key without verifying the token.
pub fn peek_kid(token: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Kid {
        kid: Option<String>,
    }
    peek_header::<Kid>(token)?.kid
}

/// Reads the type without verifying the token.
pub fn peek_type(token: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Typ {
        typ: Option<String>,
    }
    peek_header::<Typ>(token)?.typ
}

/// Reads the header without verifying the token.
pub(super) fn peek_header<T: DeserializeOwned>(token: &str) -> Option<T> {
    decode(token.split_once('.')?.0)
}

/// The header of a token. Not verified yet.
#[derive(Debug, Clone, Deserialize)]
pub struct Header {
    /// The name of the algorithm.
    pub alg: String,
    /// The key identifier.
    pub kid: Option<String>,
    /// The type of token.
    pub typ: Option<String>,
    crit: Option<serde_json::Value>,
}

/// Why a token is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwsFault {
    /// It is not a compact JWS.
    #[error("it is not a signed JWT")]
    Malformed,
    /// Its algorithm is unknown or `none` (RFC 8725 §3.1), or it has an unknown critical extension.
    #[error("it is signed in a way that is not accepted")]
    Unsupported,
    /// No key has its algorithm and key identifier.
    #[error("it is signed with an unknown key")]
    UnknownKey,
    /// No key verifies its signature.
    #[error("its signature is wrong")]
    BadSignature,
}

/// Verifies a token with the keys that `find` returns for its algorithm and key identifier, and
/// reads its claims. The caller checks the time and audience claims.
pub fn verify<T: DeserializeOwned>(
    token: &str,
    find: impl FnOnce(Algorithm, Option<&str>) -> Vec<VerifyingKey>,
) -> Result<(Header, T), JwsFault> {
    let (signed, signature) = token.rsplit_once('.').ok_or(JwsFault::Malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(JwsFault::Malformed)?;
    let header: Header = decode(header).ok_or(JwsFault::Malformed)?;
    let algorithm = Algorithm::parse(&header.alg).ok_or(JwsFault::Unsupported)?;
    // RFC 7515 §4.1.11: extensions marked critical must be understood.
    if header.crit.is_some() {
        return Err(JwsFault::Unsupported);
    }
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| JwsFault::Malformed)?;
    let keys = find(algorithm, header.kid.as_deref());
    if keys.is_empty() {
        return Err(JwsFault::UnknownKey);
    }
    if !keys.iter().any(|key| key.verify(signed.as_bytes(), &signature)) {
        return Err(JwsFault::BadSignature);
    }
    Ok((header, decode(claims).ok_or(JwsFault::Malformed)?))
}

/// Reads the claims of an unsigned JWS (RFC 7515 appendix A.5). Trust them no more than the request
/// that carried them.
pub fn read_unsecured<T: DeserializeOwned>(token: &str) -> Result<T, JwsFault> {
    let parts: Vec<&str> = token.splitn(6, '.').collect();
    let [header, claims, signature] = parts[..] else {
        // RFC 7516 §9: five parts mean an encrypted token (JWE).
        return Err(if parts.len() == 5 { JwsFault::Unsupported } else { JwsFault::Malformed });
    };
    let header: Header = decode(header).ok_or(JwsFault::Malformed)?;
    if header.alg != "none" || header.crit.is_some() {
        return Err(JwsFault::Unsupported);
    }
    // RFC 7518 §3.6: the signature must be empty.
    let claims = signature.is_empty().then_some(claims).ok_or(JwsFault::Malformed)?;
    decode(claims).ok_or(JwsFault::Malformed)
}

fn decode<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

fn encode<T: Serialize>(value: &T) -> String {
    let json = serde_json::to_vec(value).expect("headers and claims are maps with text keys");
    BASE64_URL_SAFE_NO_PAD.encode(json)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::crypto::Algorithm;

    #[test]
    fn a_token_has_three_parts_and_names_its_key() {
        let pkcs8 = SigningKey::generate(Algorithm::Es256).unwrap();
        let key = SigningKey::from_pkcs8("k1".into(), Algorithm::Es256, &pkcs8).unwrap();
        let token = sign(&key, "at+jwt", &json!({"sub": "alice"}));

        let header = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
        let header: Value = serde_json::from_slice(&header).unwrap();
        assert_eq!(header, json!({"alg": "ES256", "kid": "k1", "typ": "at+jwt"}));
        assert_eq!(token.split('.').count(), 3);
        assert_eq!(peek_claims::<Value>(&token).unwrap(), json!({"sub": "alice"}));
    }

    #[test]
    fn a_token_is_verified_by_its_own_key_alone() {
        let key = |kid: &str| {
            let pkcs8 = SigningKey::generate(Algorithm::Es256).unwrap();
            SigningKey::from_pkcs8(kid.into(), Algorithm::Es256, &pkcs8).unwrap()
        };
        let (ours, other) = (key("k1"), key("k1"));
        let token = sign(&ours, "JWT", &json!({"sub": "alice"}));
        let verify = |token: &str, key: &SigningKey| {
            let key = key.verifying_key();
            super::verify::<Value>(token, |alg, kid| {
                let fits = alg == key.algorithm() && kid == Some("k1");
                if fits { vec![key] } else { Vec::new() }
            })
            .map(|(_, claims)| claims)
        };
        assert_eq!(verify(&token, &ours).unwrap(), json!({"sub": "alice"}));
        assert_eq!(verify(&token, &other).unwrap_err(), JwsFault::BadSignature);

        let (signed, signature) = token.rsplit_once('.').unwrap();
        let claims = signed.split_once('.').unwrap().1;
        let with_header = |header: Value| format!("{}.{claims}.{signature}", encode(&header));
        for (header, fault) in [
            (json!({"alg": "none", "kid": "k1"}), JwsFault::Unsupported),
            (json!({"alg": "HS256", "kid": "k1"}), JwsFault::Unsupported),
            (json!({"alg": "ES256", "kid": "k1", "crit": ["b64"]}), JwsFault::Unsupported),
            (json!({"alg": "ES256", "kid": "k2"}), JwsFault::UnknownKey),
            (json!({"alg": "RS256", "kid": "k1"}), JwsFault::UnknownKey),
            (json!({"kid": "k1"}), JwsFault::Malformed),
        ] {
            assert_eq!(verify(&with_header(header.clone()), &ours).unwrap_err(), fault, "{header}");
        }
        assert_eq!(verify(&format!("{signed}."), &ours).unwrap_err(), JwsFault::BadSignature);
        assert_eq!(verify(signed, &ours).unwrap_err(), JwsFault::Malformed);
    }

    #[test]
    fn what_is_not_a_token_has_no_claims() {
        for text in ["", "a", "a.b", "a.b.c", "..", "e30.e30"] {
            assert!(peek_claims::<Value>(text).is_none(), "{text:?}");
        }
    }
}
