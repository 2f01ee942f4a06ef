//! `GET /api/application-configuration`

use super::view;
use crate::server::http::{ApiError, Request, Response};

/// Lists the public keys.
pub(super) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    let is_in_environment = req.app.settings().app_config.is_some();
    Ok(Response::json(&view::public(&req.app.config(), is_in_environment)))
}
