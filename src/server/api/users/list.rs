//! `GET /api/users`

use super::view;
use crate::{
    server::http::{ApiError, Request, Response, list_query},
    store::user_list,
};

/// Lists a page of users.
pub(super) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let query = list_query::parse(&req.head.query);
    let page = req.app.store().read(move |tx| user_list::page(tx, &query)).await?;
    Ok(list_query::respond(&page, view))
}
