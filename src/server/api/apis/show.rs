//! `GET /api/apis/{id}`

use super::id;
use crate::{
    model::view::ApiView,
    operations::apis,
    server::http::{ApiError, Request, Response},
};

/// Shows an API with its permissions.
pub(super) async fn show(req: Request, api_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&api_id)?;
    let api = req.app.store().read(move |tx| apis::require(tx, id)).await?;
    Ok(Response::json(&ApiView::of(&api)))
}
