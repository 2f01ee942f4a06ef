//! What a browser is told of a bound session (W3C DBSC, JSON session instructions).

use serde::Serialize;

use crate::{
    model::SessionId,
    server::{
        App,
        bound_cookie::REFRESH_PATH,
        http::{Response, cookies::CookieKind},
    },
};

/// The session, as the browser has to treat it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::server) struct SessionInstructions {
    session_identifier: SessionId,
    refresh_url: &'static str,
    scope: SessionScope,
    credentials: [SessionCredential; 1],
    /// Applications send browsers to us from their own sites, and the cookie may have to be fetched first.
    allowed_refresh_initiators: [&'static str; 1],
}

/// Where the session counts: at our origin, but not for the parts of pages.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct SessionScope {
    include_site: bool,
    scope_specification: [ScopeRule; 1],
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ScopeRule {
    r#type: &'static str,
    domain: &'static str,
    path: &'static str,
}

/// The cookie that the browser fetches when it is missing.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct SessionCredential {
    r#type: &'static str,
    name: &'static str,
    attributes: &'static str,
}

/// The answer for a browser that has shown its key: a new cookie, and the instructions.
pub(super) fn answer(app: &App, id: SessionId, cookie: &str) -> Response {
    let instructions = SessionInstructions {
        session_identifier: id,
        refresh_url: REFRESH_PATH,
        scope: SessionScope {
            include_site: false,
            scope_specification: [ScopeRule { r#type: "exclude", domain: "*", path: "/assets/" }],
        },
        credentials: [SessionCredential {
            r#type: "cookie",
            name: app.cookies().name(CookieKind::BoundSession),
            attributes: app.cookies().attribute_text(),
        }],
        allowed_refresh_initiators: ["*"],
    };
    Response::json(&instructions).cookie(cookie).no_store()
}
