//! `GET /api/user-groups`

use crate::{
    model::view::GroupView,
    server::http::{ApiError, Request, Response, list_query},
    store::groups,
};

/// Lists a page of groups.
pub(super) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let now = req.head.now;
    let page = req.page(move |tx, query| groups::page(tx, query, now)).await?;
    Ok(list_query::respond(&page, |(group, user_count)| GroupView::of(group, *user_count)))
}
