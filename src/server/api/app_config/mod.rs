//! `/api/application-configuration`

mod all;
mod document;
mod public;
mod replace;
mod sync_ldap;
mod test_email;
mod view;

use crate::server::{
    limits,
    route::{Route, get, post, put},
};

const PATH: &str = "/api/application-configuration";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(PATH, public::list),
        put(PATH, replace::replace).body(limits::APP_CONFIG),
        get("/api/application-configuration/all", all::list),
        post("/api/application-configuration/sync-ldap", sync_ldap::sync),
        post("/api/application-configuration/test-email", test_email::send),
    ]
}
