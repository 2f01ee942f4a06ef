//! Pushed authorization requests (RFC 9126): the client sends the request here, and the browser
//! refers to it.

use super::{OAuthError, OAuthErrorCode, Params};

/// Lifetime of a pushed request in seconds (Pocket ID 2.14).
pub const PUSHED_REQUEST_SECONDS: i64 = 90;

/// The prefix of every `request_uri` issued here (RFC 9126 §2.2).
pub const REQUEST_URI_PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// Checks that a pushed request does not itself refer to a pushed request (RFC 9126 §2.1).
pub fn check_is_whole(params: &Params) -> Result<(), OAuthError> {
    match params.value("request_uri") {
        None => Ok(()),
        Some(_) => Err(OAuthError::invalid_request(
            "The parameter request_uri is not allowed in a pushed authorization request.",
        )),
    }
}

/// Checks that a client which must push its requests did so (RFC 9126 §4, §6).
pub fn check_is_pushed(is_demanded: bool, is_pushed: bool) -> Result<(), OAuthError> {
    if is_demanded && !is_pushed {
        return Err(OAuthError::invalid_request(
            "This client must push its authorization requests (RFC 9126).",
        ));
    }
    Ok(())
}

/// Why a `request_uri` is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestUriFault {
    /// It is malformed, or belongs to another client.
    NotValid,
    /// It has expired, was used, or never existed.
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
