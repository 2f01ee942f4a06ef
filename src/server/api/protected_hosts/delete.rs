//! `DELETE /api/protected-hosts/{id}`

use super::id;
use crate::{
    operations::protected_hosts,
    server::http::{ApiError, Request, Response},
};

/// Deletes a protected host. Its proxy lets no user in any more, as long as it asks here.
pub(super) async fn delete(req: Request, host_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    req.act(id(&host_id)?, |act, id| protected_hosts::delete(act, *id)).await?;
    Ok(Response::no_content())
}
