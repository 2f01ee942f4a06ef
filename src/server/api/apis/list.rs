//! `GET /api/apis`

use crate::{
    model::view::ApiView,
    server::http::{ApiError, Request, Response, list_query},
    store::apis,
};

/// Lists a page of APIs.
pub(super) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let page = req.page(apis::page).await?;
    Ok(list_query::respond(&page, ApiView::of))
}
