//! `/api/application-images`: changes images. `server/images.rs` serves them.

mod delete;
mod set;

use crate::server::{
    limits,
    route::{Route, delete, put},
};

const PROFILE_PICTURE: &str = "/api/application-images/default-profile-picture";

pub(super) fn routes() -> Vec<Route> {
    vec![
        put("/api/application-images/{name}", set::set)
            .body(limits::APPLICATION_IMAGE)
            .takes_file()
            .may_ask("light"),
        put(PROFILE_PICTURE, set::set_profile_picture).body(limits::APPLICATION_IMAGE).takes_file(),
        delete("/api/application-images/{name}", delete::delete).may_ask("light"),
        delete(PROFILE_PICTURE, delete::delete_profile_picture).refuses(&[404]),
    ]
}
