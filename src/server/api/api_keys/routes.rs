//! The routes of this folder.

use super::{NewApiKeyView, create, delete, list, renew};
use crate::{
    model::view::ApiKeyView,
    server::{
        limiter::Policy,
        route::{Route, delete, get, post},
    },
};

/// Lists the routes of this folder.
pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        get("/api/api-keys", list::list).for_users().lists::<ApiKeyView>(),
        post("/api/api-keys", create::create)
            .limited_for_user(Policy::GuardedChange)
            .for_browsers()
            .takes::<create::NewApiKey>()
            .creates::<NewApiKeyView<'static>>()
            .refuses(&[409]),
        delete("/api/api-keys/{id}", delete::delete).for_users(),
        post("/api/api-keys/{id}/renew", renew::renew)
            .limited_for_user(Policy::GuardedChange)
            .for_browsers()
            .takes::<renew::RenewalBody>()
            .gives::<NewApiKeyView<'static>>()
            .refuses(&[409]),
    ]
}
