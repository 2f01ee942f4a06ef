//! The routes of the protocol endpoints, and of the endpoints that its pages call.

use super::token::TokenResponse;
use super::{
    authorize, device, discovery, end_session, interactions, introspect, par, registration, revoke,
    token, userinfo,
};
use crate::{
    crypto::JwkSet,
    oidc::{
        authorization_request::KEPT,
        claims::{USERINFO_JWT, UserClaims},
        introspection::INTROSPECTION_JWT,
        metadata::ProviderMetadata,
        registration::ClientMetadata,
    },
    server::{
        limiter::Policy,
        limits,
        route::{Route, delete, get, get_or_post, post, put},
    },
};

/// The fields of a logout request (OIDC RP-Initiated Logout §2).
const LOGOUT: &[&str] = &[
    "client_id",
    "id_token_hint",
    "logout_hint",
    "post_logout_redirect_uri",
    "state",
    "ui_locales",
];
/// The fields of a form with which an application authenticates, unless it does so in a header.
const PROOF: &[&str] = &["client_assertion", "client_assertion_type", "client_id", "client_secret"];
/// The fields of a token request besides [`PROOF`] (RFC 6749 §4.1.3, §4.4.2, §6, RFC 7636 §4.5, RFC
/// 7523 §2.1, RFC 8628 §3.4, RFC 8693 §2.1).
const TOKEN: &[&str] = &[
    "actor_token",
    "actor_token_type",
    "assertion",
    "audience",
    "code",
    "code_verifier",
    "device_code",
    "redirect_uri",
    "refresh_token",
    "requested_token_type",
    "resource",
    "scope",
    "subject_token",
    "subject_token_type",
];

/// The routes.
pub(in crate::server) fn routes() -> Vec<Route> {
    let of_programs = routes_of_applications().into_iter().chain(routes_of_registration());
    of_programs.chain(routes_of_pages()).collect()
}

/// The routes that applications call.
fn routes_of_applications() -> Vec<Route> {
    vec![
        get("/.well-known/jwks.json", discovery::jwks).cors().for_anyone().gives::<JwkSet>(),
        get("/.well-known/oauth-authorization-server", discovery::discovery)
            .cors()
            .for_anyone()
            .gives::<ProviderMetadata>(),
        get("/.well-known/openid-configuration", discovery::discovery)
            .cors()
            .for_anyone()
            .gives::<ProviderMetadata>(),
        get_or_post("/authorize", authorize::authorize)
            .sent_by_applications()
            .in_a_sign_in()
            .changes_by_get()
            .body(limits::AUTHORIZE)
            .for_anyone()
            .takes_form(&["client_id"], &[KEPT, &["request", "request_uri"]]),
        post("/api/oidc/device/authorize", device::authorization::authorize)
            .cors()
            .for_applications()
            .takes_form(&[], &[PROOF, &["resource", "scope"]])
            .gives::<device::authorization::DeviceAuthorization>(),
        get_or_post("/api/oidc/end-session", end_session::end_session)
            .cors()
            .in_a_sign_in()
            .changes_by_get()
            .body(limits::AUTHORIZE)
            .for_anyone()
            .takes_form(&[], &[LOGOUT]),
        post("/api/oidc/introspect", introspect::introspect)
            .cors()
            .for_applications()
            .takes_form(&["token"], &[PROOF])
            .gives_json_or::<introspect::IntrospectionResponse>(&[INTROSPECTION_JWT]),
        post("/api/oidc/par", par::push)
            .cors()
            .body(limits::AUTHORIZE)
            .for_applications()
            .takes_form(&[], &[PROOF, KEPT, &["request"]])
            .creates::<par::PushedResponse<'static>>(),
        post("/api/oidc/revoke", revoke::revoke)
            .cors()
            .for_applications()
            .takes_form(&["token"], &[PROOF])
            .gives_empty(200),
        post("/api/oidc/token", token::token)
            .cors()
            .for_applications()
            .takes_form(&["grant_type"], &[PROOF, TOKEN])
            .gives::<TokenResponse>(),
        get_or_post("/api/oidc/userinfo", userinfo::userinfo)
            .cors()
            .for_tokens()
            .gives_json_or::<UserClaims>(&[USERINFO_JWT])
            .refuses(&[400]),
    ]
}

/// The routes of clients that register themselves.
fn routes_of_registration() -> Vec<Route> {
    vec![
        post("/api/oidc/register", registration::register::register)
            .cors()
            .limited_by(Policy::ClientRegistration)
            .for_anyone()
            .takes::<ClientMetadata>()
            .creates::<registration::RegistrationView>()
            .refuses(&[401]),
        get("/api/oidc/register/{id}", registration::manage::show)
            .for_tokens()
            .gives::<registration::RegistrationView>(),
        put("/api/oidc/register/{id}", registration::manage::replace)
            .limited_by(Policy::ClientRegistration)
            .for_tokens()
            .takes::<ClientMetadata>()
            .gives::<registration::RegistrationView>(),
        delete("/api/oidc/register/{id}", registration::manage::delete).for_tokens(),
    ]
}

/// The routes that the pages of the protocol call.
fn routes_of_pages() -> Vec<Route> {
    vec![
        get("/api/oidc/device/info", device::verification::info)
            .limited_by(Policy::UserCode)
            .for_browsers()
            .asks("code")
            .gives::<device::verification::InfoView>(),
        post("/api/oidc/device/deny", device::verification::deny)
            .limited_by(Policy::UserCode)
            .for_browsers()
            .asks("code"),
        post("/api/oidc/device/verify", device::verification::verify)
            .limited_by(Policy::UserCode)
            .limited_for_user(Policy::Authorization)
            .for_browsers()
            .asks("code"),
        get("/api/oidc/interactions/{id}", interactions::show)
            .for_anyone()
            .gives::<interactions::InteractionView>(),
        post("/api/oidc/interactions/{id}/complete", interactions::complete)
            .limited_for_user(Policy::Authorization)
            .for_browsers()
            .takes::<interactions::Complete>()
            .gives::<interactions::InteractionProgress>(),
        post("/api/oidc/interactions/{id}/deny", interactions::deny)
            .for_anyone()
            .gives::<interactions::InteractionProgress>(),
    ]
}
