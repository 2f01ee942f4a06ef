//! `GET /api/api-keys`

use crate::{
    model::view::ApiKeyView,
    server::http::{ApiError, Request, Response, list_query},
    store::api_keys,
};

/// Lists a page of the user's own API keys, including expired ones.
pub(super) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_account().await?;
    let user_id = req.who.user.id;
    let page = req.page(move |tx, query| api_keys::page_of_user(tx, user_id, query)).await?;
    Ok(list_query::respond(&page, ApiKeyView::of))
}
