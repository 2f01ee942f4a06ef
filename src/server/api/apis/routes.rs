//! The routes of this folder.

use super::{
    access, access_of_client, assignable, clients, create, delete, legacy_access, list,
    metadata_access, permissions, show, update,
};
use crate::{
    model::view::{
        ApiClientAccessView, ApiClientGrantView, ApiClientView, ApiView, ClientApiGrantView,
    },
    server::{
        limits,
        route::{Route, delete, get, post, put},
    },
};

/// Lists the routes of this folder.
pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        get("/api/apis", list::list).lists::<ApiView>(),
        post("/api/apis", create::create)
            .takes::<create::NewApi>()
            .creates::<ApiView>()
            .refuses(&[409]),
        get("/api/apis/{id}", show::show).gives::<ApiView>(),
        put("/api/apis/{id}", update::update).takes::<update::ApiBody>().gives::<ApiView>(),
        delete("/api/apis/{id}", delete::delete),
        put("/api/apis/{id}/permissions", permissions::replace)
            .body(limits::PERMISSION_LIST)
            .takes::<permissions::Permissions>()
            .gives::<ApiView>(),
        put("/api/apis/{id}/cimd-access", metadata_access::replace)
            .body(limits::PERMISSION_LIST)
            .takes::<metadata_access::MetadataAccess>()
            .gives::<ApiView>(),
        get("/api/apis/{id}/clients", clients::list).lists::<ApiClientAccessView>(),
        get("/api/apis/{id}/assignable-clients", assignable::clients).lists::<ApiClientView>(),
        put("/api/apis/{id}/clients/{clientId}", access::replace)
            .body(limits::PERMISSION_LIST)
            .takes::<access::Access>()
            .gives::<ApiClientGrantView>(),
        delete("/api/apis/{id}/clients/{clientId}", access::delete),
        get("/api/api-access/{clientId}", legacy_access::show).gives::<legacy_access::AccessView>(),
        put("/api/api-access/{clientId}", legacy_access::replace)
            .body(limits::PERMISSION_LIST)
            .takes::<legacy_access::AccessBody>()
            .gives::<legacy_access::AccessView>(),
        get("/api/api-access/{clientId}/apis", access_of_client::list)
            .gives::<Vec<ClientApiGrantView>>(),
        get("/api/api-access/{clientId}/assignable-apis", assignable::apis).lists::<ApiView>(),
    ]
}
