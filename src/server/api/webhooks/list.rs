//! `GET /api/webhooks`

use crate::{
    model::view::WebhookView,
    server::http::{ApiError, Request, Response, list_query},
    store::webhooks,
};

/// Lists a page of webhooks, without their secrets.
pub(super) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let page = req.page(webhooks::page).await?;
    Ok(list_query::respond(&page, WebhookView::of))
}
