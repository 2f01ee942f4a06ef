//! How often tokens may be exchanged (RFC 8693).

use crate::{
    model::{Client, GrantId},
    oidc::OAuthError,
    server::{
        App,
        limiter::{BucketKey, Policy},
    },
};

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
