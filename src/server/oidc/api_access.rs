//! The API that an authorization request names, and what its client may do with it for its user.

use crate::{
    model::{Client, Grant, Resource, Scope, SubjectType},
    oidc::{AuthorizationRequest, OAuthError, Params, resource},
    server::App,
    store::{Tx, apis},
};

/// Adds to a request what it says of an API.
pub(super) fn add_api(
    tx: &mut Tx<'_>,
    client: &Client,
    params: &Params,
    mut request: AuthorizationRequest,
) -> Result<AuthorizationRequest, OAuthError> {
    let (scope, resource) = read(tx, client, params, request.scope)?;
    request.scope = scope;
    request.resource = resource;
    Ok(request)
}

/// [`add_api`], for who has no transaction. When no API is named, the database is not asked.
pub(super) async fn with_api(
    app: &App,
    client: &Client,
    params: &Params,
    mut request: AuthorizationRequest,
) -> Result<AuthorizationRequest, OAuthError> {
    let (scope, resource) = find_scope(app, client, params, request.scope).await?;
    request.scope = scope;
    request.resource = resource;
    Ok(request)
}

/// A scope with that of the API that is named beside it, and the API.
pub(super) async fn find_scope(
    app: &App,
    client: &Client,
    params: &Params,
    scope: Scope,
) -> Result<(Scope, Option<Resource>), OAuthError> {
    if params.value("resource").is_none() {
        return Ok((scope, None));
    }
    let (client, params) = (client.clone(), params.clone());
    app.store().read(move |tx| read(tx, &client, &params, scope.clone())).await
}

fn read(
    tx: &mut Tx<'_>,
    client: &Client,
    params: &Params,
    scope: Scope,
) -> Result<(Scope, Option<Resource>), OAuthError> {
    let Some(resource) = resource::read(params)? else { return Ok((scope, None)) };
    let api = apis::find(tx, &resource)?;
    let access = apis::access(tx, &resource, &client.id, SubjectType::User)?;
    let access = resource::check((api, access))?;
    let asked = params.value("scope").unwrap_or_default();
    let scope = resource::with_permissions(asked, &scope, &access)?;
    Ok((scope, Some(access.resource)))
}

/// Somebody may have taken the API from the client since.
pub(super) fn check_grant(
    tx: &mut Tx<'_>,
    client: &Client,
    grant: &Grant,
) -> Result<(), OAuthError> {
    let Some(resource) = &grant.resource else { return Ok(()) };
    let access = apis::access(tx, resource, &grant.client_id, SubjectType::User)?;
    resource::check_still_allowed(&grant.scope, client, access.as_ref())
}
