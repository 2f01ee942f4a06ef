//! Proofs that the sender of a request has a private key (RFC 9449).

use serde::Deserialize;
use url::Url;

use super::{OAuthError, OAuthErrorCode};
use crate::{
    crypto::{Digest, Thumbprint},
    model::Timestamp,
};

/// The `typ` of a proof (RFC 9449 §4.2).
pub const PROOF_TYPE: &str = "dpop+jwt";
/// The longest proof, in bytes. One with an RSA key of 4,096 bits has some 2 KiB.
pub const MAX_PROOF: usize = 4 * 1_024;
/// The longest `jti`, in bytes. Libraries send 16 random bytes.
const MAX_JTI: usize = 256;

/// How old a proof without a nonce may be, in seconds.
pub const PROOF_SECONDS: i64 = 60;
/// How far its `iat` may be in the future, in seconds. FAPI 2.0 §5.3.2.1 demands 10, and allows 60.
pub const SKEW: i64 = 30;

/// How long a server nonce is given out, in seconds. It is accepted for as long again.
pub const NONCE_SECONDS: i64 = 120;

/// The claims of a proof (RFC 9449 §4.2).
#[derive(Debug, Clone, Deserialize)]
pub struct ProofClaims {
    jti: String,
    htm: String,
    htu: String,
    iat: f64,
    exp: Option<f64>,
    nbf: Option<f64>,
    ath: Option<String>,
    /// The server nonce.
    pub nonce: Option<String>,
}

/// The request that a proof has to be for.
#[derive(Debug, Clone, Copy)]
pub struct ProvenRequest<'a> {
    /// Its method.
    pub method: &'a str,
    /// Its addresses, without a query: public and internal.
    pub urls: &'a [String],
    /// The access token that it presents.
    pub access_token: Option<&'a str>,
}

impl ProofClaims {
    /// Checks all but the time, which a server nonce may answer for (RFC 9449 §4.3).
    pub fn check(&self, request: ProvenRequest<'_>, now: Timestamp) -> Result<(), OAuthError> {
        if self.jti.is_empty() || self.jti.len() > MAX_JTI {
            return Err(invalid_proof(format!("its jti must have 1 to {MAX_JTI} bytes")));
        }
        if self.htm != request.method {
            return Err(invalid_proof("its htm is not the method of the request"));
        }
        let url = without_query(&self.htu);
        if url.is_none() || !request.urls.iter().any(|own| without_query(own) == url) {
            return Err(invalid_proof("its htu is not the address of the request"));
        }
        let ath = request.access_token.map(|token| Digest::of(token).base64url());
        if ath.is_some() && self.ath != ath {
            return Err(invalid_proof("its ath is not the hash of the access token"));
        }
        let (now, skew) = (now.as_unix() as f64, SKEW as f64);
        // RFC 7519 §4.1.4, §4.1.5: proofs need neither claim, but those that are there count.
        if self.exp.is_some_and(|exp| exp + skew <= now) {
            return Err(invalid_proof("it has expired"));
        }
        if self.nbf.is_some_and(|nbf| nbf - skew > now) {
            return Err(invalid_proof("its nbf is in the future"));
        }
        Ok(())
    }

    /// Until when the proof is fresh by its `iat`. `None` when it is not.
    pub fn fresh_until(&self, now: Timestamp) -> Option<Timestamp> {
        let age = now.as_unix() as f64 - self.iat;
        // Also refuses NaN.
        let is_fresh = (-(SKEW as f64)..=PROOF_SECONDS as f64).contains(&age);
        is_fresh.then(|| Timestamp::from_unix(self.iat as i64).plus(PROOF_SECONDS + 1))
    }

    /// The name of the proof among those of all keys.
    pub fn digest(&self, key: &Thumbprint) -> Digest {
        // A thumbprint always has 43 characters, so no two pairs lead to the same text.
        Digest::of(format!("{}{}", key.as_str(), self.jti))
    }
}

/// The address without its query and fragment, normalised (RFC 9449 §4.3 step 9).
fn without_query(text: &str) -> Option<Url> {
    let mut url = Url::parse(text).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    Some(url)
}

/// Checks that a code, or the refresh token of a public client, is used with its own key (RFC 9449
/// §5, §10).
pub fn check_key(bound: Option<&Thumbprint>, used: Option<&Thumbprint>) -> Result<(), OAuthError> {
    if bound.is_none() || bound == used {
        return Ok(());
    }
    let description = "The code or refresh token is bound to another DPoP key.";
    Err(OAuthError::explained(OAuthErrorCode::InvalidGrant, description))
}

/// Checks that the refresh token of a public client is used with its own certificate (RFC 8705 §4).
pub fn check_certificate(
    bound: Option<&Thumbprint>,
    used: Option<&Thumbprint>,
) -> Result<(), OAuthError> {
    if bound.is_none() || bound == used {
        return Ok(());
    }
    let description = "The refresh token is bound to another TLS certificate.";
    Err(OAuthError::explained(OAuthErrorCode::InvalidGrant, description))
}

/// Reads the thumbprint that an authorization request names (RFC 9449 §10).
pub fn read_jkt(value: Option<&str>) -> Result<Option<Thumbprint>, OAuthError> {
    let fault = "The parameter dpop_jkt is not the SHA-256 thumbprint of a key.";
    value.map(str::parse).transpose().map_err(|_| OAuthError::invalid_request(fault))
}

/// The error for a proof that is wrong. The response states the cause for the developer.
pub fn invalid_proof(cause: impl std::fmt::Display) -> OAuthError {
    let description = format!("The DPoP proof is not valid: {cause}.");
    OAuthError::explained(OAuthErrorCode::InvalidDpopProof, description)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const TOKEN: &str = "https://id.example.com/api/oidc/token";

    fn claims(changes: &Value) -> ProofClaims {
        let mut claims = json!({"jti": "1", "htm": "POST", "htu": TOKEN, "iat": 1_000});
        claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        serde_json::from_value(claims).unwrap()
    }

    fn check(changes: &Value, access_token: Option<&str>) -> bool {
        let urls = [TOKEN.to_owned(), "http://internal:1411/api/oidc/token".to_owned()];
        let request = ProvenRequest { method: "POST", urls: &urls, access_token };
        claims(changes).check(request, Timestamp::from_unix(1_000)).is_ok()
    }

    /// RFC 9449 §4.3 step 9 and RFC 3986 §6.2.2, §6.2.3.
    #[test]
    fn the_address_is_compared_without_its_query_and_normalised() {
        for good in [
            TOKEN,
            "https://id.example.com/api/oidc/token?a=b#c",
            "HTTPS://ID.example.com:443/api/oidc/token",
            "https://id.example.com/api/oidc/x/../token",
            "http://internal:1411/api/oidc/token",
        ] {
            assert!(check(&json!({ "htu": good }), None), "{good}");
        }
        for bad in [
            "",
            "/api/oidc/token",
            "https://id.example.com/api/oidc/TOKEN",
            "https://id.example.com/api/oidc/token/",
            "https://id.example.com/api/oidc/par",
            "https://id.example.com:8443/api/oidc/token",
            "https://user@id.example.com/api/oidc/token",
            "http://id.example.com/api/oidc/token",
        ] {
            assert!(!check(&json!({ "htu": bad }), None), "{bad}");
        }
    }

    #[test]
    fn a_proof_names_its_method_its_token_and_itself() {
        assert!(check(&json!({}), None));
        assert!(check(&json!({"ath": Digest::of("token").base64url()}), Some("token")));
        assert!(check(&json!({"exp": 990, "nbf": 1_010}), None));
        for bad in [
            json!({"htm": "GET"}),
            json!({"htm": "post"}),
            json!({"jti": ""}),
            json!({"jti": "a".repeat(257)}),
            json!({"exp": 970}),
            json!({"nbf": 1_031}),
        ] {
            assert!(!check(&bad, None), "{bad}");
        }
        assert!(!check(&json!({}), Some("token")));
        assert!(!check(&json!({"ath": Digest::of("other").base64url()}), Some("token")));
    }

    #[test]
    fn a_proof_is_fresh_for_a_minute() {
        let fresh = |iat: Value| {
            let until = claims(&json!({ "iat": iat })).fresh_until(Timestamp::from_unix(1_000));
            until.map(Timestamp::as_unix)
        };
        assert_eq!(fresh(json!(1_000)), Some(1_061));
        assert_eq!(fresh(json!(940)), Some(1_001));
        assert_eq!(fresh(json!(1_030)), Some(1_091));
        for stale in [json!(939), json!(939.9), json!(1_030.5), json!(1e300), json!(-1e300)] {
            assert_eq!(fresh(stale), None);
        }
    }

    #[test]
    fn a_proof_is_known_by_its_key_and_its_jti() {
        let keys = ["a", "b"].map(|letter| letter.repeat(43).parse::<Thumbprint>().unwrap());
        let digest = |jti: &str, key| claims(&json!({ "jti": jti })).digest(key).hex();
        assert_eq!(digest("1", &keys[0]), digest("1", &keys[0]));
        assert_ne!(digest("1", &keys[0]), digest("1", &keys[1]));
        assert_ne!(digest("1", &keys[0]), digest("2", &keys[0]));
    }
}
