//! The routes of this folder.

use super::{body::ProtectedHostBody, create, delete, list, proxy, show, update};
use crate::{
    model::view::ProtectedHostView,
    server::{
        limits,
        route::{Route, delete, get, post, put},
    },
};

/// Lists the routes of this folder.
pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        get("/api/protected-hosts", list::list).lists::<ProtectedHostView>(),
        post("/api/protected-hosts", create::create)
            .body(limits::ID_LIST)
            .takes::<ProtectedHostBody>()
            .creates::<ProtectedHostView>()
            .refuses(&[409]),
        get("/api/protected-hosts/{id}", show::show).gives::<ProtectedHostView>(),
        put("/api/protected-hosts/{id}", update::update)
            .body(limits::ID_LIST)
            .takes::<ProtectedHostBody>()
            .gives::<ProtectedHostView>()
            .refuses(&[409]),
        delete("/api/protected-hosts/{id}", delete::delete),
        get("/api/protected-hosts/{id}/proxy/{proxy}", proxy::lines).gives_media(&["text/plain"]),
    ]
}
