//! What every request passes on its way in and out: id, address, limits, headers, the log line.

use std::{net::IpAddr, sync::Arc, time::Instant};

use http_body_util::Full;
use hyper::{
    HeaderMap, Method,
    body::Incoming,
    header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY,
        STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
    },
};

use super::{
    App,
    content_security_policy::POLICY,
    cors,
    failure::{Caller, answer},
    http::{ApiError, Head, Request, Response, client_ip::client_ip, request::check_same_site},
    limits,
    refusal::Refusal,
    route::{Route, is_cors},
    speculative,
};

/// Answers a request.
pub(super) async fn handle(
    app: Arc<App>,
    peer: IpAddr,
    request: hyper::Request<Incoming>,
) -> hyper::Response<Full<bytes::Bytes>> {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let head = Head {
        client_ip: client_ip(peer, &parts.headers, &app.settings().trust_proxy),
        request_id: app.new_request_id(),
        now: app.now(),
        method: parts.method,
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
    };
    let (method, client_ip) = (head.method.clone(), head.client_ip);
    let caller = Caller::of(&head);
    let cors = is_cors(&path).then(|| cors::Asked::of(&head.headers));
    let route = Route::find(&method, &path);
    let name = route.name();
    let request = Request::new(Arc::clone(&app), head, body);
    let mut response = guarded(&app, route, &caller, &path, request).await;
    complete_headers(&app, &caller, response.headers_mut());
    if let Some(cors) = cors {
        cors.complete(response.headers_mut());
    }
    log(&mut response, &Line { method: &method, name, client_ip, caller: &caller, started });
    match method {
        Method::HEAD => response.without_body(),
        _ => response,
    }
    .into_hyper()
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
    path: &str,
    request: Request,
) -> Response {
    let audience = route.audience();
    for policy in route.policies() {
        if let Err(seconds) = app.limiter().check(*policy, request.head.client_ip) {
            return Refusal::TooMany(seconds).into_response(audience, app, caller);
        }
    }
    if let Some(refusal) = repeated_cookie(app, &route, caller, path, &request.head) {
        return refusal;
    }
    if let Some(response) = speculative::answer(&route, &request.head) {
        return response;
    }
    if !route.is_protocol()
        && let Err(error) = check_same_site(app, &request.head)
    {
        return answer::<ApiError>(Err(error), app, caller);
    }
    // A task of its own: a panic in it is one failed request, not a closed connection.
    let work =
        tokio::spawn(super::dispatch::dispatch(Arc::clone(app), route, caller.clone(), request));
    let abort = work.abort_handle();
    let refusal = match tokio::time::timeout(limits::REQUEST_TIME, work).await {
        Ok(Ok(response)) => return response,
        Ok(Err(_panic)) => Refusal::Panicked,
        Err(_elapsed) => {
            abort.abort();
            Refusal::TimedOut
        }
    };
    refusal.into_response(audience, app, caller)
}

/// Adds what every response carries, unless the handler knew better.
fn complete_headers(app: &App, caller: &Caller, headers: &mut HeaderMap) {
    let mut default = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    default(CACHE_CONTROL, "private, no-store");
    default(CONTENT_SECURITY_POLICY, POLICY);
    default(REFERRER_POLICY, "no-referrer");
    default(X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(X_FRAME_OPTIONS, "DENY");
    if app.settings().app_url.is_https() {
        default(STRICT_TRANSPORT_SECURITY, "max-age=31536000");
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
}

/// The one line of a request. Neither its path nor its query is in it: both hold codes.
fn log(response: &mut Response, line: &Line<'_>) {
    let note = response.take_note();
    let status = response.status_code().as_u16();
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
        _ if line.name == "/healthz" => event!(debug),
        _ => event!(info),
    }
}
