//! `GET /api/services/{id}`

use super::{id, view};
use crate::{
    operations::{Refusal, services},
    server::http::{ApiError, Request, Response},
};

/// Shows a service.
pub(super) async fn show(req: Request, service_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&service_id)?;
    let now = req.head.now;
    let found = req.app.store().read(move |tx| {
        let service = services::require(tx, id)?;
        Ok::<_, Refusal>(view(tx, &service, now)?)
    });
    Ok(Response::json(&found.await?))
}
