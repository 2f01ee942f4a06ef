//! The claims of a client assertion (RFC 7523 §3, OIDC Core §9).

use serde::Deserialize;

use crate::model::Timestamp;

/// The value of `client_assertion_type` (RFC 7523 §2.2).
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Tolerated clock difference in seconds.
pub(super) const SKEW: i64 = 30;

/// The claims of an assertion.
#[derive(Debug, Clone, Deserialize)]
pub struct AssertionClaims {
    /// The issuer.
    pub iss: String,
    /// The subject.
    pub sub: String,
    aud: Audience,
    /// Expiry in seconds since 1970.
    pub exp: f64,
    nbf: Option<f64>,
    /// When it was issued.
    pub iat: Option<f64>,
    /// Its unique id.
    pub jti: Option<String>,
    /// The key of its holder (RFC 7800): such a token is of use only with a proof of that key.
    #[serde(default)]
    cnf: Option<serde::de::IgnoredAny>,
}

/// RFC 7519 §4.1.3: one audience or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// The expected claims of an assertion.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The issuer.
    pub issuer: &'a str,
    /// The subject.
    pub subject: &'a str,
    /// The accepted audiences, one of which must be in the assertion.
    pub audiences: &'a [&'a str],
    /// Whether a list of audiences is refused (FAPI 2.0 §5.3.2.1).
    pub is_single: bool,
}

impl AssertionClaims {
    /// Validates the claims. The caller checks whether the assertion was used before.
    pub fn check(&self, expected: Expected<'_>, now: Timestamp) -> Result<(), &'static str> {
        // RFC 7523 §3: an assertion is a bearer token.
        if self.cnf.is_some() {
            return Err("the assertion is bound to a key");
        }
        let now = now.as_unix() as f64;
        let skew = SKEW as f64;
        if self.iss != expected.issuer {
            return Err("the iss of the assertion is not the expected issuer");
        }
        if self.sub != expected.subject {
            return Err("the sub of the assertion is not the expected subject");
        }
        if !self.aud.contains_any(expected.audiences) {
            return Err("the aud of the assertion is not this server");
        }
        if expected.is_single && matches!(self.aud, Audience::Several(_)) {
            return Err("the aud of the assertion is not a single text");
        }
        if self.exp + skew <= now {
            return Err("the assertion has expired");
        }
        let is_later = |moment: Option<f64>| moment.is_some_and(|moment| moment - skew > now);
        if is_later(self.nbf) || is_later(self.iat) {
            return Err("the iat or nbf of the assertion is in the future");
        }
        Ok(())
    }

    /// Until when its `jti` must be remembered, to detect a second use.
    pub fn remembered_until(&self) -> Timestamp {
        // A moment longer than it is good: `exp` may have a fraction, and clocks of servers differ.
        Timestamp::from_unix((self.exp.ceil() as i64).saturating_add(2 * SKEW))
    }
}

impl Audience {
    fn contains_any(&self, audiences: &[&str]) -> bool {
        match self {
            Self::One(one) => audiences.contains(&one.as_str()),
            Self::Several(several) => several.iter().any(|one| audiences.contains(&one.as_str())),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn check(changes: &Value) -> Result<(), &'static str> {
        let mut claims = json!({
            "iss": "web", "sub": "web", "aud": "https://id.example.com", "exp": 1_060, "jti": "1",
        });
        let changes = changes.as_object().unwrap().clone();
        claims.as_object_mut().unwrap().extend(changes);
        let claims: AssertionClaims = serde_json::from_value(claims).map_err(|_| "unreadable")?;
        let audiences = ["https://id.example.com", "https://id.example.com/api/oidc/token"];
        let expected =
            Expected { issuer: "web", subject: "web", audiences: &audiences, is_single: false };
        claims.check(expected, Timestamp::from_unix(1_000))
    }

    /// RFC 7523 §3.
    #[test]
    fn an_assertion_is_for_us_from_its_client_and_of_now() {
        for good in [
            json!({}),
            json!({"aud": ["https://other", "https://id.example.com/api/oidc/token"]}),
            json!({"nbf": 1_000, "iat": 990}),
            json!({"iat": 1_029}),
            json!({"exp": 971}),
        ] {
            assert_eq!(check(&good), Ok(()), "{good}");
        }
        for bad in [
            json!({"iss": "other"}),
            json!({"sub": "other"}),
            json!({"aud": "https://other"}),
            json!({"aud": []}),
            json!({"aud": null}),
            json!({"exp": 970}),
            json!({"exp": null}),
            json!({"nbf": 1_031}),
            json!({"iat": 1_031}),
            json!({"iat": "now"}),
            json!({"cnf": {"jkt": "x"}}),
        ] {
            assert!(check(&bad).is_err(), "{bad}");
        }
    }
}
