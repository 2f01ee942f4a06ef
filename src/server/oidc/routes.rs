//! The routes of the protocol endpoints, and of the endpoints that its pages call.

use super::{
    authorize, device, discovery, end_session, interactions, introspect, par, revoke, token,
    userinfo,
};
use crate::server::{
    limiter::Policy,
    limits,
    route::{Route, get, get_or_post, post},
};

/// The routes.
pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        get("/.well-known/jwks.json", discovery::jwks).cors(),
        get("/.well-known/oauth-authorization-server", discovery::discovery).cors(),
        get("/.well-known/openid-configuration", discovery::discovery).cors(),
        get_or_post("/authorize", authorize::authorize)
            .sent_by_applications()
            .in_a_sign_in()
            .changes_by_get()
            .body(limits::AUTHORIZE),
        post("/api/oidc/device/authorize", device::authorization::authorize).cors(),
        get_or_post("/api/oidc/end-session", end_session::end_session)
            .cors()
            .in_a_sign_in()
            .changes_by_get()
            .body(limits::AUTHORIZE),
        post("/api/oidc/introspect", introspect::introspect).cors(),
        post("/api/oidc/par", par::push).cors().body(limits::AUTHORIZE),
        post("/api/oidc/revoke", revoke::revoke).cors(),
        post("/api/oidc/token", token::token).cors(),
        get_or_post("/api/oidc/userinfo", userinfo::userinfo).cors(),
        get("/api/oidc/device/info", device::verification::info).limited_by(Policy::UserCode),
        post("/api/oidc/device/deny", device::verification::deny).limited_by(Policy::UserCode),
        post("/api/oidc/device/verify", device::verification::verify)
            .limited_by(Policy::UserCode)
            .limited_for_user(Policy::Authorization),
        get("/api/oidc/interactions/{id}", interactions::show),
        post("/api/oidc/interactions/{id}/complete", interactions::complete)
            .limited_for_user(Policy::Authorization),
        post("/api/oidc/interactions/{id}/deny", interactions::deny),
    ]
}
