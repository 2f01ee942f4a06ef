//! The routes of the well-known documents.

use super::{change_password, passkey_endpoints, related_origins, security_txt, web_finger};
use crate::server::route::{Route, get, page};

/// The routes.
pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        page("/.well-known/change-password", change_password::lead).for_anyone().without_cookies(),
        get("/.well-known/passkey-endpoints", passkey_endpoints::show)
            .without_cookies()
            .for_anyone()
            .gives::<passkey_endpoints::PasskeyEndpoints>(),
        get("/.well-known/security.txt", security_txt::show)
            .without_cookies()
            .for_anyone()
            .gives_media(&["text/plain"])
            .refuses(&[404]),
        get("/.well-known/webauthn", related_origins::show)
            .without_cookies()
            .for_anyone()
            .gives::<related_origins::RelatedOrigins>()
            .refuses(&[404]),
        get("/.well-known/webfinger", web_finger::describe)
            .cors()
            .without_cookies()
            .for_anyone()
            .asks("resource")
            .may_ask("rel")
            .gives_media(&["application/jrd+json"])
            .refuses(&[400, 404]),
    ]
}
