//! The API that an authorization request names, and what its client may do with it for its user.

use serde::Serialize;

use crate::{
    model::{
        ApiName, Client, Grant, Permission, PermissionDescription, Resource, Scope, ScopeName,
        SubjectType,
    },
    oidc::{AuthorizationRequest, OAuthError, Params, resource},
    server::App,
    store::{StoreError, Tx, apis},
};

/// A permission of an API that is asked for, as people see it (Pocket ID 2.14).
#[derive(Debug, Clone, Serialize)]
pub(in crate::server) struct ScopeInfo {
    key: ScopeName,
    name: ApiName,
    description: PermissionDescription,
}

/// What the scopes of an API mean that are asked for.
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

/// [`add_api`], for who has no transaction. When nothing of an API is named, the database is not asked.
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
    let api = apis::find(tx, &resource)?;
    let access = apis::access(tx, &resource, &client.id, SubjectType::User)?;
    let access = resource::check((api, access))?;
    let asked = params.value("scope").unwrap_or_default();
    let scope = resource::with_permissions(asked, &scope, &access)?;
    Ok((scope, Some(access.resource)))
}

/// A scope that an API has means nothing without the API: the client forgot to name it. Other words that
/// nobody knows are dropped, as in Pocket ID.
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
