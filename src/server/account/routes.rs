//! The routes for the user's own account.

use super::{authorized_clients, logout, me, sessions};
use crate::{
    model::view::UserView,
    server::{
        api::users::body::UserBody,
        limiter::Policy,
        limits,
        route::{Route, delete, get, post, put},
    },
};

/// Lists the routes of this module.
pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        delete("/api/oidc/users/me/authorized-clients/{id}", authorized_clients::revoke)
            .for_users(),
        get("/api/users/me", me::show).for_users().gives::<UserView>(),
        put("/api/users/me", me::update)
            .limited_for_user(Policy::GuardedChange)
            .body(limits::PROFILE)
            .for_users()
            .takes::<UserBody>()
            .gives::<UserView>()
            .refuses(&[409]),
        get("/api/users/me/sessions", sessions::list)
            .for_browsers()
            .gives::<Vec<sessions::OwnSessionView>>(),
        delete("/api/users/me/sessions", sessions::revoke_others).for_browsers(),
        delete("/api/users/me/sessions/{id}", sessions::revoke).for_browsers(),
        post("/api/webauthn/logout", logout::logout).for_users(),
    ]
}
