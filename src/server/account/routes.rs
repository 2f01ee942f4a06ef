//! The endpoints for one's own account.

use super::{authorized_clients, logout, me, sessions};
use crate::server::{
    limiter::Policy,
    limits,
    route::{Route, delete, get, post, put},
};

/// The rows.
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
