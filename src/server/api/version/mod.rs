//! `/api/version`
//!
//! Programs read the version to know which API they use (Pocket ID 2.14). The server contacts no
//! update service, so it never reports a newer version.

use hyper::header::CACHE_CONTROL;
use serde::Serialize;

use crate::server::{
    http::{ApiError, Request, Response},
    route::{Route, get},
};

/// The version of Pocket ID whose API this is.
const API_VERSION: &str = "2.14.0";
/// The `Cache-Control` of the latest version.
const CACHED: &str = "public, max-age=300, stale-while-revalidate=900";

pub(super) fn routes() -> Vec<Route> {
    vec![get("/api/version/current", current), get("/api/version/latest", latest)]
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CurrentVersion {
    current_version: &'static str,
    /// The version of this program.
    pocketid_version: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LatestVersion {
    latest_version: &'static str,
}

/// `GET /api/version/current`
async fn current(req: Request) -> Result<Response, ApiError> {
    req.require_account().await?;
    Ok(Response::json(&CurrentVersion {
        current_version: API_VERSION,
        pocketid_version: env!("CARGO_PKG_VERSION"),
    }))
}

/// `GET /api/version/latest`: returns the current version.
async fn latest(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    let response = Response::json(&LatestVersion { latest_version: API_VERSION });
    let mut query = form_urlencoded::parse(req.head.query.as_bytes());
    Ok(match query.any(|(name, _)| name == "skipCache") {
        true => response,
        false => response.header(CACHE_CONTROL, CACHED),
    })
}
