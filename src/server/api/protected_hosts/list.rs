//! `GET /api/protected-hosts`

use crate::{
    model::view::ProtectedHostView,
    operations::protected_hosts::shown_page,
    server::http::{ApiError, Request, Response, list_query},
};

/// Lists a page of protected hosts.
pub(super) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let page = req.page(shown_page).await?;
    Ok(list_query::respond(&page, ProtectedHostView::clone))
}
