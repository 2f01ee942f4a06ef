//! The routes for the user's own account.

use super::{authorized_clients, logout, me, sessions};
use crate::server::{
    limiter::Policy,
    limits,
    route::{Route, delete, get, post, put},
};

/// Lists the routes of this module.
pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        delete("/api/oidc/users/me/authorized-clients/{id}", authorized_clients::revoke),
        get("/api/users/me", me::show),
        put("/api/users/me", me::update)
            .limited_for_user(Policy::AccountChange)
            .body(limits::PROFILE),
        get("/api/users/me/sessions", sessions::list),
        delete("/api/users/me/sessions", sessions::revoke_others),
        delete("/api/users/me/sessions/{id}", sessions::revoke),
        post("/api/webauthn/logout", logout::logout),
    ]
}
