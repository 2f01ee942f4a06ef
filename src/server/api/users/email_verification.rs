//! `/api/users/me/send-email-verification` and `/api/users/me/verify-email`

use hyper::StatusCode;
use serde::Deserialize;

use super::one_time_access::no_email;
use crate::{
    model::MailServer,
    operations::users,
    server::{
        http::{ApiError, Request, Response, api_error::FieldError},
        limiter::{BucketKey, Policy},
        refusal::RequestRefusal,
    },
};

/// `POST .../send-email-verification`: mails a link that verifies the email address of the user.
pub(super) async fn send(req: Request) -> Result<Response, ApiError> {
    let req = req.require_account().await?;
    req.who.user.email.as_ref().ok_or_else(no_email)?;
    MailServer::of(&req.app.config()).map_err(ApiError::internal)?;
    let id = req.who.user.id;
    let limited = req.app.limiter().check_key(Policy::VerificationMail, BucketKey::User(id));
    limited.map_err(RequestRefusal::TooMany)?;
    let sent = req.act(req.app.postbox(), move |act, postbox| {
        users::send_verification(act, id, postbox).map(drop)
    });
    sent.await?;
    req.app.outbox().notify_one();
    Ok(Response::no_content())
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
    let id = req.who.user.id;
    let token = req.body.token.clone();
    if req.act(token, move |act, token| users::verify_email(act, id, token)).await? {
        return Ok(Response::no_content());
    }
    let message = "Email verification token is invalid";
    Err(ApiError::new(StatusCode::BAD_REQUEST, "invalid_email_verification_token", message))
}
