//! Requests of APIs that take and give JSON.

use std::time::Duration;

use http_body_util::Full;
use hyper::{Method, Request};
use url::Url;

use super::{Answer, Outbound, OutboundError, Outgoing, Reach, RequestHeader, Sink, path_of};

/// A request of an API.
#[derive(Debug)]
pub struct JsonRequest<'a> {
    /// Its method, such as `PATCH`.
    pub method: &'static str,
    /// Its headers, such as the media type of the body.
    pub headers: &'a [RequestHeader<'a>],
    /// Its body; `None` for a request without one.
    pub body: Option<String>,
    /// The longest accepted answer, in bytes.
    pub limit: usize,
}

/// A message to post.
#[derive(Debug)]
pub struct PostedMessage<'a> {
    /// Its headers, such as the media type of the body.
    pub headers: &'a [RequestHeader<'a>],
    /// Its body.
    pub body: String,
}

impl Outbound {
    /// Sends a request of an API. A redirect is an answer, and not followed.
    pub async fn call(
        &self,
        url: &Url,
        reach: Reach,
        time: Duration,
        request: JsonRequest<'_>,
    ) -> Result<Answer, OutboundError> {
        let JsonRequest { method, headers, body, limit } = request;
        let method = Method::from_bytes(method.as_bytes()).map_err(|_| OutboundError::Address)?;
        let mut request = Request::builder().method(method).uri(path_of(url));
        for RequestHeader { name, value } in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::from(body.unwrap_or_default()));
        self.send(url, reach, time, Outgoing { request, sink: Sink::Memory(limit) }).await
    }

    /// Posts a message whose receiver only says whether it takes it: the body of the answer is not read.
    /// A redirect is an answer, and not followed.
    pub async fn tell(
        &self,
        url: &Url,
        reach: Reach,
        time: Duration,
        message: PostedMessage<'_>,
    ) -> Result<Answer, OutboundError> {
        let PostedMessage { headers, body } = message;
        let mut request = Request::post(path_of(url));
        for RequestHeader { name, value } in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::from(body));
        self.send(url, reach, time, Outgoing { request, sink: Sink::Nowhere }).await
    }
}
