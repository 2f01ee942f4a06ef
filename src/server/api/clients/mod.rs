//! `/api/oidc/clients`, and the clients of a user.

mod body;
mod claims;
mod create;
mod delete;
mod groups;
mod list;
mod logo;
mod logo_urls;
mod of_user;
mod preview;
mod refresh;
mod secrets;
mod show;
mod update;

use crate::{
    model::{Client, ClientId, Timestamp, view::ClientView},
    operations::{Noun, Refusal, clients},
    server::{
        http::ApiError,
        limits,
        route::{Route, delete, get, post, put},
    },
    store::{StoreError, Tx},
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/oidc/clients", list::list),
        post("/api/oidc/clients", create::create).body(limits::CLIENT),
        get("/api/oidc/clients/{id}", show::show),
        put("/api/oidc/clients/{id}", update::update).body(limits::CLIENT),
        delete("/api/oidc/clients/{id}", delete::delete),
        put("/api/oidc/clients/{id}/allowed-user-groups", groups::replace).body(limits::ID_LIST),
        get("/api/oidc/clients/{id}/claims", claims::show),
        put("/api/oidc/clients/{id}/claims", claims::replace).body(limits::CLIENT),
        delete("/api/oidc/clients/{id}/logo", logo::delete),
        get("/api/oidc/clients/{id}/meta", show::show_meta),
        get("/api/oidc/clients/{id}/preview/{user_id}", preview::show),
        post("/api/oidc/clients/{id}/refresh", refresh::refresh),
        get("/api/oidc/clients/{id}/scim-service-provider", show::show_scim_service_provider),
        post("/api/oidc/clients/{id}/secret", secrets::replace),
        get("/api/oidc/clients/{id}/secrets", secrets::list),
        post("/api/oidc/clients/{id}/secrets", secrets::create),
        delete("/api/oidc/clients/{id}/secrets/{secret_id}", secrets::delete),
        get("/api/oidc/users/me/authorized-clients", of_user::list_own_authorized),
        get("/api/oidc/users/me/clients", of_user::list_own_accessible),
        get("/api/oidc/users/{id}/authorized-clients", of_user::list_authorized),
    ]
}

/// Parses the client id in a path.
fn id(segment: &str) -> Result<ClientId, ApiError> {
    ClientId::from_path(segment).ok_or_else(|| Refusal::NotFound(Noun::Client).into())
}

/// Loads a client with all its parts.
fn load(tx: &mut Tx<'_>, client: Client, now: Timestamp) -> Result<ClientView, StoreError> {
    Ok(ClientView::of(&clients::load(tx, client)?, now))
}
