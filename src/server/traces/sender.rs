//! Sends batches of spans to the collector (OTLP over HTTP).

use std::{
    fmt,
    pin::Pin,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use hyper::{Request, Response};
use opentelemetry_http::{Bytes, HttpClient, HttpError};
use tokio::runtime::{Builder, Runtime};
use url::Url;

use crate::{
    crypto::tls::Authorities,
    outbound::{Answer, ApiRequest, Outbound, Reach, RequestHeader},
};

/// The longest accepted answer, in bytes.
const MAX_ANSWER: usize = 256 * 1024;

/// The form that the exporter wants.
type Sending<'f> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'f>>;

/// An HTTP client for the exporter.
pub(super) struct SpanSender {
    outbound: Outbound,
    time: Duration,
    has_failed: AtomicBool,
}

impl fmt::Debug for SpanSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SpanSender")
    }
}

impl SpanSender {
    pub(super) fn new(authorities: Authorities, time: Duration) -> Self {
        let outbound = Outbound::trusting(authorities);
        Self { outbound, time, has_failed: AtomicBool::new(false) }
    }

    /// Sends one batch. The thread of the exporter has no runtime, and outlives that of the server: the last
    /// batch leaves when the server has stopped.
    fn send(&self, request: &Request<Bytes>) -> Result<Answer, HttpError> {
        let runtime: Runtime = Builder::new_current_thread().enable_all().build()?;
        let url = Url::parse(&request.uri().to_string())?;
        let headers = request.headers().iter();
        let headers: Vec<_> = headers
            .filter_map(|(name, value)| {
                Some(RequestHeader { name: name.as_str(), value: value.to_str().ok()? })
            })
            .collect();
        let body = Some(request.body().clone());
        let request = ApiRequest { method: "POST", headers: &headers, body, limit: MAX_ANSWER };
        Ok(runtime.block_on(self.outbound.call(&url, Reach::Anywhere, self.time, request))?)
    }

    /// Says that spans are lost, and that they are not any more: once each.
    fn tell(&self, result: &Result<Answer, HttpError>) {
        let fault = match result {
            Ok(answer) if (200..300).contains(&answer.status) => None,
            Ok(answer) => Some(format!("it answered {}", answer.status)),
            Err(error) => Some(error.to_string()),
        };
        let had_failed = self.has_failed.swap(fault.is_some(), Ordering::Relaxed);
        match fault {
            Some(fault) if !had_failed => tracing::warn!(
                "cannot send spans to the collector, so they are lost: {fault}; see \
                 OTEL_EXPORTER_OTLP_ENDPOINT"
            ),
            None if had_failed => tracing::info!("spans reach the collector again"),
            _ => {}
        }
    }
}

impl HttpClient for SpanSender {
    fn send_bytes<'s, 'f>(&'s self, request: Request<Bytes>) -> Sending<'f>
    where
        's: 'f,
    {
        Box::pin(async move {
            let result = self.send(&request);
            self.tell(&result);
            let answer = result?;
            Ok(Response::builder().status(answer.status).body(answer.body)?)
        })
    }
}
