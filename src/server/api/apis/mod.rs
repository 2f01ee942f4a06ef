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
mod show;
mod update;

use std::collections::BTreeSet;

use crate::{
    model::{Api, ApiId, Client, ClientId, PermissionId, ScopeName},
    operations::{Noun, Refusal},
    server::{
        http::ApiError,
        limits,
        route::{Route, delete, get, post, put},
    },
    store::{Tx, clients as stored_clients},
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/apis", list::list),
        post("/api/apis", create::create),
        get("/api/apis/{id}", show::show),
        put("/api/apis/{id}", update::update),
        delete("/api/apis/{id}", delete::delete),
        put("/api/apis/{id}/permissions", permissions::replace).body(limits::PERMISSION_LIST),
        put("/api/apis/{id}/cimd-access", metadata_access::replace).body(limits::PERMISSION_LIST),
        get("/api/apis/{id}/clients", clients::list),
        get("/api/apis/{id}/assignable-clients", assignable::clients),
        put("/api/apis/{id}/clients/{clientId}", access::replace).body(limits::PERMISSION_LIST),
        delete("/api/apis/{id}/clients/{clientId}", access::delete),
        get("/api/api-access/{clientId}", legacy_access::show),
        put("/api/api-access/{clientId}", legacy_access::replace).body(limits::PERMISSION_LIST),
        get("/api/api-access/{clientId}/apis", access_of_client::list),
        get("/api/api-access/{clientId}/assignable-apis", assignable::apis),
    ]
}

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
