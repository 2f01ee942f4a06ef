//! `DELETE /api/user-groups/{id}`

use super::id;
use crate::{
    operations::groups,
    server::http::{ApiError, Request, Response},
};

/// Deletes a group.
pub(super) async fn delete(req: Request, group_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    req.act(id(&group_id)?, groups::delete).await?;
    Ok(Response::no_content())
}
