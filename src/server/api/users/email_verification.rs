//! `/api/users/me/send-email-verification` and `/api/users/me/verify-email`
// TODO(coverage): mail is not implemented, so no token exists. The responses are those of a Pocket
// ID without a mail server.

use hyper::StatusCode;
use serde::Deserialize;

use super::one_time_access::no_email;
use crate::server::http::{ApiError, Request, Response, api_error::FieldError};

/// `POST .../send-email-verification`: mails a link that verifies the email address of the user.
pub(super) async fn send(req: Request) -> Result<Response, ApiError> {
    let req = req.require_account().await?;
    req.who.user.email.as_ref().ok_or_else(no_email)?;
    Err(ApiError::internal("no mail server is configured"))
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["token"])))]
pub(super) struct Verification {
    #[serde(default)]
    token: String,
}

/// `POST .../verify-email`: verifies the email address of the user with the token of the link.
pub(super) async fn verify(req: Request) -> Result<Response, ApiError> {
    let req = req.require_account().await?.json::<Verification>().await?;
    if req.body.token.is_empty() {
        return Err(ApiError::validation(vec![FieldError::required("token")]));
    }
    let message = "Email verification token is invalid";
    Err(ApiError::new(StatusCode::BAD_REQUEST, "invalid_email_verification_token", message))
}
