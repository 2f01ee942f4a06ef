//! The routes of this folder.

use super::{certificates, keys, krl, own};
use crate::{
    model::view::{NewSshCertificateView, SshCertificateView},
    server::{
        limiter::Policy,
        limits,
        route::{Route, delete, get, post},
    },
};

/// Lists the routes of this folder.
pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        post("/api/ssh/certificates", certificates::issue)
            .limited_for_user(Policy::SshCertificate)
            .body(limits::SSH_KEY)
            .for_tokens()
            .takes::<certificates::CertificateBody>()
            .creates::<NewSshCertificateView>()
            .refuses(&[404, 409]),
        get("/api/ssh/host-ca.pub", keys::host)
            .without_cookies()
            .for_anyone()
            .gives_media(&["text/plain"])
            .refuses(&[404]),
        get("/api/ssh/krl", krl::krl)
            .without_cookies()
            .quiet()
            .for_anyone()
            .gives_media(&["application/octet-stream"])
            .gives_empty(304)
            .refuses(&[404]),
        get("/api/ssh/user-ca.pub", keys::user)
            .without_cookies()
            .for_anyone()
            .gives_media(&["text/plain"])
            .refuses(&[404]),
        get("/api/users/me/ssh-certificates", own::list)
            .for_users()
            .gives::<Vec<SshCertificateView>>(),
        delete("/api/users/me/ssh-certificates/{id}", own::revoke).for_users(),
    ]
}
