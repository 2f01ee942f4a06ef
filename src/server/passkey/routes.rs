//! The routes of ceremonies and passkeys.

use super::{
    answer::{Attestation, Credential, PasskeyAssertion},
    authentication, credentials,
    options::{CreationOptions, RequestOptions},
    reauthentication, registration,
};
use crate::model::view::{PasskeyView, UserView};
use crate::server::{
    limiter::Policy,
    limits,
    route::{Route, delete, get, patch, post},
};

/// The routes.
pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        get("/api/webauthn/credentials", credentials::list).for_users().gives::<Vec<PasskeyView>>(),
        delete("/api/webauthn/credentials/{id}", credentials::delete).for_users(),
        patch("/api/webauthn/credentials/{id}", credentials::rename)
            .limited_for_user(Policy::GuardedChange)
            .for_users()
            .takes::<credentials::RenameBody>()
            .gives::<PasskeyView>(),
        post("/api/webauthn/login/finish", authentication::finish)
            .limited_by(Policy::Login)
            .body(limits::CEREMONY)
            .for_anyone()
            .takes::<Credential<PasskeyAssertion>>()
            .gives::<UserView>()
            .refuses(&[401, 409]),
        get("/api/webauthn/login/start", authentication::start)
            .changes_by_get()
            .for_anyone()
            .gives::<RequestOptions>()
            .refuses(&[409]),
        post("/api/webauthn/reauthenticate", reauthentication::reauthenticate)
            .limited_by(Policy::Reauthenticate)
            .body(limits::CEREMONY)
            .for_browsers()
            .may_take::<Credential<PasskeyAssertion>>()
            .refuses(&[409]),
        post("/api/webauthn/register/finish", registration::finish)
            .limited_for_user(Policy::GuardedChange)
            .body(limits::CEREMONY)
            .for_browsers()
            .takes::<Credential<Attestation>>()
            .gives::<PasskeyView>()
            .refuses(&[409]),
        get("/api/webauthn/register/start", registration::start)
            .changes_by_get()
            .for_browsers()
            .gives::<CreationOptions>()
            .refuses(&[409]),
    ]
}
