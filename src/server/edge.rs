//! What every request passes on its way in and out: id, address, limits, headers, the log line.

use std::{net::IpAddr, sync::Arc, time::Instant};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    HeaderMap, Method, StatusCode, Version,
    body::Incoming,
    header::{
        CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, EXPECT, HeaderName, HeaderValue,
        REFERRER_POLICY, RETRY_AFTER, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
        X_FRAME_OPTIONS,
    },
    http::request::Parts,
};

use super::{
    App,
    connections::{Connection, Working},
    content_security_policy::POLICY,
    cors,
    failure::{Caller, answer},
    http::{
        ApiError, Head, Request, Response,
        body::Body,
        client_ip::{Forwarded, client_ip},
        host,
    },
    isolation::{Isolation, PERMISSIONS},
    limiter::Policy,
    limits,
    refusal::Refusal,
    route::{Audience, Route, is_cors},
    same_site, speculative,
};
use crate::model::Timestamp;

/// With this header `/healthz` says whether it was asked through a proxy that is believed.
pub(super) const DOCTOR: &str = "x-pocketid-doctor";
/// What it says then.
pub(super) const FORWARDED: &str = "x-pocketid-forwarded";

/// Why a request is refused before anybody looks what it is about.
enum Fault {
    /// RFC 9112 §3.2
    Host(&'static str),
    /// Of headers; hyper counts those of HTTP/1.1 only.
    TooMany,
}

/// What a request brings along.
struct Passing<'a> {
    path: &'a str,
    working: Arc<Working>,
}

/// Answers a request.
pub(super) async fn handle(
    app: Arc<App>,
    connection: &Connection,
    request: hyper::Request<Incoming>,
) -> hyper::Response<Full<Bytes>> {
    let started = Instant::now();
    let (mut parts, body) = request.into_parts();
    let (path, version) = (parts.uri.path().to_owned(), parts.version);
    let (peer, trust) = (connection.peer(), &app.settings().trust_proxy);
    let forwarded = Forwarded::of(peer, &parts.headers, trust);
    let client_ip = client_ip(peer, &parts.headers, trust);
    let working = connection.begin(client_ip);
    let fault = Fault::of(&mut parts);
    let waits = parts.headers.contains_key(EXPECT);
    let is_doctor = parts.headers.contains_key(DOCTOR);
    let head = Head {
        client_ip,
        request_id: app.new_request_id(),
        now: app.now(),
        method: parts.method,
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
    };
    let (method, now) = (head.method.clone(), head.now);
    let caller = Caller::of(&head);
    let route = Route::find(&method, &path);
    let dress = Dress::of(&route, &path, &head);
    let name = route.name();
    let (body, rest) = Body::new(body);
    let request =
        Request::new(Arc::clone(&app), head, body).counted_for_user(route.policy_of_user());
    let mut response = match (fault, &working) {
        (Some(fault), _) => fault.into_response(request),
        (None, None) => too_busy(&app, &route, &caller, request),
        (None, Some(working)) => {
            let passing = Passing { path: &path, working: Arc::clone(working) };
            guarded(&app, route, &caller, passing, request).await
        }
    };
    // What is left of the body is read on nobody's account: its work is done.
    drop(working);
    // Whoever asks too much is not waited for.
    let unwanted = waits || is_too_much(response.status_code());
    if version < Version::HTTP_2 && !rest.drain(unwanted).await {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        connection.linger();
    }
    complete_headers(&app, &caller, &dress, response.headers_mut());
    if is_doctor && name == "/healthz" {
        response.headers_mut().insert(FORWARDED, HeaderValue::from_static(forwarded.as_str()));
    }
    if forwarded == Forwarded::Unbelieved {
        tell_of_proxy(&app, peer, &mut response);
    }
    log(
        &app,
        &mut response,
        &Line { method: &method, name, client_ip, caller: &caller, started, now },
    );
    let response = match method {
        Method::HEAD => response.without_body(),
        _ => response,
    };
    let (head, body) = response.into_parts();
    connection.hold(client_ip, body).map_or_else(unheld, |body| head.map(|()| Full::new(body)))
}

impl Fault {
    fn of(parts: &mut Parts) -> Option<Self> {
        if parts.version == Version::HTTP_2 && parts.headers.len() > limits::HEADER_COUNT {
            parts.headers = HeaderMap::new();
            return Some(Self::TooMany);
        }
        host::fault(parts).map(Self::Host)
    }

    /// Nobody reads this but whoever wrote the program that asks.
    fn into_response(self, request: Request) -> Response {
        drop(request);
        let (status, error, text) = match self {
            Self::Host(fault) => {
                let text = format!("This request names no single host: {fault}.\n");
                (StatusCode::BAD_REQUEST, "invalid_host", text)
            }
            Self::TooMany => {
                let text =
                    format!("This request has more than {} headers.\n", limits::HEADER_COUNT);
                (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "too_many_headers", text)
            }
        };
        let detail = text.trim_end().to_owned();
        Response::bytes("text/plain; charset=utf-8", text).status(status).log_error(error, detail)
    }
}

/// Whether an answer says that there is too much to do.
fn is_too_much(status: StatusCode) -> bool {
    matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
}

fn too_busy(app: &Arc<App>, route: &Route, caller: &Caller, request: Request) -> Response {
    drop(request);
    Refusal::TooMany(1).into_response(route.audience(), app, caller)
}

/// Said when too many answers of this client wait to be taken.
fn unheld() -> hyper::Response<Full<Bytes>> {
    let mut refused = hyper::Response::new(Full::default());
    *refused.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    refused.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    refused
}

/// Says once for each proxy that it is not believed, and again with each refusal that follows from it.
fn tell_of_proxy(app: &App, peer: IpAddr, response: &mut Response) {
    app.proxy_warning().tell(peer);
    if response.status_code() == StatusCode::TOO_MANY_REQUESTS {
        response.add_detail(&format!(
            "the headers of the proxy {peer} are not believed: see TRUST_PROXY"
        ));
    }
}

/// Refuses a request that carries a cookie of ours twice, and has the browser forget both.
fn repeated_cookie(
    app: &App,
    route: &Route,
    caller: &Caller,
    path: &str,
    head: &Head,
) -> Option<Response> {
    let cookies = app.cookies();
    let repeated = cookies.repeated(&head.headers);
    if repeated.is_empty() || !route.reads_cookies() {
        return None;
    }
    let refusal = Refusal::RepeatedCookie.into_response(route.audience(), app, caller);
    let removed = repeated.iter().flat_map(|kind| cookies.remove_everywhere(*kind, path));
    Some(removed.fold(refusal, |response, cookie| response.cookie(&cookie)))
}

/// Checks what holds for every route, then runs its handler, for a bounded time.
async fn guarded(
    app: &Arc<App>,
    route: Route,
    caller: &Caller,
    passing: Passing<'_>,
    request: Request,
) -> Response {
    let Passing { path, working } = passing;
    let audience = route.audience();
    let over = |policy: Policy| app.limiter().check(policy, request.head.client_ip).err();
    if let Some(seconds) = route.is_counted().then_some(Policy::Api).and_then(over) {
        return Refusal::TooMany(seconds).into_response(audience, app, caller);
    }
    if let Some(refusal) = repeated_cookie(app, &route, caller, path, &request.head) {
        return refusal;
    }
    if let Some(response) = speculative::answer(&route, &request.head) {
        return response;
    }
    if let Err(error) = same_site::check(app, &route, &request.head) {
        return answer::<ApiError>(Err(error), app, caller);
    }
    // After that check: what other sites make a browser send does not use up what its network may do.
    if let Some(seconds) = route.policy().and_then(over) {
        return Refusal::TooMany(seconds).into_response(audience, app, caller);
    }
    // A task of its own: a panic in it is one failed request, not a closed connection. It counts until it ends,
    // also when whoever asked is gone: otherwise streams that are reset would make work without a bound.
    let work = super::dispatch::dispatch(Arc::clone(app), route, caller.clone(), request);
    let work = tokio::spawn(async move {
        let _working = working;
        tokio::time::timeout(limits::REQUEST_TIME, work).await
    });
    let refusal = match work.await {
        Ok(Ok(response)) => return response,
        Ok(Err(_elapsed)) => Refusal::TimedOut,
        Err(_panic) => Refusal::Panicked,
    };
    refusal.into_response(audience, app, caller)
}

/// What an answer wears because of where it was asked for.
struct Dress {
    isolation: Isolation,
    is_page: bool,
    cors: Option<cors::Asked>,
}

impl Dress {
    fn of(route: &Route, path: &str, head: &Head) -> Self {
        Self {
            isolation: Isolation::of(route),
            is_page: route.audience() == Audience::Person,
            cors: is_cors(path).then(|| cors::Asked::of(&head.headers)),
        }
    }
}

/// Adds what every response carries, unless the handler knew better.
fn complete_headers(app: &App, caller: &Caller, dress: &Dress, headers: &mut HeaderMap) {
    let mut default = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    default(CACHE_CONTROL, "private, no-store");
    default(CONTENT_SECURITY_POLICY, POLICY);
    default(REFERRER_POLICY, "no-referrer");
    default(X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(X_FRAME_OPTIONS, "DENY");
    default(HeaderName::from_static("cross-origin-opener-policy"), dress.isolation.opener);
    default(HeaderName::from_static("cross-origin-resource-policy"), dress.isolation.resource);
    if dress.is_page {
        default(HeaderName::from_static("permissions-policy"), PERMISSIONS);
    }
    if app.settings().app_url.is_https() {
        default(STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if let Some(cors) = dress.cors.clone() {
        cors.complete(headers);
    }
    if let Ok(id) = HeaderValue::from_str(&caller.request_id) {
        headers.insert("x-request-id", id);
    }
}

struct Line<'a> {
    method: &'a Method,
    name: &'static str,
    client_ip: IpAddr,
    caller: &'a Caller,
    started: Instant,
    now: Timestamp,
}

/// The one line of a request, unless its address had too many of them. Neither its path nor its query
/// is in it: both hold codes.
fn log(app: &App, response: &mut Response, line: &Line<'_>) {
    let note = response.take_note();
    let status = response.status_code().as_u16();
    // Of what is asked for by itself, failures are of interest.
    let is_quiet = status < 500 && matches!(line.name, "/assets/{file}" | "/healthz");
    if !is_quiet && !app.request_log().admits(line.client_ip, status, line.now) {
        return;
    }
    let duration_ms = line.started.elapsed().as_secs_f64() * 1_000.0;
    macro_rules! event {
        ($level:ident) => {
            tracing::$level!(
                method = %line.method,
                route = line.name,
                status,
                duration_ms = (duration_ms * 100.0).round() / 100.0,
                client_ip = %line.client_ip,
                request_id = line.caller.request_id,
                client_id = note.client_id,
                error = note.error,
                detail = note.detail,
                "request"
            )
        };
    }
    match status {
        500.. => event!(error),
        _ if is_quiet => event!(debug),
        _ => event!(info),
    }
}
