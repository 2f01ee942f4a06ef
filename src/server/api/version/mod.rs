//! `/api/version`
//!
//! Programs read the version to know which API they use (Pocket ID 2.14). The server contacts no
//! update service, so it never reports a newer version.

use hyper::header::CACHE_CONTROL;
use serde::Serialize;

use crate::server::{
    http::{ApiError, Request, Response},
    openapi::API_VERSION,
    route::{Route, get},
};

/// The `Cache-Control` of the latest version.
const CACHED: &str = "public, max-age=300, stale-while-revalidate=900";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/version/current", current).for_users().gives::<CurrentVersion>(),
        get("/api/version/latest", latest)
            .for_anyone()
            .may_ask("skipCache")
            .gives::<LatestVersion>(),
    ]
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct CurrentVersion {
    current_version: &'static str,
    /// The version of this program.
    pocketid_version: &'static str,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct LatestVersion {
    latest_version: &'static str,
}

/// Shows the version of this program, and the version of Pocket ID whose API it has.
async fn current(req: Request) -> Result<Response, ApiError> {
    req.require_account().await?;
    Ok(Response::json(&CurrentVersion {
        current_version: API_VERSION,
        pocketid_version: env!("CARGO_PKG_VERSION"),
    }))
}

/// Shows the latest version of Pocket ID whose API this program has.
async fn latest(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    let response = Response::json(&LatestVersion { latest_version: API_VERSION });
    Ok(match req.head.query_value("skipCache") {
        Some(_) => response,
        None => response.header(CACHE_CONTROL, CACHED),
    })
}
