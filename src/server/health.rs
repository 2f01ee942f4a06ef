//! `GET /healthz`: whether requests can be answered (Pocket ID 2.14)

use hyper::StatusCode;

use super::{
    App,
    http::{ApiError, Request, Response},
    route::{Route, get},
};
use crate::store::{StoreError, meta};

/// The route. Monitoring programs ask all the time, and so do dashboards on other sites.
pub(super) fn routes() -> Vec<Route> {
    vec![get("/healthz", health).for_other_sites().uncounted().quiet().for_anyone()]
}

/// Tells whether requests can be answered: `204`, or `503` while the database cannot be read or does not keep writes: an SQLite file was
/// moved, or the last write failed, as on a full disk.
async fn health(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    if !req.app.health().is_read(find_check(&req.app)).await {
        return Err(unavailable("The database cannot be read"));
    }
    if !req.app.store().can_write() {
        return Err(unavailable("The database cannot be written"));
    }
    Ok(Response::no_content())
}

async fn find_check(app: &App) -> Result<(), StoreError> {
    app.store().read(|tx| meta::find(tx, meta::KEY_CHECK)).await.map(|_| ())
}

fn unavailable(message: &str) -> ApiError {
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "request_timeout", message).retry_after(1)
}
