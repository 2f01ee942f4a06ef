//! The routes of this folder.

use super::{
    access, access_of_client, assignable, clients, create, delete, legacy_access, list,
    metadata_access, permissions, show, update,
};
use crate::server::{
    limits,
    route::{Route, delete, get, post, put},
};

/// Lists the routes of this folder.
pub(in crate::server) fn routes() -> Vec<Route> {
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
