//! Requests of APIs.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Method, Request};
use url::Url;

use super::{
    Answer, Outbound, OutboundError, Outgoing, Reach, RequestHeader, Sink, path_of, with_headers,
};

/// A request of an API.
#[derive(Debug)]
pub struct ApiRequest<'a> {
    /// Its method, such as `PATCH`.
    pub method: &'static str,
    /// Its headers, such as the media type of the body.
    pub headers: &'a [RequestHeader<'a>],
    /// Its body; `None` for a request without one.
    pub body: Option<Bytes>,
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
        request: ApiRequest<'_>,
    ) -> Result<Answer, OutboundError> {
        let ApiRequest { method, headers, body, limit } = request;
        let method = Method::from_bytes(method.as_bytes()).map_err(|_| OutboundError::Address)?;
        let request = Request::builder().method(method).uri(path_of(url));
        let request = with_headers(request, headers);
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
        let request = with_headers(Request::post(path_of(url)), headers);
        let request = request.body(Full::from(body));
        self.send(url, reach, time, Outgoing { request, sink: Sink::Nowhere }).await
    }
}
