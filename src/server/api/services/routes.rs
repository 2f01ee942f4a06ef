//! The routes of this folder.

use super::{
    body::{CredentialsBody, ServiceBody},
    create, list, show, update,
};
use crate::{
    model::view::ServiceView,
    server::{
        limits,
        route::{Route, get, post, put},
    },
};

/// Lists the routes of this folder.
pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        get("/api/services", list::list).lists::<ServiceView>(),
        post("/api/services", create::create)
            .body(limits::ID_LIST)
            .takes::<ServiceBody>()
            .creates::<ServiceView>()
            .refuses(&[409]),
        get("/api/services/{id}", show::show).gives::<ServiceView>(),
        put("/api/services/{id}", update::update)
            .body(limits::ID_LIST)
            .takes::<CredentialsBody>()
            .gives::<ServiceView>()
            .refuses(&[409]),
    ]
}
