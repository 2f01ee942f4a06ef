//! Pushed authorization requests (RFC 9126): left with us by the client, referred to by the browser.

use super::{OAuthError, OAuthErrorCode, Params};

/// How long a pushed request waits for its browser, in seconds (Pocket ID 2.14).
pub const PUSHED_REQUEST_SECONDS: i64 = 90;

/// What a `request_uri` begins with that we gave out (RFC 9126 §2.2).
pub const REQUEST_URI_PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// Checks that what is pushed does not refer to a pushed request itself (RFC 9126 §2.1).
pub fn check_is_whole(params: &Params) -> Result<(), OAuthError> {
    match params.value("request_uri") {
        None => Ok(()),
        Some(_) => Err(OAuthError::invalid_request(
            "The parameter request_uri has no place in a pushed authorization request.",
        )),
    }
}

/// Checks that a client which must push its requests did so (RFC 9126 §4, §6).
pub fn check_is_pushed(is_demanded: bool, is_pushed: bool) -> Result<(), OAuthError> {
    match is_demanded && !is_pushed {
        false => Ok(()),
        true => Err(OAuthError::invalid_request(
            "This client must push its authorization requests (RFC 9126).",
        )),
    }
}

/// What is wrong with a reference to a pushed request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestUriFault {
    /// It is malformed, or another client's.
    NotValid,
    /// It has expired, was answered, or never was.
    Over,
}

impl From<RequestUriFault> for OAuthError {
    fn from(fault: RequestUriFault) -> Self {
        let code = OAuthErrorCode::InvalidRequestUri;
        match fault {
            RequestUriFault::NotValid => {
                Self::explained(code, "The request_uri is not valid for this client.")
            }
            RequestUriFault::Over => Self::new(code, "request_uri is unknown, expired or used"),
        }
    }
}
