//! `GET /api/oidc/clients/{id}`, and the public metadata of a client.

use super::{id, load};
use crate::{
    model::view::ClientMetaView,
    operations::{Refusal, clients},
    server::http::{ApiError, Request, Response},
    store::images,
};

/// Shows a client.
pub(super) async fn show(req: Request, client_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let (id, now) = (id(&client_id)?, req.head.now);
    let view = req.app.store().read(move |tx| {
        let client = clients::require(tx, &id)?;
        Ok::<_, Refusal>(load(tx, client, now)?)
    });
    Ok(Response::json(&view.await?))
}

/// Shows the public metadata of a client.
pub(super) async fn show_meta(req: Request, client_id: String) -> Result<Response, ApiError> {
    let req = req.public();
    let id = id(&client_id)?;
    let view = req.app.store().read(move |tx| {
        let client = clients::require(tx, &id)?;
        let logos = images::logos_of_client(tx, &id)?;
        Ok::<_, Refusal>(ClientMetaView::of(&client, logos))
    });
    Ok(Response::json(&view.await?))
}
