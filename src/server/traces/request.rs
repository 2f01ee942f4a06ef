//! The span of a request ("Semantic Conventions for HTTP Spans").

use hyper::{HeaderMap, Method};
use opentelemetry::{propagation::TextMapPropagator as _, trace::TraceContextExt as _};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::{Span, field::Empty};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::server::http::client_ip::Forwarded;

/// The span of a request; of none, while traces are off.
pub(in crate::server) struct RequestTrace(Span);

impl RequestTrace {
    /// Begins the span of a request to the path of a route. It belongs to the trace that `traceparent` names
    /// ("Trace Context", §3.2) if a trusted proxy says so: strangers could have all of their requests
    /// recorded, and mix them into the traces of others.
    pub(in crate::server) fn begin(
        method: &Method,
        route: &'static str,
        headers: &HeaderMap,
        forwarded: Forwarded,
    ) -> Self {
        let method = known(method);
        let span = tracing::trace_span!(
            "request",
            otel.name = format!("{method} {route}"),
            otel.kind = "server",
            otel.status_code = Empty,
            http.request.method = method,
            http.route = route,
            http.response.status_code = Empty,
            error.type = Empty,
        );
        if forwarded == Forwarded::Believed && !span.is_disabled() {
            let parent = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
            // It has not begun: nothing else has set one.
            drop(span.set_parent(parent));
        }
        Self(span)
    }

    /// The span, for the work of the request.
    pub(in crate::server) fn span(&self) -> Span {
        self.0.clone()
    }

    /// The id of the trace, for the log line.
    pub(in crate::server) fn id(&self) -> Option<String> {
        if self.0.is_disabled() {
            return None;
        }
        let context = self.0.context();
        let id = context.span().span_context().trace_id();
        Some(id.to_string())
    }

    /// Notes the result.
    pub(in crate::server) fn end(&self, status: u16, error: Option<&str>) {
        self.0.record("http.response.status_code", i64::from(status));
        if let Some(error) = error {
            self.0.record("error.type", error);
        }
        // A mistake of a client is no error of the server.
        if status >= 500 {
            self.0.record("otel.status_code", "ERROR");
        }
    }
}

/// The name of a method. Strangers can make up any number of them, and each would be a name of a span.
fn known(method: &Method) -> &str {
    match *method {
        Method::DELETE
        | Method::GET
        | Method::HEAD
        | Method::OPTIONS
        | Method::PATCH
        | Method::POST
        | Method::PUT => method.as_str(),
        _ => "_OTHER",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_that_strangers_make_up_have_one_name() {
        assert_eq!(known(&Method::GET), "GET");
        assert_eq!(known(&Method::from_bytes(b"SECRET").unwrap()), "_OTHER");
    }
}
