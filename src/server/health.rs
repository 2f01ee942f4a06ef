//! `GET /healthz`: whether requests can be answered (Pocket ID 2.14)

use std::fmt;

use hyper::StatusCode;

use super::{
    App,
    http::{ApiError, Request, Response},
    route::{Route, get},
};
use crate::store::{StoreError, meta};

/// Whether requests can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// The database cannot be read.
    Unreadable,
    /// The database does not keep writes: an SQLite file was moved, or the last write failed, as on a
    /// full disk.
    Unwritable,
    Well,
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "The database cannot be read",
            Self::Unwritable => "The database cannot be written",
            Self::Well => "Requests are answered",
        })
    }
}

/// The route. Monitoring programs ask all the time, and so do dashboards on other sites.
pub(super) fn routes() -> Vec<Route> {
    vec![get("/healthz", health).for_other_sites().uncounted().quiet().for_anyone()]
}

/// Tells whether requests can be answered: `204`, or `503` while the database cannot be read or does not keep writes: an SQLite file was
/// moved, or the last write failed, as on a full disk.
async fn health(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    match condition(&req.app).await {
        Condition::Well => Ok(Response::no_content()),
        ill => Err(unavailable(&ill.to_string())),
    }
}

/// Finds out whether requests can be answered.
pub async fn condition(app: &App) -> Condition {
    if !app.health().is_read(find_check(app)).await {
        Condition::Unreadable
    } else if app.store().can_write() {
        Condition::Well
    } else {
        Condition::Unwritable
    }
}

async fn find_check(app: &App) -> Result<(), StoreError> {
    app.store().read(|tx| meta::find(tx, meta::KEY_CHECK)).await.map(|_| ())
}

fn unavailable(message: &str) -> ApiError {
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "request_timeout", message).retry_after(1)
}
