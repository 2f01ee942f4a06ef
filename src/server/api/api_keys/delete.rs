//! `DELETE /api/api-keys/{id}`

use super::id;
use crate::{
    operations::api_keys,
    server::{
        guarded::{Asker, GuardedChange},
        http::{ApiError, Request, Response},
    },
};

/// Deletes one of the user's own API keys.
pub(super) async fn delete(req: Request, key_id: String) -> Result<Response, ApiError> {
    let req = req.require_account().await?;
    let (id, user_id, asker) = (id(&key_id)?, req.who.user.id, Asker::of(&req));
    let deleted = req.act((), move |act, ()| {
        GuardedChange::DeleteApiKey.allow(act, &asker)?;
        Ok::<_, ApiError>(api_keys::delete(act, id, user_id)?)
    });
    deleted.await?;
    Ok(Response::no_content())
}
