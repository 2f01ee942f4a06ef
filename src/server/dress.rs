//! The headers of an answer that depend on the route.

use hyper::{
    HeaderMap,
    header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY,
        STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
    },
};

use super::{
    App,
    audience::Audience,
    content_security_policy::POLICY,
    cors,
    failure::AnsweredCaller,
    http::{Head, Response, compression::accepts_gzip},
    isolation::{Isolation, PERMISSIONS},
    route::FoundRoute,
};

/// The headers that an answer gets because of its route and its request.
pub(super) struct Dress {
    isolation: Isolation,
    is_page: bool,
    is_on_other_hosts: bool,
    cors: Option<cors::CorsRequest>,
    may_compress: bool,
}

impl Dress {
    /// The headers for a request.
    pub(super) fn of(found: &FoundRoute<'_>, head: &Head) -> Self {
        Self {
            isolation: Isolation::of(found.route),
            is_page: found.route.audience() == Audience::Person,
            is_on_other_hosts: found.route.is_on_other_hosts(),
            cors: found.is_cors.then(|| cors::CorsRequest::of(&head.headers)),
            may_compress: accepts_gzip(&head.headers) && is_sent_by_us(head),
        }
    }

    /// Compresses the body, if it may be, the client accepts it, and no other site caused the request.
    pub(super) fn compress(&self, response: &mut Response) {
        if self.may_compress {
            response.compress();
        }
    }

    /// Adds the headers that every response carries, unless the handler set them.
    pub(super) fn complete(self, app: &App, caller: &AnsweredCaller, headers: &mut HeaderMap) {
        let mut default = |name: HeaderName, value: &'static str| {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        };
        default(CACHE_CONTROL, "private, no-store");
        default(CONTENT_SECURITY_POLICY, POLICY);
        default(REFERRER_POLICY, "no-referrer");
        default(X_CONTENT_TYPE_OPTIONS, "nosniff");
        default(X_FRAME_OPTIONS, "DENY");
        default(HeaderName::from_static("cross-origin-opener-policy"), self.isolation.opener);
        default(HeaderName::from_static("cross-origin-resource-policy"), self.isolation.resource);
        if self.is_page {
            default(HeaderName::from_static("permissions-policy"), PERMISSIONS);
        }
        if app.settings().app_url.is_https() && !self.is_on_other_hosts {
            default(STRICT_TRANSPORT_SECURITY, "max-age=31536000");
        }
        if let Some(cors) = self.cors {
            cors.complete(headers);
        }
        if let Ok(id) = HeaderValue::from_str(&caller.request_id) {
            headers.insert("x-request-id", id);
        }
    }
}

/// Whether this site or the person caused the request (Fetch Metadata §2.4). Another site that could
/// choose a part of a page, and see its length, could guess the rest of it.
fn is_sent_by_us(head: &Head) -> bool {
    matches!(head.header("sec-fetch-site"), Some("same-origin" | "none"))
}
