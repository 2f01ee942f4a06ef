//! Pushed authorization requests (RFC 9126): left with us by the client, referred to by the browser.

use super::{OAuthError, Params};

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
