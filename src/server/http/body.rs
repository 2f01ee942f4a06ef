//! Reading bodies: bounded in size and time, and only of the media type that was asked for.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::{StatusCode, body::Incoming, header::CONTENT_TYPE};

use super::{ApiError, Head};
use crate::oidc::OAuthError;

/// How long a client may take to send a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a body was not read.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// The connection broke.
    #[error("the body ended early: {0}")]
    Broken(String),
    /// It is of another media type.
    #[error("the Content-Type is not {0}")]
    MediaType(&'static str),
    /// It did not arrive in time.
    #[error("the body did not arrive in time")]
    Slow,
    /// It is larger than this endpoint takes.
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

/// Reads a whole body.
pub async fn read(body: Incoming, limit: usize) -> Result<Bytes, BodyError> {
    let read = tokio::time::timeout(BODY_TIMEOUT, Limited::new(body, limit).collect());
    match read.await {
        Err(_) => Err(BodyError::Slow),
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(BodyError::TooLarge(limit)),
        Ok(Err(error)) => Err(BodyError::Broken(error.to_string())),
    }
}

/// Whether the body is a form.
pub fn require_form(head: &Head) -> Result<(), BodyError> {
    const FORM: &str = "application/x-www-form-urlencoded";
    match media_type(head).as_deref() {
        Some(FORM) => Ok(()),
        _ => Err(BodyError::MediaType(FORM)),
    }
}

/// Whether the body is JSON. Browsers cannot send this media type across sites without asking.
pub fn require_json(head: &Head) -> Result<(), BodyError> {
    let is_json = |media_type: &str| {
        media_type == "application/json"
            || (media_type.starts_with("application/") && media_type.ends_with("+json"))
    };
    match media_type(head).as_deref().is_some_and(is_json) {
        true => Ok(()),
        false => Err(BodyError::MediaType("application/json")),
    }
}

fn media_type(head: &Head) -> Option<String> {
    let value = head.headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}
