//! `GET /api/recipes`

use super::library::with_library;
use crate::server::http::{ApiError, Request, Response};

/// Lists the recipes: the built-in ones, and those in the folder `recipes` of this server.
pub(super) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    Ok(Response::json(&with_library(&req.app, |library| library.list()).await??))
}
