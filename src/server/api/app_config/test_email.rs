//! `POST /api/application-configuration/test-email`

use hyper::StatusCode;

use crate::server::http::{ApiError, Request, Response};

/// Responds as Pocket ID does without a mail server: this version sends no mail.
pub(super) async fn send(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    if req.who.user.email.is_none() {
        let message = "The user does not have an email address set";
        return Err(ApiError::new(StatusCode::CONFLICT, "user_email_not_set", message));
    }
    Err(ApiError::internal("this version does not send mail"))
}
