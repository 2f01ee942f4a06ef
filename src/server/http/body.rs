//! Reads bodies: limited in size and time, and only of the expected media type.

use std::{
    any::type_name,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::{
    StatusCode,
    body::{Body as _, Incoming},
    header::CONTENT_TYPE,
};
use tokio::time::Instant;

use super::{super::limits, ApiError, Head};
use crate::oidc::OAuthError;

/// The time limit for receiving a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// How many bytes a second an upload has to send, after a grace.
const PACE: f64 = 16.0 * 1024.0;
const PACE_GRACE: Duration = Duration::from_secs(2);

/// The reason why a body was not read.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// The connection broke.
    #[error("the body ended early: {0}")]
    Broken(String),
    /// The body has another media type.
    #[error("the Content-Type is not {0}")]
    MediaType(&'static str),
    /// The body did not arrive in time.
    #[error("the body did not arrive in time")]
    Slow,
    /// The body is larger than the endpoint accepts.
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
}

impl From<BodyError> for ApiError {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge(limit) => {
                let message = format!("Request body must not exceed {limit} bytes");
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "file_too_large", message)
            }
            BodyError::Slow => {
                Self::new(StatusCode::REQUEST_TIMEOUT, "request_timeout", "Request timed out")
            }
            error => Self::invalid_body(error),
        }
    }
}

impl From<BodyError> for OAuthError {
    fn from(error: BodyError) -> Self {
        Self::invalid_request(format!("The request cannot be read: {error}."))
    }
}

/// The body of a request. On drop, unread input goes to [`Rest`], which the edge drains.
#[derive(Debug)]
pub struct Body {
    incoming: Option<Incoming>,
    /// The maximum size that the endpoint accepts, in bytes.
    limit: usize,
    rest: Rest,
    /// The name of the JSON type that the route declares.
    declared: Option<&'static str>,
}

/// The unread rest of a body.
#[derive(Debug, Clone, Default)]
pub struct Rest(Arc<Mutex<Option<Incoming>>>);

impl Body {
    /// Wraps a body that has just arrived, and returns the holder of its unread rest.
    pub fn new(incoming: Incoming, limit: usize) -> (Self, Rest) {
        let rest = Rest::default();
        (Self { incoming: Some(incoming), limit, rest: rest.clone(), declared: None }, rest)
    }

    /// Sets the name of the JSON type that the route declares.
    pub fn declared_as(mut self, declared: Option<&'static str>) -> Self {
        self.declared = declared;
        self
    }

    /// Panics in debug builds if the route declares another type: its description would be wrong.
    pub(super) fn check_is<T>(&self) {
        debug_assert_eq!(self.declared, Some(type_name::<T>()), "the route declares another body");
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        if let Some(rest) = self.incoming.take().filter(|incoming| !incoming.is_end_stream()) {
            *self.rest.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(rest);
        }
    }
}

impl Rest {
    /// Drains unread input, within limits, so that the connection can be reused. Returns whether it
    /// can. A client that waits for `100 Continue` (`Expect: 100-continue`) is not asked for the
    /// body any more.
    pub async fn drain(self, was_expected: bool) -> bool {
        let rest = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(rest) = rest else { return true };
        if was_expected || rest.size_hint().lower() > limits::UNREAD_BODY as u64 {
            return false;
        }
        let read = Limited::new(rest, limits::UNREAD_BODY).collect();
        let read = tokio::time::timeout(limits::UNREAD_BODY_TIME, read).await;
        matches!(read, Ok(Ok(_)))
    }
}

/// Reads a whole body.
pub async fn read(mut body: Body) -> Result<Bytes, BodyError> {
    let limit = body.limit;
    let Some(incoming) = &mut body.incoming else { return Ok(Bytes::new()) };
    let read = tokio::time::timeout(BODY_TIMEOUT, Limited::new(incoming, limit).collect());
    match read.await {
        Err(_) => Err(BodyError::Slow),
        Ok(Ok(collected)) => {
            body.incoming = None;
            Ok(collected.to_bytes())
        }
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(BodyError::TooLarge(limit)),
        Ok(Err(error)) => Err(BodyError::Broken(error.to_string())),
    }
}

/// Reads a whole body, and gives up when it falls behind a pace: a client that sends next to nothing must
/// not delay the uploads behind it.
pub async fn read_steadily(mut body: Body) -> Result<Bytes, BodyError> {
    let (limit, start) = (body.limit, Instant::now());
    let mut read = BytesMut::new();
    while let Some(incoming) = body.incoming.as_mut().filter(|incoming| !incoming.is_end_stream()) {
        let due = start + time_for(read.len());
        let frame = match tokio::time::timeout_at(due, incoming.frame()).await {
            Err(_) => return Err(BodyError::Slow),
            Ok(None) => break,
            Ok(Some(frame)) => frame.map_err(|error| BodyError::Broken(error.to_string()))?,
        };
        let data = frame.into_data().unwrap_or_default();
        if read.len() + data.len() > limit {
            return Err(BodyError::TooLarge(limit));
        }
        read.extend_from_slice(&data);
    }
    body.incoming = None;
    Ok(read.freeze())
}

/// The time in which more has to come after so many bytes of an upload.
fn time_for(bytes: usize) -> Duration {
    (PACE_GRACE + Duration::from_secs_f64(bytes as f64 / PACE)).min(BODY_TIMEOUT)
}

/// Requires that the body is a form.
pub fn require_form(head: &Head) -> Result<(), BodyError> {
    const FORM: &str = "application/x-www-form-urlencoded";
    match media_type(head).as_deref() {
        Some(FORM) => Ok(()),
        _ => Err(BodyError::MediaType(FORM)),
    }
}

/// Requires that the body is JSON. Browsers cannot send this media type to another site without a
/// CORS preflight.
pub fn require_json(head: &Head) -> Result<(), BodyError> {
    let is_json = |media_type: &str| {
        media_type == "application/json"
            || (media_type.starts_with("application/") && media_type.ends_with("+json"))
    };
    if media_type(head).as_deref().is_some_and(is_json) {
        Ok(())
    } else {
        Err(BodyError::MediaType("application/json"))
    }
}

/// Requires that the body has one of these media types. Browsers can send none of them to another
/// site without a CORS preflight.
pub fn require_media(head: &Head, types: &'static [&'static str]) -> Result<(), BodyError> {
    if media_type(head).is_some_and(|media_type| types.contains(&&*media_type)) {
        Ok(())
    } else {
        Err(BodyError::MediaType(types[0]))
    }
}

fn media_type(head: &Head) -> Option<String> {
    let value = head.headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upload_that_sends_next_to_nothing_is_given_up_soon() {
        assert_eq!(time_for(0), Duration::from_secs(2));
        assert_eq!(time_for(64 * 1024), Duration::from_secs(6));
        assert_eq!(time_for(10_000_000), BODY_TIMEOUT);
    }
}
