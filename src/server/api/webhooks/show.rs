//! `GET /api/webhooks/{id}`

use super::id;
use crate::{
    model::view::WebhookView,
    operations::webhooks,
    server::http::{ApiError, Request, Response},
};

/// Shows a webhook, without its secret.
pub(super) async fn show(req: Request, webhook_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&webhook_id)?;
    let webhook = req.app.store().read(move |tx| webhooks::require(tx, id)).await?;
    Ok(Response::json(&WebhookView::of(&webhook)))
}
