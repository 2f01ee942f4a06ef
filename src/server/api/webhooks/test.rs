//! `POST /api/webhooks/{id}/test`

use hyper::StatusCode;

use super::id;
use crate::{
    operations::webhooks,
    server::{
        http::{ApiError, Request, Response},
        webhooks::try_out,
    },
    webhooks::WebhookError,
};

/// Sends an event of the type `PING` to a webhook now, and answers when the receiver has. `502` says why it did not
/// accept it, in `details.reason`.
pub(super) async fn send(req: Request, webhook_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&webhook_id)?;
    let webhook = req.app.store().read(move |tx| webhooks::require(tx, id)).await?;
    let sent = try_out(&req.app, &webhook, req.head.now).await?;
    sent.map_err(|error| failed(&error))?;
    Ok(Response::no_content())
}

fn failed(error: &WebhookError) -> ApiError {
    let message = "The receiver did not accept the test event";
    ApiError::new(StatusCode::BAD_GATEWAY, "webhook_not_delivered", message).reason(error)
}
