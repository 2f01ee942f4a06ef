//! Access tokens (RFC 9068 §2.2).

use serde::Serialize;

use super::{
    AccessTokenId,
    token_exchange::{ActorClaim, subject_of_client},
};
use crate::model::{Client, Confirmation, Grant, Resource, Scope, ScopeToken, Timestamp, UserId};

/// The claims of an access token (RFC 9068 §2.2).
#[derive(Debug, Clone, Serialize)]
pub struct AccessTokenClaims {
    iss: String,
    sub: String,
    aud: Vec<String>,
    client_id: String,
    iat: i64,
    exp: i64,
    jti: AccessTokenId,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scp: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Confirmation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    act: Option<ActorClaim>,
}

impl AccessTokenClaims {
    /// Binds the token to keys (RFC 9449 §6.1, RFC 8705 §3.1).
    pub fn bound_to(self, keys: Confirmation) -> Self {
        Self { cnf: keys.claim(), ..self }
    }

    /// The same, ending at this time at the latest.
    pub fn until(self, end: Timestamp) -> Self {
        Self { exp: self.exp.min(end.as_unix()), ..self }
    }

    /// The claims of a new access token.
    pub fn new(
        issuer: &str,
        grant: &Grant,
        client: &Client,
        jti: AccessTokenId,
        now: Timestamp,
    ) -> Self {
        let audience = grant.resource.as_ref().map(ToString::to_string);
        let mut aud = vec![audience.unwrap_or_else(|| grant.client_id.to_string())];
        if has_userinfo(&grant.scope) {
            aud.push(issuer.to_owned());
        }
        Self {
            iss: issuer.to_owned(),
            sub: grant.user_id.to_string(),
            aud,
            client_id: grant.client_id.to_string(),
            iat: now.as_unix(),
            exp: now.plus(client.access_token_seconds).as_unix(),
            jti,
            scp: grant.scope.names(),
            scope: grant.scope.to_string(),
            cnf: None,
            act: None,
        }
    }
}

/// A token with which a client acts for a user (RFC 8693).
#[derive(Debug)]
pub struct ExchangedClaims {
    /// Its id.
    pub jti: AccessTokenId,
    /// The user.
    pub user_id: UserId,
    /// The API that it is for.
    pub resource: Resource,
    /// The allowed access.
    pub scope: String,
    /// The client that acts, and those before it.
    pub act: ActorClaim,
    /// The keys that it is bound to.
    pub keys: Confirmation,
    /// When it expires.
    pub expires_at: Timestamp,
}

impl AccessTokenClaims {
    /// The claims of a token with which a client acts for a user.
    pub fn exchanged(
        issuer: &str,
        client: &Client,
        token: ExchangedClaims,
        now: Timestamp,
    ) -> Self {
        let ExchangedClaims { jti, user_id, resource, scope, act, keys, expires_at } = token;
        Self {
            iss: issuer.to_owned(),
            sub: user_id.to_string(),
            aud: vec![resource.to_string()],
            client_id: client.id.to_string(),
            iat: now.as_unix(),
            exp: expires_at.as_unix(),
            jti,
            scp: words(&scope),
            scope,
            cnf: None,
            act: Some(act),
        }
        .bound_to(keys)
    }
}

/// A token for a client that acts for itself.
#[derive(Debug)]
pub struct ClientToken {
    /// Its id.
    pub jti: AccessTokenId,
    /// The API that it is for.
    pub resource: Option<Resource>,
    /// The allowed access.
    pub scope: String,
    /// The keys that it is bound to.
    pub keys: Confirmation,
}

impl AccessTokenClaims {
    /// The claims of a token for a client that acts for itself. The client is the subject (RFC 9068
    /// §2.2), with a prefix that no user id has.
    pub fn of_client(issuer: &str, client: &Client, token: ClientToken, now: Timestamp) -> Self {
        let ClientToken { jti, resource, scope, keys } = token;
        let audience = resource.map_or_else(|| client.id.to_string(), |api| api.to_string());
        Self {
            iss: issuer.to_owned(),
            sub: subject_of_client(&client.id),
            aud: vec![audience],
            client_id: client.id.to_string(),
            iat: now.as_unix(),
            exp: now.plus(client.access_token_seconds).as_unix(),
            jti,
            scp: words(&scope),
            scope,
            cnf: None,
            act: None,
        }
        .bound_to(keys)
    }
}

fn words(scope: &str) -> Vec<String> {
    scope.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether tokens of this scope may be used at the UserInfo endpoint.
fn has_userinfo(scope: &Scope) -> bool {
    use ScopeToken::{Email, Groups, Openid, Profile};
    scope.tokens().iter().any(|token| matches!(token, Openid | Profile | Email | Groups))
}
