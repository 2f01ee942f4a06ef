//! `DELETE /api/webhooks/{id}`

use super::id;
use crate::{
    operations::webhooks,
    server::http::{ApiError, Request, Response},
};

/// Deletes a webhook. Events that wait for it are dropped.
pub(super) async fn delete(req: Request, webhook_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    req.act(id(&webhook_id)?, |act, id| webhooks::delete(act, *id)).await?;
    Ok(Response::no_content())
}
