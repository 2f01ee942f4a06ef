//! Compact JWS (RFC 7515 §7.1).

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

use super::SigningKey;

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    kid: &'a str,
    typ: &'a str,
}

/// Signs claims as a compact JWS. `typ` is `JWT` or `at+jwt` (RFC 9068 §2.1).
pub fn sign<T: Serialize>(key: &SigningKey, typ: &str, claims: &T) -> String {
    let header = Header { alg: key.algorithm().as_str(), kid: key.kid(), typ };
    let mut token = encode(&header);
    token.push('.');
    token.push_str(&encode(claims));
    let signature = key.sign(token.as_bytes());
    token.push('.');
    BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    token
}

/// Reads one claim set without verifying it.
///
/// Only for finding the row whose digest of the whole token then proves it.
pub fn peek_claims<T: DeserializeOwned>(token: &str) -> Option<T> {
    let mut parts = token.split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).ok()?;
    serde_json::from_slice(&claims).ok()
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
    fn what_is_not_a_token_has_no_claims() {
        for text in ["", "a", "a.b", "a.b.c", "..", "e30.e30"] {
            assert!(peek_claims::<Value>(text).is_none(), "{text:?}");
        }
    }
}
