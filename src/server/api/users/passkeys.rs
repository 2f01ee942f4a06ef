//! `/api/users/{id}/webauthn-credentials`

use super::id;
use crate::{
    model::{PasskeyId, view::PasskeyView},
    operations::{self, Noun, Refusal, users},
    server::{
        guarded::{Asker, GuardedChange},
        http::{ApiError, Request, Response},
    },
    store::passkeys,
};

/// `GET`: lists the passkeys of a user, oldest first.
pub(super) async fn list(req: Request, user_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&user_id)?;
    let found = req.app.store().read(move |tx| {
        users::require(tx, id)?;
        Ok::<_, Refusal>(passkeys::list_of_user(tx, id)?)
    });
    let views: Vec<_> = found.await?.iter().map(PasskeyView::of).collect();
    Ok(Response::json(&views))
}

/// `DELETE .../{credential}`: deletes a passkey, even the last one. The user's sessions stay open.
pub(super) async fn delete(
    req: Request,
    user_id: String,
    passkey: String,
) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&user_id)?;
    let passkey: PasskeyId = passkey.parse().map_err(|_| Refusal::NotFound(Noun::Passkey))?;
    let asker = Asker::of(&req);
    let removed = req.act(passkey, move |act, passkey| {
        let user = users::require(act, id)?;
        GuardedChange::RemovePasskey.allow_to_admin(act, &asker, &user)?;
        Ok::<_, ApiError>(operations::passkeys::remove(act, id, *passkey)?)
    });
    removed.await?;
    Ok(Response::no_content())
}
