//! `GET /api/application-configuration/all`

use super::view;
use crate::server::{
    http::{ApiError, Request, Response},
    live_config::StoredConfig,
};

/// Lists every key. Reads the database, since another server may have changed a value a moment ago.
pub(super) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let chosen = req.app.store().read(StoredConfig::read).await?;
    Ok(Response::json(&view::all(&req.app.config_of(&chosen))))
}
