//! `GET /.well-known/webauthn` (WebAuthn L3 §5.11)

use hyper::header::CACHE_CONTROL;
use serde::Serialize;

use super::CACHE;
use crate::server::http::{ApiError, Request, Response};

/// The origins whose pages may use our passkeys.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct RelatedOrigins {
    /// The origins.
    origins: Vec<String>,
}

/// Tells browsers which other origins may use the passkeys of this one.
pub(super) async fn show(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    let origins: Vec<_> = req.app.settings().well_known.origins().collect();
    if origins.is_empty() {
        return Err(ApiError::not_found("Document"));
    }
    Ok(Response::json(&RelatedOrigins { origins }).header(CACHE_CONTROL, CACHE))
}
