//! `grant_type=client_credentials` (RFC 6749 §4.4): a client acts for itself.

use std::sync::Arc;

use super::issue::{TokenResponse, no_key};
use crate::{
    crypto::{Digest, jws},
    model::{ApiAccess, Client, ClientType, GrantId, Resource, SubjectType, Timestamp},
    oidc::{
        AccessTokenClaims, AccessTokenId, ClientToken, OAuthError, OAuthErrorCode, Params,
        client_scope, resource,
    },
    server::{
        App,
        http::Authorised,
        limiter::{BucketKey, Policy},
        oidc::binding::Binding,
    },
    store::{StoreError, apis, client_access_tokens},
};

/// Issues an access token to the client itself: for an API if the client names one, else only to
/// identify it.
pub(super) async fn issue(
    req: Authorised<Client, Params>,
    binding: Binding,
) -> Result<TokenResponse, OAuthError> {
    let (app, client, now) = (req.app, req.who, req.head.now);
    // RFC 6749 §4.4: the client credentials grant must only be used by confidential clients.
    if client.client_type == ClientType::Public {
        let detail = "a public client cannot use client_credentials";
        return Err(OAuthError::new(OAuthErrorCode::UnauthorizedClient, detail));
    }
    let access = match resource::read(&req.body)? {
        Some(resource) => Some(find_access(&app, &client, resource).await?),
        None => None,
    };
    let scope = client_scope::granted(req.body.value("scope"), access.as_ref())?;
    count(&app, &client)?;
    let id = GrantId(app.new_id(now));
    let (signer, owner) = (Arc::clone(&app), client.clone());
    let keys = binding.confirmation();
    let token_type = keys.token_type();
    let token = tokio::task::spawn_blocking(move || {
        let jti = AccessTokenId::new(id, signer.new_id(now));
        let resource = access.map(|access| access.resource);
        let claimed = ClientToken { jti, resource, scope: scope.clone(), keys };
        sign(&signer, &owner, claimed, now).map(|token| (token, scope))
    });
    let signed = token.await;
    let (token, scope) = signed
        .map_err(|error| OAuthError::new(OAuthErrorCode::ServerError, error.to_string()))??;
    let (digest, seconds, client_id) = (Digest::of(&token), client.access_token_seconds, client.id);
    let expires_at = now.plus(seconds);
    let stored = app.store().write(move |tx| {
        binding.use_up(tx)?;
        client_access_tokens::insert(tx, id, &client_id, digest, expires_at)?;
        Ok::<_, OAuthError>(())
    });
    stored.await?;
    Ok(TokenResponse::of_client(token, token_type, seconds, scope))
}

/// Counts the tokens of a client. Each is a row until it expires.
fn count(app: &App, client: &Client) -> Result<(), OAuthError> {
    let counted = app.limiter().check_key(Policy::ClientToken, BucketKey::of_client(&client.id));
    let description =
        "The client asked for too many tokens. Use one until it expires, and try again later.";
    counted.map_err(|seconds| OAuthError {
        description: description.into(),
        ..OAuthError::too_many(seconds, "too many tokens of one client")
    })
}

async fn find_access(
    app: &App,
    client: &Client,
    resource: Resource,
) -> Result<ApiAccess, OAuthError> {
    let id = client.id.clone();
    let found = app.store().read(move |tx| {
        let api = apis::find(tx, &resource)?;
        Ok::<_, StoreError>((api, apis::access(tx, &resource, &id, SubjectType::Client)?))
    });
    let (api, access) = found.await?;
    resource::check(api, access)
}

fn sign(
    app: &App,
    client: &Client,
    token: ClientToken,
    now: Timestamp,
) -> Result<String, OAuthError> {
    let algorithm = client.access_token_alg(token.resource.as_ref());
    let key = app.signing_key(algorithm, now).map_err(no_key)?;
    let claims = AccessTokenClaims::of_client(app.issuer(), client, token, now);
    Ok(jws::sign(&key, "at+jwt", &claims))
}
