//! `GET /api/apis`

use crate::{
    model::view::ApiView,
    server::http::{ApiError, Request, Response, list_query},
    store::apis,
};

/// Lists a page of APIs.
pub(super) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let query = list_query::parse(&req.head.query);
    let page = req.app.store().read(move |tx| apis::page(tx, &query)).await?;
    Ok(list_query::respond(&page, ApiView::of))
}
