//! The routes of this folder.

use super::{accounts, authority, ca_keys, certificates, host_certificates, users};
use crate::{
    model::view::{
        NewSshCertificateView, SshAccountView, SshCaKeyView, SshCertificateView, SshUserView,
    },
    server::{
        limiter::Policy,
        limits,
        route::{Route, delete, get, post, put},
    },
};

/// Lists the routes of this folder.
pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        put("/api/ssh-authority", authority::enable).gives::<Vec<SshCaKeyView>>().refuses(&[409]),
        delete("/api/ssh-authority", authority::disable).refuses(&[404]),
        get("/api/ssh-accounts", accounts::list).lists::<SshAccountView>(),
        post("/api/ssh-accounts", accounts::create)
            .body(limits::ID_LIST)
            .takes::<accounts::AccountBody>()
            .creates::<SshAccountView>()
            .refuses(&[409]),
        get("/api/ssh-accounts/{id}", accounts::show).gives::<SshAccountView>(),
        put("/api/ssh-accounts/{id}", accounts::update)
            .body(limits::ID_LIST)
            .takes::<accounts::AccountBody>()
            .gives::<SshAccountView>()
            .refuses(&[409]),
        delete("/api/ssh-accounts/{id}", accounts::delete),
        get("/api/ssh-ca-keys", ca_keys::list).gives::<Vec<SshCaKeyView>>(),
        post("/api/ssh-ca-keys", ca_keys::create)
            .takes::<ca_keys::KeyBody>()
            .creates::<Vec<SshCaKeyView>>()
            .refuses(&[404, 409]),
        post("/api/ssh-ca-keys/{id}/activate", ca_keys::activate)
            .gives::<Vec<SshCaKeyView>>()
            .refuses(&[409]),
        delete("/api/ssh-ca-keys/{id}", ca_keys::remove).refuses(&[409]),
        get("/api/ssh-certificates", certificates::list).lists::<SshCertificateView>(),
        delete("/api/ssh-certificates/{id}", certificates::revoke),
        post("/api/ssh-host-certificates", host_certificates::sign)
            .limited_for_user(Policy::SshHostCertificate)
            .body(limits::SSH_KEY)
            .takes::<host_certificates::HostBody>()
            .creates::<NewSshCertificateView>()
            .refuses(&[404, 409]),
        get("/api/ssh-users", users::list).lists::<SshUserView>(),
        get("/api/ssh-users/{id}", users::show).gives::<SshUserView>(),
        post("/api/ssh-users/{id}/confirm", users::confirm)
            .takes::<users::ConfirmBody>()
            .gives::<SshUserView>()
            .refuses(&[409]),
        post("/api/ssh-users/{id}/withdraw", users::withdraw)
            .gives::<SshUserView>()
            .refuses(&[409]),
    ]
}
