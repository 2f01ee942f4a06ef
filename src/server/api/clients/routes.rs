//! The routes of this folder.

use super::{
    claims, create, delete, groups, list, logo, of_user, preview, refresh, secrets, show, update,
};
use crate::server::{
    limits,
    route::{Route, delete, get, post, put},
};

/// Lists the routes of this folder.
pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        get("/api/oidc/clients", list::list),
        post("/api/oidc/clients", create::create).body(limits::CLIENT),
        get("/api/oidc/clients/{id}", show::show),
        put("/api/oidc/clients/{id}", update::update).body(limits::CLIENT),
        delete("/api/oidc/clients/{id}", delete::delete),
        put("/api/oidc/clients/{id}/allowed-user-groups", groups::replace).body(limits::ID_LIST),
        get("/api/oidc/clients/{id}/claims", claims::show),
        put("/api/oidc/clients/{id}/claims", claims::replace).body(limits::CLIENT),
        post("/api/oidc/clients/{id}/logo", logo::set).body(limits::LOGO),
        delete("/api/oidc/clients/{id}/logo", logo::delete),
        get("/api/oidc/clients/{id}/meta", show::show_meta),
        get("/api/oidc/clients/{id}/preview/{user_id}", preview::show),
        post("/api/oidc/clients/{id}/refresh", refresh::refresh),
        post("/api/oidc/clients/{id}/secret", secrets::replace),
        get("/api/oidc/clients/{id}/secrets", secrets::list),
        post("/api/oidc/clients/{id}/secrets", secrets::create),
        delete("/api/oidc/clients/{id}/secrets/{secret_id}", secrets::delete),
        get("/api/oidc/users/me/authorized-clients", of_user::list_own_authorized),
        get("/api/oidc/users/me/clients", of_user::list_own_accessible),
        get("/api/oidc/users/{id}/authorized-clients", of_user::list_authorized),
    ]
}
