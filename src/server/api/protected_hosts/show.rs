//! `GET /api/protected-hosts/{id}`

use super::id;
use crate::{
    operations::{Refusal, protected_hosts},
    server::http::{ApiError, Request, Response},
};

/// Shows a protected host.
pub(super) async fn show(req: Request, host_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&host_id)?;
    let host = req.app.store().read(move |tx| {
        let host = protected_hosts::require(tx, id)?;
        Ok::<_, Refusal>(protected_hosts::shown(tx, &host)?)
    });
    Ok(Response::json(&host.await?))
}
