//! `DELETE /api/apis/{id}`

use super::id;
use crate::{
    operations::apis,
    server::http::{ApiError, Request, Response},
};

/// Deletes an API.
pub(super) async fn delete(req: Request, api_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    req.act(id(&api_id)?, apis::delete).await?;
    Ok(Response::no_content())
}
