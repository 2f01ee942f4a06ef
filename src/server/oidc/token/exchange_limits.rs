//! Who may exchange tokens at all (RFC 8693), and how often.

use crate::{
    model::{Client, ClientType, GrantId},
    oidc::{OAuthError, OAuthErrorCode},
    server::{
        App,
        limiter::{BucketKey, Policy},
    },
};

/// Refuses a public client, which cannot do this. RFC 8693 §2.1: anyone could claim to be one.
pub(super) fn refuse_public(client: &Client, what: &str) -> Result<(), OAuthError> {
    if client.client_type == ClientType::Public {
        let detail = format!("a public client cannot {what}");
        return Err(OAuthError::new(OAuthErrorCode::UnauthorizedClient, detail));
    }
    Ok(())
}

/// Counts the exchanges of a client, and those of a grant.
pub(super) fn count(app: &App, client: &Client, grant_id: GrantId) -> Result<(), OAuthError> {
    let counts = [
        (Policy::ExchangeOfGrant, BucketKey::Grant(grant_id)),
        (Policy::TokenExchange, BucketKey::of_client(&client.id)),
    ];
    for (policy, key) in counts {
        app.limiter().check_key(policy, key).map_err(|seconds| OAuthError {
            description: "Too many tokens were exchanged. Use one until it expires.".into(),
            ..OAuthError::too_many(seconds, format!("exceeded its rate limit {policy:?}"))
        })?;
    }
    Ok(())
}
