//! The introspection response for a valid token (RFC 7662 §2.2).

use serde::{Deserialize, Serialize};

use super::dpop::Confirmation;
use crate::model::{Grant, Timestamp, User};

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
            token_type: Some(if facts.cnf.is_some() { "DPoP" } else { "Bearer" }),
            cnf: facts.cnf,
        }
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
        }
    }
}
