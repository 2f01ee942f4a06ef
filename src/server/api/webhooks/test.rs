//! `POST /api/webhooks/{id}/test`

use hyper::StatusCode;

use super::id;
use crate::{
    operations::webhooks,
    server::http::{ApiError, Request, Response},
    store::webhooks::record,
    webhooks::{WebhookError, WebhookMeans, ping},
};

/// Sends an event of the type `PING` to a webhook now, and answers when the receiver has. `502` says why it did not
/// accept it, in `details.reason`.
pub(super) async fn send(req: Request, webhook_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let (app, id, now) = (&req.app, id(&webhook_id)?, req.head.now);
    let webhook = app.store().read(move |tx| webhooks::require(tx, id)).await?;
    let means =
        WebhookMeans { outbound: app.outbound(), master_key: app.key_store().master_key, now };
    let sent = ping(means, &webhook, &app.new_id(now).to_string()).await;
    let error = sent.as_ref().err().map(ToString::to_string);
    app.store().write(move |tx| record(tx, id, error.as_deref(), now)).await?;
    sent.map_err(|error| failed(&error))?;
    Ok(Response::no_content())
}

fn failed(error: &WebhookError) -> ApiError {
    let message = "The receiver did not accept the test event";
    ApiError::new(StatusCode::BAD_GATEWAY, "webhook_not_delivered", message).reason(error)
}
