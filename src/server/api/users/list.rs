//! `GET /api/users`

use super::view;
use crate::{
    server::http::{ApiError, Request, Response, list_query},
    store::user_list,
};

/// Lists a page of users.
pub(super) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let now = req.head.now;
    let page = req.page(move |tx, query| user_list::page(tx, query, now)).await?;
    Ok(list_query::respond(&page, view))
}
