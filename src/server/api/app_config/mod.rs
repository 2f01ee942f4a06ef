//! `/api/application-configuration`

mod all;
mod document;
mod public;
mod replace;
mod sync_ldap;
mod test_email;
mod view;

use self::{
    document::AppConfigBody,
    view::{ConfigKeyView, PublicKeyView},
};
use crate::{
    directory::{DirectorySample, LastSync},
    server::{
        limits,
        route::{Route, get, post, put},
    },
};

const PATH: &str = "/api/application-configuration";
const SYNC_LDAP: &str = "/api/application-configuration/sync-ldap";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get(PATH, public::list).for_anyone().gives::<Vec<PublicKeyView<'static>>>(),
        put(PATH, replace::replace)
            .body(limits::APP_CONFIG)
            .takes::<AppConfigBody>()
            .gives::<Vec<ConfigKeyView<'static>>>(),
        get("/api/application-configuration/all", all::list).gives::<Vec<ConfigKeyView<'static>>>(),
        get(SYNC_LDAP, sync_ldap::show).gives::<Option<LastSync>>(),
        post(SYNC_LDAP, sync_ldap::sync).refuses(&[409]),
        post("/api/application-configuration/test-ldap", sync_ldap::test)
            .gives::<DirectorySample>()
            .refuses(&[409]),
        post("/api/application-configuration/test-email", test_email::send).refuses(&[409]),
    ]
}
