//! `GET /api/oidc/clients`

use crate::{
    model::view::ClientView,
    server::http::{ApiError, Request, Response, list_query},
    store::client_lists,
};

/// Lists a page of clients.
pub(super) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let page = req.page(client_lists::page).await?;
    Ok(list_query::respond(&page, |listed| {
        let view = ClientView::of(&listed.parts, req.head.now).without_groups();
        view.with_group_count(listed.group_count)
    }))
}
