//! The introspection response for a valid token (RFC 7662 §2.2).

use serde::{Deserialize, Serialize};

use super::token_exchange::ActorClaim;
use crate::model::{Confirmation, Grant, Timestamp, User};

/// The media type of a signed response (RFC 9701 §4, §5).
pub const INTROSPECTION_JWT: &str = "application/token-introspection+jwt";
/// Its `typ`.
pub const INTROSPECTION_JWT_TYPE: &str = "token-introspection+jwt";

/// The claims of a signed response (RFC 9701 §5).
#[derive(Debug, Serialize)]
pub struct IntrospectionJwt<T> {
    /// The issuer.
    pub iss: String,
    /// The client that asked.
    pub aud: String,
    /// The time of the response.
    pub iat: i64,
    /// The response itself.
    pub token_introspection: T,
}

/// Whether an `Accept` header names the media type of a signed response.
pub fn accepts_jwt(accept: &str) -> bool {
    accept.split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let is_named =
            parts.next().is_some_and(|name| name.eq_ignore_ascii_case(INTROSPECTION_JWT));
        is_named && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// The claims of an access token that the response repeats.
#[derive(Debug, Clone, Deserialize)]
pub struct AccessTokenFacts {
    iss: String,
    sub: String,
    aud: Vec<String>,
    client_id: String,
    iat: i64,
    exp: i64,
    jti: String,
    #[serde(default)]
    scope: String,
    cnf: Option<Confirmation>,
    act: Option<ActorClaim>,
}

/// The response for a valid token.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Introspection {
    iss: String,
    sub: String,
    aud: Vec<String>,
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    scope: String,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Confirmation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    act: Option<ActorClaim>,
}

impl Introspection {
    /// The response for an access token. `user` is `None` for a client that acts for itself.
    pub fn of_access_token(facts: AccessTokenFacts, user: Option<&User>) -> Self {
        Self {
            iss: facts.iss,
            sub: facts.sub,
            aud: facts.aud,
            client_id: facts.client_id,
            username: user.map(|user| user.username.to_string()),
            scope: facts.scope,
            exp: facts.exp,
            iat: Some(facts.iat),
            jti: Some(facts.jti),
            token_type: Some(match &facts.cnf {
                Some(Confirmation { jkt: Some(_), .. }) => "DPoP",
                _ => "Bearer",
            }),
            cnf: facts.cnf,
            act: facts.act,
        }
    }

    /// The same, for a token that ends at this time at the latest, whatever was written into it.
    pub fn until(self, end: Timestamp) -> Self {
        Self { exp: self.exp.min(end.as_unix()), ..self }
    }

    /// The response for a refresh token, which has no claims of its own.
    pub fn of_refresh_token(
        grant: &Grant,
        user: &User,
        issuer: &str,
        expires_at: Timestamp,
    ) -> Self {
        Self {
            iss: issuer.to_owned(),
            sub: grant.user_id.to_string(),
            aud: vec![grant.client_id.to_string()],
            client_id: grant.client_id.to_string(),
            username: Some(user.username.to_string()),
            scope: grant.scope.to_string(),
            exp: expires_at.as_unix(),
            iat: None,
            jti: None,
            token_type: None,
            cnf: None,
            act: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9110 §12.5.1.
    #[test]
    fn a_signed_response_is_for_those_who_name_it() {
        for named in [
            INTROSPECTION_JWT,
            "application/json;q=0.5, APPLICATION/token-introspection+jwt; q=1",
            "application/token-introspection+jwt;q=0.001",
        ] {
            assert!(accepts_jwt(named), "{named}");
        }
        for other in ["", "*/*", "application/json", "application/token-introspection+jwt;q=0"] {
            assert!(!accepts_jwt(other), "{other}");
        }
    }
}
