//! `GET /healthz`: whether requests can be answered (Pocket ID 2.14)

use super::http::{ApiError, Request, Response};
use crate::store::meta;

/// `204`; `503` as long as the database cannot be read.
pub(super) async fn health(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    req.app.store().read(|tx| meta::find(tx, meta::KEY_CHECK)).await?;
    Ok(Response::no_content())
}
