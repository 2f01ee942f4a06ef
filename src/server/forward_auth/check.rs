//! `GET /api/forward-auth`: whether a request may pass.

use hyper::{
    Method, StatusCode,
    header::{HeaderName, HeaderValue, LOCATION, WWW_AUTHENTICATE},
};

use super::{
    BROWSER_SECONDS,
    asked::AskedRequest,
    callback::redeem,
    cookies::{HostCookie, HostCookies},
    credentials::{Passer, Shown, look},
    logout::sign_out,
    words::told,
};
use crate::{
    crypto::Digest,
    forward_auth::{CALLBACK, FOLDER, LOGOUT},
    model::{IdentityHeader, ProtectedHost},
    server::{
        failure::PageError,
        http::{Authorised, Head, Request, Response, request::Public},
        onward::MAX_LOCATION,
    },
    store::protected_hosts,
};

/// The longest list of groups, in bytes: proxies bound the headers of an answer.
const MAX_GROUPS: usize = 8 * 1024;

type Checked = Result<Response, PageError>;

/// What a proxy understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// It hands any answer but `2xx` on to the browser: Caddy, Traefik.
    HandsOn,
    /// It knows `401` and `403` only: nginx. The address to sign in at stands in `Location`.
    Status,
}

/// `GET /api/forward-auth`: `200` with the headers that tell who asks, or else what the browser has to do.
pub(super) async fn check(req: Request) -> Checked {
    let req = req.public();
    let asked = match AskedRequest::of(&req.app, &req.head) {
        Ok(asked) => asked,
        Err(fault) => return Ok(warned(&req, fault.into_response())),
    };
    match asked.path() {
        CALLBACK => redeem(&req, &asked).await,
        LOGOUT => sign_out(&req, &asked).await,
        path if path.starts_with(FOLDER) => Ok(told(404, "There is nothing at this address.")),
        _ => gate(&req, &asked, Dialect::HandsOn).await,
    }
}

/// `GET /api/forward-auth/nginx`: the same for `auth_request`, which needs `401` for a redirect.
pub(super) async fn check_for_nginx(req: Request) -> Checked {
    let req = req.public();
    match AskedRequest::of(&req.app, &req.head) {
        Ok(asked) => gate(&req, &asked, Dialect::Status).await,
        // nginx takes other answers for faults of its own.
        Err(fault) => Ok(warned(&req, fault.into_response().status(StatusCode::FORBIDDEN))),
    }
}

async fn gate(req: &Authorised<Public>, asked: &AskedRequest, dialect: Dialect) -> Checked {
    let address = asked.host.clone();
    let found = req.app.store().read(move |tx| protected_hosts::find_by_host(tx, &address));
    let Some(host) = found.await? else { return Ok(warned(req, unknown(asked))) };
    let shown = look(&req.app, &req.head, &host, &HostCookies::of(asked)).await?;
    Ok(match shown {
        Shown::Passer(passer) => pass(&host, Some(&passer)),
        _ if host.open_paths.include(asked.path()) => pass(&host, None),
        shown => {
            let is_refused = matches!(shown, Shown::Refused);
            challenge(req, asked, &host, Manner { dialect, is_refused })
        }
    })
}

/// Tells the log, too: checks are not logged, and nginx shows nobody what we answer.
fn warned(req: &Authorised<Public>, mut answer: Response) -> Response {
    let (head, status) = (&req.head, answer.status_code().as_u16());
    if req.app.request_log().admits(head.client_ip, status, head.now) {
        let note = answer.take_note();
        tracing::warn!(
            client_ip = %head.client_ip,
            request_id = head.request_id,
            detail = note.detail,
            "a proxy asked, but could not be answered"
        );
    }
    answer
}

/// The answer about a host that nobody protected.
fn unknown(asked: &AskedRequest) -> Response {
    let host = &asked.host;
    told(
        403,
        format!(
            "{host} is not protected here. An administrator can protect it: pocketid protect create {host}"
        ),
    )
}

/// Lets a request pass. Every header is set, also to nothing: a proxy then has a value that replaces a forged one.
fn pass(host: &ProtectedHost, passer: Option<&Passer>) -> Response {
    let mut response = Response::empty(StatusCode::OK);
    let user = passer.map(|passer| &passer.user);
    let names = &host.headers;
    let groups = passer.map(|passer| joined(&passer.groups));
    let values = [
        (&names.user, user.map(|user| user.username.to_string())),
        (&names.name, user.map(|user| user.shown_name())),
        (&names.email, user.and_then(|user| user.email.as_ref()).map(ToString::to_string)),
        (&names.groups, groups),
        (&names.id, user.map(|user| user.id.to_string())),
    ];
    for (name, value) in values {
        set(&mut response, name, &value.unwrap_or_default());
    }
    response
}

/// The names of groups in one header, as many as fit. A name with a comma would read as two groups.
fn joined(groups: &[String]) -> String {
    let mut text = String::new();
    for name in groups.iter().filter(|name| !name.contains(',')) {
        if text.len() + name.len() >= MAX_GROUPS {
            break;
        }
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(name);
    }
    text
}

/// Names that are not ASCII go as UTF-8.
fn set(response: &mut Response, name: &IdentityHeader, value: &str) {
    let Ok(name) = HeaderName::try_from(name.as_str()) else { return };
    let value = HeaderValue::from_bytes(value.as_bytes());
    response.headers_mut().insert(name, value.unwrap_or(HeaderValue::from_static("")));
}

/// How a request that may not pass is answered.
#[derive(Debug, Clone, Copy)]
struct Manner {
    dialect: Dialect,
    is_refused: bool,
}

/// Sends a browser to sign in. A program, and a script of a page, cannot: it gets `401`, or `403` when its user is refused.
fn challenge(
    req: &Authorised<Public>,
    asked: &AskedRequest,
    host: &ProtectedHost,
    manner: Manner,
) -> Response {
    if !is_navigation(&req.head) {
        if manner.is_refused {
            return told(403, format!("Your account may not use {}.", host.host));
        }
        let refused = told(401, format!("Sign in at {}/ first.", asked.origin()));
        let takes_tokens = host.accepts_bearer_tokens;
        return if takes_tokens { refused.header(WWW_AUTHENTICATE, "Bearer") } else { refused };
    }
    let cookies = HostCookies::of(asked);
    // Two tabs share one cookie, so that both can come back.
    let known = cookies.read(&req.head.headers, HostCookie::Browser);
    let browser = known.filter(|value| Digest::from_hex(value).is_some());
    let browser = browser.unwrap_or_else(|| Digest::of(req.app.rng().bytes::<32>()).hex());
    let settings = req.app.settings();
    let location = [asked.address(), asked.first_page()].map(|url| {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("url", &url)
            .append_pair("browser", &Digest::of(&browser).hex())
            .finish();
        settings.app_url.join(&format!("/forward-auth?{query}"))
    });
    // Many proxies take headers of 4 KiB at most.
    let location = location.iter().find(|location| location.len() <= MAX_LOCATION);
    let location = location.map(String::as_str).unwrap_or_default();
    let answer = match manner.dialect {
        Dialect::HandsOn => Response::redirect(StatusCode::FOUND, location),
        Dialect::Status => Response::empty(StatusCode::UNAUTHORIZED).header(LOCATION, location),
    };
    answer.no_store().cookie(&cookies.set(HostCookie::Browser, &browser, BROWSER_SECONDS))
}

/// Whether a person opens a page: only then a redirect leads anywhere. Browsers without Fetch Metadata ask for HTML.
fn is_navigation(head: &Head) -> bool {
    let method = head.header("x-forwarded-method").unwrap_or("GET");
    if ![Method::GET.as_str(), Method::HEAD.as_str()].contains(&method) {
        return false;
    }
    match head.header("sec-fetch-mode") {
        Some(mode) => mode == "navigate",
        None => head.header("accept").is_some_and(|accept| accept.contains("text/html")),
    }
}
