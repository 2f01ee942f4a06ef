//! `GET /api/signing-keys`

use crate::{
    operations::signing_keys,
    server::http::{ApiError, Request, Response},
};

/// Lists the published signing keys.
pub(super) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let now = req.head.now;
    let keys = req.app.store().read(move |tx| signing_keys::list(tx, now)).await?;
    Ok(Response::json(&keys))
}
