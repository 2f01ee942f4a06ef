//! The routes of this folder.

use super::{answer::GIVEN, body::TAKEN, discovery, groups, search, unsupported, users};
use crate::server::{
    limits,
    route::{Route, delete, get, patch, post, put},
};

/// Lists the routes of this folder.
pub(in crate::server) fn routes() -> Vec<Route> {
    let areas = [described(), of_users(), of_groups(), not_supported()];
    let rows = areas.into_iter().flatten();
    rows.map(|row| row.for_scim().without_cookies()).collect()
}

fn described() -> Vec<Route> {
    vec![
        get("/scim/v2/ServiceProviderConfig", discovery::configuration).gives_media(GIVEN),
        get("/scim/v2/ResourceTypes", discovery::resource_types).gives_media(GIVEN),
        get("/scim/v2/ResourceTypes/{id}", discovery::resource_type).gives_media(GIVEN),
        get("/scim/v2/Schemas", discovery::schemas).gives_media(GIVEN),
        get("/scim/v2/Schemas/{id}", discovery::schema).gives_media(GIVEN),
        post("/scim/v2/.search", search::all).takes_media(TAKEN).gives_media(GIVEN),
    ]
}

fn of_users() -> Vec<Route> {
    vec![
        get("/scim/v2/Users", users::list).gives_media(GIVEN).refuses(&[400]),
        post("/scim/v2/Users", users::create)
            .takes_media(TAKEN)
            .body(limits::PROFILE)
            .creates_media(GIVEN)
            .refuses(&[409]),
        post("/scim/v2/Users/.search", users::search).takes_media(TAKEN).gives_media(GIVEN),
        get("/scim/v2/Users/{id}", users::show).gives_media(GIVEN).gives_empty(304),
        put("/scim/v2/Users/{id}", users::replace)
            .takes_media(TAKEN)
            .body(limits::PROFILE)
            .gives_media(GIVEN)
            .refuses(&[409, 412]),
        patch("/scim/v2/Users/{id}", users::patch)
            .takes_media(TAKEN)
            .body(limits::PROFILE)
            .gives_media(GIVEN)
            .refuses(&[409, 412]),
        delete("/scim/v2/Users/{id}", users::delete).refuses(&[412]),
    ]
}

fn of_groups() -> Vec<Route> {
    vec![
        get("/scim/v2/Groups", groups::list).gives_media(GIVEN).refuses(&[400]),
        post("/scim/v2/Groups", groups::create)
            .takes_media(TAKEN)
            .body(limits::SCIM_GROUP)
            .creates_media(GIVEN)
            .refuses(&[409]),
        post("/scim/v2/Groups/.search", groups::search).takes_media(TAKEN).gives_media(GIVEN),
        get("/scim/v2/Groups/{id}", groups::show)
            .gives_media(GIVEN)
            .gives_empty(304)
            .refuses(&[400]),
        put("/scim/v2/Groups/{id}", groups::replace)
            .takes_media(TAKEN)
            .body(limits::SCIM_GROUP)
            .gives_media(GIVEN)
            .refuses(&[409, 412]),
        patch("/scim/v2/Groups/{id}", groups::patch)
            .takes_media(TAKEN)
            .body(limits::SCIM_GROUP)
            .gives_media(GIVEN)
            .gives_empty(204)
            .refuses(&[409, 412]),
        delete("/scim/v2/Groups/{id}", groups::delete).refuses(&[400, 412]),
    ]
}

fn not_supported() -> Vec<Route> {
    vec![
        post("/scim/v2/Bulk", unsupported::bulk).refuses(&[501]),
        get("/scim/v2/Me", unsupported::me).refuses(&[501]),
        post("/scim/v2/Me", unsupported::me).refuses(&[501]),
        put("/scim/v2/Me", unsupported::me).refuses(&[501]),
        patch("/scim/v2/Me", unsupported::me).refuses(&[501]),
        delete("/scim/v2/Me", unsupported::me).refuses(&[501]),
    ]
}
