//! `grant_type=client_credentials` (RFC 6749 §4.4): a client acts for itself.

use super::{confidential::refuse_public, issue::TokenResponse};
use crate::{
    crypto::Digest,
    model::{ApiAccess, Client, GrantId, Resource, SubjectType},
    oidc::{
        AccessTokenClaims, AccessTokenId, ClientToken, OAuthError, Params, client_scope, resource,
    },
    server::{
        App,
        http::Authorised,
        limiter::{BucketKey, Policy},
        oidc::{
            binding::Binding,
            signing::{Seal, sign},
        },
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
    refuse_public(&client, "use client_credentials")?;
    let access = match resource::read(&req.body)? {
        Some(resource) => Some(find_access(&app, &client, resource).await?),
        None => None,
    };
    let scope = client_scope::granted(req.body.value("scope"), access.as_ref())?;
    count(&app, &client)?;
    let id = GrantId(app.new_id(now));
    let keys = binding.confirmation();
    let token_type = keys.token_type();
    let jti = AccessTokenId::new(id, app.new_id(now));
    let resource = access.map(|access| access.resource);
    let algorithm = client.access_token_alg(resource.as_ref());
    let claims = ClientToken { jti, resource, scope: scope.clone(), keys };
    let claims = AccessTokenClaims::of_client(app.issuer(), &client, claims, now);
    let token = sign(&app, Seal { algorithm, typ: "at+jwt", now }, claims).await?;
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
