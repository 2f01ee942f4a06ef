//! `DELETE /api/users/{id}`

use super::id;
use crate::{
    operations::users::{self, LastAdministrator},
    server::{
        guarded::{Asker, GuardedChange},
        http::{ApiError, Request, Response},
    },
    store::batches,
};

/// Deletes an account with all its data. Its grants are deleted first, in batches, since there may
/// be many. Whether the caller may is decided once, before: the first step ends the caller's own
/// session or key if the account is their own.
pub(super) async fn delete(req: Request, user_id: String) -> Result<Response, ApiError> {
    const STAYS: LastAdministrator = LastAdministrator::Stays;
    let req = req.require_admin().await?;
    let id = id(&user_id)?;
    let asker = Asker::of(&req);
    let ended = req.act(id, move |act, id| {
        let user = users::require(act, *id)?;
        GuardedChange::DeleteAccount.allow_to_admin(act, &asker, &user)?;
        users::end_access(act, *id, STAYS)?;
        Ok::<_, ApiError>(user.is_admin)
    });
    let was_admin = ended.await?;
    req.app.outbox().notify_one();
    let app = req.app.clone();
    let deletion =
        tokio::task::spawn_blocking(move || batches::delete_grants_of_user(app.store(), id));
    deletion.await.map_err(ApiError::internal)??;
    let deleted = req.finish(id, move |act, id| {
        // The user may have become an administrator meanwhile.
        if !was_admin && users::require(act, *id)?.is_admin {
            return Err(ApiError::reauthentication_required());
        }
        Ok(users::delete(act, *id, STAYS)?)
    });
    deleted.await?;
    Ok(Response::no_content())
}
