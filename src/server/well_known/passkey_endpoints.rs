//! `GET /.well-known/passkey-endpoints` (W3C, A Well-Known URL for Relying Party Passkey Endpoints)

use hyper::header::CACHE_CONTROL;
use serde::Serialize;

use super::{ACCOUNT, CACHE};
use crate::server::http::{ApiError, Request, Response};

/// The pages for passkeys.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct PasskeyEndpoints {
    /// Where a passkey is added.
    enroll: String,
    /// Where passkeys are renamed and removed.
    manage: String,
}

/// Tells password managers where passkeys are added and removed.
pub(super) async fn show(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    let account = req.app.settings().app_url.join(ACCOUNT);
    let endpoints = PasskeyEndpoints { enroll: account.clone(), manage: account };
    Ok(Response::json(&endpoints).header(CACHE_CONTROL, CACHE))
}
