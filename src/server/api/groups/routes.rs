//! The routes of this folder.

use super::{clients, create, delete, list, members, show, update};
use crate::server::{
    limits,
    route::{Route, delete, get, post, put},
};

/// Lists the routes of this folder.
pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        get("/api/user-groups", list::list),
        post("/api/user-groups", create::create),
        get("/api/user-groups/{id}", show::show),
        put("/api/user-groups/{id}", update::update),
        delete("/api/user-groups/{id}", delete::delete),
        put("/api/user-groups/{id}/users", members::replace).body(limits::ID_LIST),
        put("/api/user-groups/{id}/allowed-oidc-clients", clients::replace).body(limits::ID_LIST),
    ]
}
