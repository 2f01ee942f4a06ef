//! `POST /api/application-configuration/test-email`

use hyper::StatusCode;

use crate::{
    model::{Letter, Mail, MailRecipient, MailServer},
    outbound::SmtpError,
    server::{
        http::{ApiError, Request, Response},
        mail,
    },
};

/// Mails a test to the caller, and responds when the mail server has accepted it.
pub(super) async fn send(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let Some(address) = &req.who.user.email else {
        let message = "The user does not have an email address set";
        return Err(ApiError::new(StatusCode::CONFLICT, "user_email_not_set", message));
    };
    let server = MailServer::of(&req.app.config());
    let server = server.map_err(|fault| failed(&fault.to_string()))?;
    let mail = Mail { to: MailRecipient::of(&req.who.user, address), letter: Letter::Test };
    let sent = mail::send_now(&req.app, &server, &mail, req.head.now).await;
    sent.map_err(|error: SmtpError| failed(&error.to_string()))?;
    Ok(Response::no_content())
}

/// Says why: only administrators get here. The status is that of Pocket ID.
fn failed(cause: &str) -> ApiError {
    let message = format!("The test email was not sent: {cause}");
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "email_not_sent", message)
}
