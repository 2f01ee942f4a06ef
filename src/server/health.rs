//! `GET /healthz`: whether requests can be answered (Pocket ID 2.14)

use hyper::StatusCode;

use super::http::{ApiError, Request, Response};
use crate::store::meta;

/// `204`; `503` as long as the database cannot be read, or does not keep what is written: an SQLite file was moved, or
/// the last write failed, as on a full disk.
pub(super) async fn health(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    req.app.store().read(|tx| meta::find(tx, meta::KEY_CHECK)).await?;
    if !req.app.store().can_write() {
        let message = "The database cannot be written";
        let error = ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "request_timeout", message);
        return Err(error.retry_after(1));
    }
    Ok(Response::no_content())
}
