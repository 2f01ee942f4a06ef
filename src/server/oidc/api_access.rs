//! The API that an authorization request names, and the client's permissions on it for the user.

use serde::Serialize;

use crate::{
    model::{
        ApiAccess, ApiName, Client, Grant, Permission, PermissionDescription, Resource, Scope,
        ScopeName, SubjectType,
    },
    oidc::{AuthorizationRequest, OAuthError, Params, resource},
    server::App,
    store::{StoreError, Tx, apis},
};

/// A requested permission of an API, as users see it (Pocket ID 2.14).
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::server) struct ScopeInfo {
    key: ScopeName,
    name: ApiName,
    description: PermissionDescription,
}

/// The requested permissions of an API, with their descriptions.
pub(super) fn scope_info(
    tx: &mut Tx<'_>,
    resource: Option<&Resource>,
    scope: &Scope,
) -> Result<Vec<ScopeInfo>, StoreError> {
    let Some(resource) = resource else { return Ok(Vec::new()) };
    let permissions = apis::find(tx, resource)?.map(|api| api.permissions).unwrap_or_default();
    let is_asked = |permission: &Permission| {
        scope.tokens().iter().any(|token| token.as_str() == permission.key.as_str())
    };
    let info = permissions.into_iter().filter(is_asked).map(|permission| {
        let Permission { key, name, description, .. } = permission;
        ScopeInfo { key, name, description }
    });
    Ok(info.collect())
}

/// Adds the API and its scopes to a request.
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

/// Same as [`add_api`], for callers without a transaction. If the request names no API, the
/// database is not read.
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

/// Returns the scope with the API's scopes added, and the API.
pub(super) async fn find_scope(
    app: &App,
    client: &Client,
    params: &Params,
    scope: Scope,
) -> Result<(Scope, Option<Resource>), OAuthError> {
    if params.value("resource").is_none() && resource::unknown_words(params, &scope).is_empty() {
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
    let Some(resource) = resource::read(params)? else {
        return refuse_permissions(tx, params, &scope).map(|()| (scope, None));
    };
    let access = for_users(tx, client, &resource)?;
    let asked = params.value("scope").unwrap_or_default();
    let scope = client.allowed_scope(resource::with_permissions(asked, &scope, &access)?);
    Ok((scope, Some(access.resource)))
}

/// The access of a client to an API on behalf of users. Refuses an unknown API, and one that it may not use.
pub(super) fn for_users(
    tx: &mut Tx<'_>,
    client: &Client,
    resource: &Resource,
) -> Result<ApiAccess, OAuthError> {
    let api = apis::find(tx, resource)?;
    let access = apis::access(tx, resource, &client.id, SubjectType::User)?;
    resource::check(api, access)
}

/// Refuses a scope of an API if the request does not name the API: the client forgot it. Other
/// unknown scopes are ignored, as in Pocket ID.
fn refuse_permissions(tx: &mut Tx<'_>, params: &Params, scope: &Scope) -> Result<(), OAuthError> {
    for word in resource::unknown_words(params, scope) {
        if let Ok(key) = word.parse::<ScopeName>()
            && apis::has_permission(tx, &key)?
        {
            return Err(resource::without_its_api());
        }
    }
    Ok(())
}

/// Checks that the client still has access to the API of the grant. An administrator may have
/// removed it.
pub(super) fn check_grant(
    tx: &mut Tx<'_>,
    client: &Client,
    grant: &Grant,
) -> Result<(), OAuthError> {
    let Some(resource) = &grant.resource else { return Ok(()) };
    let access = apis::access(tx, resource, &grant.client_id, SubjectType::User)?;
    resource::check_still_allowed(&grant.scope, client, access.as_ref())
}
