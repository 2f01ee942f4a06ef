//! The steps around every request: id, address, limits, headers, the log line.

use std::{net::IpAddr, sync::Arc, time::Instant};

use hyper::{
    HeaderMap, Method, StatusCode, Version,
    body::Incoming,
    header::{CONNECTION, EXPECT, HeaderValue, RETRY_AFTER},
    http::request::Parts,
};
use tracing::{Instrument as _, Span};

use super::{
    App,
    connections::{Connection, Working},
    dress::Dress,
    failure::{AnsweredCaller, answer},
    http::{
        ApiError, BadCookie, Head, Request, Response,
        body::Body,
        client_ip::{Forwarded, client_ip},
        cookies::CookieKind,
        host,
        response::ResponseBody,
    },
    limiter::Policy,
    limits,
    metrics::ObservedRequest,
    refusal::RequestRefusal,
    route::{Call, FoundRoute, Route},
    routes, same_site,
    sent::Sent,
    speculative,
    traces::RequestTrace,
};
use crate::{doctor, model::Timestamp};

/// Why a request is refused before its handler runs.
enum Fault {
    /// RFC 9112 §3.2
    Host(&'static str),
    /// Too many headers. hyper limits their number for HTTP/1.1 only.
    TooMany,
}

/// A request with its route and its caller.
struct Passing<'a> {
    found: FoundRoute<'static>,
    path: &'a str,
    caller: &'a AnsweredCaller,
    working: Arc<Working>,
    span: Span,
}

/// The sender of a request, according to its connection and its headers.
struct Sender {
    peer: IpAddr,
    client_ip: IpAddr,
    forwarded: Forwarded,
    is_doctor: bool,
    /// Whether it claims to have a certificate as the doctor does, and would be believed.
    claims_certificate: bool,
}

/// Answers a request.
pub(super) async fn handle(
    app: Arc<App>,
    connection: &Arc<Connection>,
    request: hyper::Request<Incoming>,
) -> hyper::Response<Sent> {
    let started = Instant::now();
    let (mut parts, body) = request.into_parts();
    let (path, version) = (parts.uri.path().to_owned(), parts.version);
    let sender = Sender::of(&app, connection, &parts.headers);
    let receiving = connection.receive();
    let working = connection.begin(sender.client_ip);
    let fault = Fault::of(&mut parts);
    let waits = parts.headers.contains_key(EXPECT);
    let head = head(&app, parts, &sender);
    let found = routes::find(&head.method, &path);
    let trace =
        RequestTrace::begin(&head.method, found.route.name(), &head.headers, sender.forwarded);
    let (caller, dress) = (AnsweredCaller::of(&head), Dress::of(&found, &head));
    let (route, method, now) = (found.route, head.method.clone(), head.now);
    let bad_second_cookie = head.bad_second_cookie.clone();
    let (body, rest) = Body::new(body, route.body_limit());
    let body = body.declared_as(route.taken_type());
    let request =
        Request::new(Arc::clone(&app), head, body).counted_for_user(route.policy_of_user());
    let mut response = match (fault, &working) {
        (Some(fault), _) => fault.into_response(request),
        (None, None) => too_busy(&app, route, &caller, request),
        (None, Some(working)) => {
            let working = Arc::clone(working);
            let span = trace.span();
            let passing = Passing { found, path: &path, caller: &caller, working, span };
            guarded(&app, passing, request).await
        }
    };
    if bad_second_cookie.is_noted() {
        response = response.cookie(&app.cookies().remove(CookieKind::BoundSession));
    }
    let unwanted = waits || is_too_much(response.status_code());
    dress.compress(&mut response);
    dress.complete(&app, &caller, response.headers_mut());
    sender.tell(&app, route, &mut response);
    let client_ip = sender.client_ip;
    let line = Line { method: &method, route, client_ip, caller: &caller, started, now, trace };
    log(&app, &mut response, &line);
    let response = match method {
        Method::HEAD => response.without_body(),
        _ => response,
    };
    let (head, body) = response.into_parts();
    // Counted before the rest of the request is awaited: from here on the answer is in memory.
    let body = match body {
        ResponseBody::Bytes(bytes) => connection.hold(client_ip, bytes).map(Sent::whole),
        ResponseBody::Pieces(pieces) => Some(Sent::pieces(pieces, connection, client_ip)),
    };
    let mut response = body.map_or_else(unheld, |body| head.map(|()| body));
    // The rest of the body is drained without counting for the client: its work is done.
    drop(working);
    // Does not read the body of a client over its limits, nor one that waits for `100 Continue`.
    if version < Version::HTTP_2 && !rest.drain(unwanted).await {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        connection.linger();
    }
    drop(receiving);
    response
}

fn head(app: &App, parts: Parts, sender: &Sender) -> Head {
    Head {
        client_ip: sender.client_ip,
        may_pass_certificate: may_pass_certificate(app, &parts, sender),
        request_id: app.new_request_id(),
        now: app.now(),
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        bad_second_cookie: BadCookie::default(),
    }
}

/// Whether the certificate of the request counts. In HTTP/1.1, too, the request target goes before `Host`.
fn may_pass_certificate(app: &App, parts: &Parts, sender: &Sender) -> bool {
    let header = || parts.headers.get(hyper::header::HOST)?.to_str().ok();
    let host = parts.uri.authority().map(hyper::http::uri::Authority::as_str).or_else(header);
    app.settings().client_certificate.believes(sender.peer, host)
}

impl Sender {
    fn of(app: &App, connection: &Connection, headers: &HeaderMap) -> Self {
        let (peer, trust) = (connection.peer(), &app.settings().trust_proxy);
        Self {
            peer,
            client_ip: client_ip(peer, headers, trust),
            forwarded: Forwarded::of(peer, headers, trust),
            is_doctor: headers.contains_key(doctor::ASKED),
            claims_certificate: claims_certificate(app, headers)
                && app.settings().client_certificate.proxies.trusts(peer),
        }
    }

    /// Reports in the answer and in the log whether the proxy is trusted.
    fn tell(&self, app: &App, route: &Route, response: &mut Response) {
        if self.is_doctor && route.name() == "/healthz" {
            let forwarded = HeaderValue::from_static(self.forwarded.as_str());
            response.headers_mut().insert(doctor::FORWARDED, forwarded);
        }
        if self.claims_certificate && route.name() == "/healthz" {
            let yes = HeaderValue::from_static("yes");
            response.headers_mut().insert(doctor::CERTIFICATE_PASSED, yes);
        }
        if self.forwarded == Forwarded::Unbelieved {
            tell_of_proxy(app, self.peer, response);
        }
    }
}

fn claims_certificate(app: &App, headers: &HeaderMap) -> bool {
    let name = app.settings().client_certificate.header.as_deref();
    let value = name.and_then(|name| headers.get(name));
    value.is_some_and(|value| value == doctor::CERTIFICATE_CLAIM)
}

impl Fault {
    fn of(parts: &mut Parts) -> Option<Self> {
        if parts.version == Version::HTTP_2 && parts.headers.len() > limits::HEADER_COUNT {
            parts.headers = HeaderMap::new();
            return Some(Self::TooMany);
        }
        host::fault(parts).map(Self::Host)
    }

    /// Plain text: only the author of the calling program reads it.
    fn into_response(self, request: Request) -> Response {
        drop(request);
        let (status, error, text) = match self {
            Self::Host(fault) => {
                let text = format!("This request does not name exactly one host: {fault}.\n");
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

/// Whether an answer says that the server has too much to do.
fn is_too_much(status: StatusCode) -> bool {
    matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
}

/// The refusal of one request too many.
fn too_many(route: &Route, seconds: u64) -> RequestRefusal {
    if route.must_be_tried_again() {
        RequestRefusal::TooBusy(seconds)
    } else {
        RequestRefusal::TooMany(seconds)
    }
}

fn too_busy(app: &Arc<App>, route: &Route, caller: &AnsweredCaller, request: Request) -> Response {
    drop(request);
    too_many(route, 1).into_response(route.audience(), app, caller)
}

/// The answer when too many answers of this client wait to be sent.
fn unheld() -> hyper::Response<Sent> {
    let mut refused = hyper::Response::new(Sent::Whole(None));
    *refused.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    refused.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    refused
}

/// Warns once for each untrusted proxy, and again with each refusal that follows from it.
fn tell_of_proxy(app: &App, peer: IpAddr, response: &mut Response) {
    app.proxy_warning().tell(peer);
    if response.status_code() == StatusCode::TOO_MANY_REQUESTS {
        response.add_detail(&format!(
            "the headers of the proxy {peer} are not trusted: see TRUST_PROXY"
        ));
    }
}

/// Refuses a request that carries one of our cookies twice, and makes the browser delete both.
fn repeated_cookie(
    app: &App,
    route: &Route,
    caller: &AnsweredCaller,
    path: &str,
    head: &Head,
) -> Option<Response> {
    let cookies = app.cookies();
    let repeated = cookies.repeated(&head.headers);
    if repeated.is_empty() || !route.reads_cookies() {
        return None;
    }
    let refusal = RequestRefusal::RepeatedCookie.into_response(route.audience(), app, caller);
    let removed = repeated.iter().flat_map(|kind| cookies.remove_everywhere(*kind, path));
    Some(removed.fold(refusal, |response, cookie| response.cookie(&cookie)))
}

/// Checks the rules for every route, then runs its handler within a time limit.
async fn guarded(app: &Arc<App>, passing: Passing<'_>, request: Request) -> Response {
    let Passing { found: FoundRoute { route, parameters, .. }, path, caller, working, span } =
        passing;
    let audience = route.audience();
    let over = |policy: Policy| app.limiter().check(policy, request.head.client_ip).err();
    if let Some(seconds) = route.is_counted().then_some(Policy::Api).and_then(over) {
        return too_many(route, seconds).into_response(audience, app, caller);
    }
    if let Some(refusal) = repeated_cookie(app, route, caller, path, &request.head) {
        return refusal;
    }
    if let Some(response) = speculative::answer(route, &request.head) {
        return response;
    }
    if let Err(error) = same_site::check(app, route, &request.head) {
        return answer::<ApiError>(Err(error), app, caller);
    }
    // Runs after the same-site check: requests that other sites trigger in a browser do not use up
    // the limits of its network.
    if let Some(seconds) = route.policies().iter().copied().find_map(over) {
        return too_many(route, seconds).into_response(audience, app, caller);
    }
    let call = Call { app: Arc::clone(app), caller: caller.clone(), request, parameters };
    // Runs in a task of its own: a panic in it fails one request and leaves the connection open.
    // The request counts until the task ends, even when the caller is gone. Otherwise reset streams
    // would create work without a bound.
    let work = async move {
        let _working = working;
        tokio::time::timeout(limits::REQUEST_TIME, route.answer(call)).await
    };
    let work = tokio::spawn(work.instrument(span));
    let refusal = match work.await {
        Ok(Ok(response)) => return response,
        Ok(Err(_elapsed)) => RequestRefusal::TimedOut,
        Err(_panic) => RequestRefusal::Panicked,
    };
    refusal.into_response(audience, app, caller)
}

struct Line<'a> {
    method: &'a Method,
    route: &'static Route,
    client_ip: IpAddr,
    caller: &'a AnsweredCaller,
    started: Instant,
    now: Timestamp,
    trace: RequestTrace,
}

/// Logs one line for a request, unless its address had too many of them. The line has neither the
/// path nor the query: both may hold codes.
fn log(app: &App, response: &mut Response, line: &Line<'_>) {
    let note = response.take_note();
    let status = response.status_code().as_u16();
    line.trace.end(status, note.error);
    if let Some(metrics) = app.metrics() {
        metrics.observe(&ObservedRequest {
            route_number: line.route.number(),
            method: line.route.methods().next().unwrap_or("any"),
            path: line.route.name(),
            status,
            duration: line.started.elapsed(),
            error: note.error,
            issued: note.issued,
        });
    }
    // For quiet routes, only failures are logged.
    let is_quiet = status < 500 && line.route.is_quiet();
    if !is_quiet && !app.request_log().admits(line.client_ip, status, line.now) {
        return;
    }
    let duration_ms = line.started.elapsed().as_secs_f64() * 1_000.0;
    macro_rules! event {
        ($level:ident) => {
            tracing::$level!(
                method = %line.method,
                route = line.route.name(),
                status,
                duration_ms = (duration_ms * 100.0).round() / 100.0,
                client_ip = %line.client_ip,
                request_id = line.caller.request_id,
                trace_id = line.trace.id(),
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
