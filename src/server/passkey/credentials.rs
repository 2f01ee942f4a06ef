//! `/api/webauthn/credentials`: the passkeys of the signed-in user (Pocket ID 2.14)

use serde::Deserialize;

use crate::{
    model::{PasskeyId, PasskeyName, view::PasskeyView},
    operations::{Noun, Refusal, passkeys},
    server::{
        guarded::{Asker, GuardedChange},
        http::{ApiError, Request, Response},
    },
    store,
};

/// `GET`: the list, oldest first.
pub(in crate::server) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_account().await?;
    let user_id = req.who.user.id;
    let passkeys =
        req.app.store().read(move |tx| store::passkeys::list_of_user(tx, user_id)).await?;
    let views: Vec<_> = passkeys.iter().map(PasskeyView::of).collect();
    Ok(Response::json(&views))
}

/// The body of `PATCH`.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct RenameBody {
    name: String,
}

/// `PATCH .../{id}`: renames a passkey.
pub(in crate::server) async fn rename(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.require_account().await?.json::<RenameBody>().await?;
    let asker = Asker::of(&req);
    let id = parse_id(&id)?;
    let name: PasskeyName =
        req.body.name.parse().map_err(|error| ApiError::field("name", error))?;
    let user_id = req.who.user.id;
    let renamed = req.act(name, move |act, name| {
        GuardedChange::RenamePasskey.allow(act, &asker)?;
        Ok::<_, ApiError>(passkeys::rename(act, user_id, id, name)?)
    });
    Ok(Response::json(&PasskeyView::of(&renamed.await?)))
}

/// `DELETE .../{id}`: deletes a passkey, even the last one. `pocketid recover` restores access.
pub(in crate::server) async fn delete(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.require_account().await?;
    let asker = Asker::of(&req);
    let id = parse_id(&id)?;
    let user = req.who.user.clone();
    let removed = req.act(id, move |act, id| {
        GuardedChange::RemovePasskey.allow_for(act, &asker, &user)?;
        Ok::<_, ApiError>(passkeys::remove(act, user.id, *id)?)
    });
    removed.await?;
    Ok(Response::no_content())
}

fn parse_id(id: &str) -> Result<PasskeyId, ApiError> {
    id.parse().map_err(|_| Refusal::NotFound(Noun::Passkey).into())
}
