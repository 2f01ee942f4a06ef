//! The routes of ceremonies and passkeys.

use super::{authentication, credentials, reauthentication, registration};
use crate::server::{
    limiter::Policy,
    limits,
    route::{Route, delete, get, patch, post},
};

/// The routes.
pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        get("/api/webauthn/credentials", credentials::list),
        delete("/api/webauthn/credentials/{id}", credentials::delete),
        patch("/api/webauthn/credentials/{id}", credentials::rename)
            .limited_for_user(Policy::AccountChange),
        post("/api/webauthn/login/finish", authentication::finish)
            .limited_by(Policy::Login)
            .body(limits::CEREMONY),
        get("/api/webauthn/login/start", authentication::start).changes_by_get(),
        post("/api/webauthn/reauthenticate", reauthentication::reauthenticate)
            .limited_by(Policy::Reauthenticate)
            .body(limits::CEREMONY),
        post("/api/webauthn/register/finish", registration::finish)
            .limited_for_user(Policy::AccountChange)
            .body(limits::CEREMONY),
        get("/api/webauthn/register/start", registration::start).changes_by_get(),
    ]
}
