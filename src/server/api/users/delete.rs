//! `DELETE /api/users/{id}`

use super::id;
use crate::{
    operations::users::{self, LastAdministrator},
    server::http::{ApiError, Request, Response},
    store::batches,
};

/// Deletes an account with all its data. Its grants are deleted first, in batches, since there may
/// be many.
pub(super) async fn delete(req: Request, user_id: String) -> Result<Response, ApiError> {
    const STAYS: LastAdministrator = LastAdministrator::Stays;
    let req = req.require_admin().await?;
    let id = id(&user_id)?;
    req.act(id, |act, id| users::end_access(act, *id, STAYS)).await?;
    req.app.backchannel_logout_queue().notify_one();
    let app = req.app.clone();
    let deletion =
        tokio::task::spawn_blocking(move || batches::delete_grants_of_user(app.store(), id));
    deletion.await.map_err(ApiError::internal)??;
    req.act(id, |act, id| users::delete(act, *id, STAYS)).await?;
    Ok(Response::no_content())
}
