//! `/api/apis` and `/api/api-access`: resource servers and the clients that may use them.

mod access;
mod access_of_client;
mod assignable;
mod clients;
mod create;
mod delete;
mod legacy_access;
mod list;
mod metadata_access;
mod permissions;
mod routes;
mod show;
mod update;

pub(super) use routes::routes;

use std::collections::BTreeSet;

use crate::{
    model::{Api, ApiId, Client, ClientId, PermissionId, ScopeName},
    operations::{Noun, Refusal},
    server::http::ApiError,
    store::{Tx, clients as stored_clients},
};

/// Parses the API id in a path.
fn id(text: &str) -> Result<ApiId, ApiError> {
    super::id(text, || Refusal::NotFound(Noun::Api).into())
}

/// Parses the client id in a path.
fn client_id(segment: &str) -> Result<ClientId, ApiError> {
    ClientId::from_path(segment).ok_or_else(|| Refusal::NotFound(Noun::Client).into())
}

fn require_client(tx: &mut Tx<'_>, id: &ClientId) -> Result<Client, Refusal> {
    stored_clients::find(tx, id)?.ok_or(Refusal::NotFound(Noun::Client))
}

/// Finds the keys of permissions by their ids. Ignores unknown ids and ids of another API's
/// permissions (Pocket ID 2.14).
fn keys(api: &Api, ids: &[String]) -> BTreeSet<ScopeName> {
    let ids: BTreeSet<PermissionId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let chosen = api.permissions.iter().filter(|permission| ids.contains(&permission.id));
    chosen.map(|permission| permission.key.clone()).collect()
}
