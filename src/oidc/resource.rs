//! The `resource` parameter (RFC 8707 §2).

use super::{OAuthError, OAuthErrorCode, Params};
use crate::model::{Api, ApiAccess, Resource};

/// Reads it.
pub fn read(params: &Params) -> Result<Option<Resource>, OAuthError> {
    let Some(text) = params.value("resource") else { return Ok(None) };
    let resource = text.parse();
    resource.map(Some).map_err(|_| invalid("The parameter resource is not an absolute URI."))
}

/// What a client may do with the API that it named; there may be no such API, and it may do nothing.
pub fn check((api, access): (Option<Api>, Option<ApiAccess>)) -> Result<ApiAccess, OAuthError> {
    match (api, access) {
        (None, _) => Err(invalid("There is no API of that resource.")),
        (Some(_), None) => Err(OAuthError::explained(
            OAuthErrorCode::AccessDenied,
            "The client may not use that API.",
        )),
        (Some(_), Some(access)) => Ok(access),
    }
}

fn invalid(description: &str) -> OAuthError {
    OAuthError::explained(OAuthErrorCode::InvalidTarget, description)
}
