//! The routes of this folder.

use super::{GroupBody, clients, create, delete, list, members, show, update};
use crate::{
    model::view::{GroupView, GroupWithUsersView},
    server::{
        limits,
        route::{Route, delete, get, post, put},
    },
};

/// Lists the routes of this folder.
pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        get("/api/user-groups", list::list).lists::<GroupView>(),
        post("/api/user-groups", create::create)
            .takes::<GroupBody>()
            .creates::<GroupWithUsersView>()
            .refuses(&[409]),
        get("/api/user-groups/{id}", show::show).gives::<GroupWithUsersView>(),
        put("/api/user-groups/{id}", update::update)
            .takes::<GroupBody>()
            .gives::<GroupWithUsersView>()
            .refuses(&[409]),
        delete("/api/user-groups/{id}", delete::delete),
        put("/api/user-groups/{id}/users", members::replace)
            .body(limits::ID_LIST)
            .takes::<members::MembersBody>()
            .gives::<GroupWithUsersView>(),
        put("/api/user-groups/{id}/allowed-oidc-clients", clients::replace)
            .body(limits::ID_LIST)
            .takes::<clients::Clients>()
            .gives::<GroupWithUsersView>(),
    ]
}
