//! `/api/webauthn/credentials`: the passkeys of whoever is signed in (Pocket ID 2.14)

use hyper::StatusCode;
use serde::Deserialize;

use crate::{
    model::{AuditEvent, EventKind, PasskeyId, PasskeyName, view::PasskeyView},
    server::{
        account::fresh_passkey::{AccountChange, Asker},
        http::{ApiError, Request, Response},
    },
    store::{audit_events, passkeys},
};

/// `GET`: the list, oldest first.
pub(in crate::server) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_account().await?;
    let user_id = req.who.user.id;
    let passkeys = req.app.store().read(move |tx| passkeys::list_of_user(tx, user_id)).await?;
    let views: Vec<_> = passkeys.iter().map(PasskeyView::of).collect();
    Ok(Response::json(&views))
}

/// The body of `PATCH`.
#[derive(Debug, Deserialize)]
struct Rename {
    name: String,
}

/// `PATCH .../{id}`: another name.
pub(in crate::server) async fn rename(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.require_account().await?.json::<Rename>().await?;
    let asker = Asker::of(&req);
    let id = parse_id(&id)?;
    let name: PasskeyName =
        req.body.name.parse().map_err(|error| ApiError::field("name", error))?;
    let user_id = req.who.user.id;
    let kind = EventKind::PasskeyRenamed;
    let event = req.app.audit_event(kind, Some(user_id), req.head.actor(), req.head.now);
    let how = req.who.audit_data();
    let renamed = req.app.store().write(move |tx| {
        AccountChange::RenamePasskey.allow(tx, &asker)?;
        let passkeys = passkeys::list_of_user(tx, user_id)?;
        let Some(mut passkey) = passkeys.into_iter().find(|passkey| passkey.id == id) else {
            return Ok(None);
        };
        if passkey.name != name {
            let mut data = passkey.audit_data();
            data.insert("newName", name.to_string());
            data.extend(how.clone());
            passkeys::rename(tx, id, user_id, &name)?;
            audit_events::insert(tx, &AuditEvent { data, ..event.clone() })?;
            passkey.name = name.clone();
        }
        Ok::<_, ApiError>(Some(passkey))
    });
    let passkey = renamed.await?.ok_or_else(missing)?;
    Ok(Response::json(&PasskeyView::of(&passkey)))
}

/// `DELETE .../{id}`: the last one, too; `pocketid recover` is the way back.
pub(in crate::server) async fn delete(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.require_account().await?;
    let asker = Asker::of(&req);
    let id = parse_id(&id)?;
    let user_id = req.who.user.id;
    let kind = EventKind::PasskeyRemoved;
    let event = req.app.audit_event(kind, Some(user_id), req.head.actor(), req.head.now);
    let how = req.who.audit_data();
    let deleted = req.app.store().write(move |tx| {
        AccountChange::RemovePasskey.allow(tx, &asker)?;
        let passkeys = passkeys::list_of_user(tx, user_id)?;
        let Some(passkey) = passkeys.iter().find(|passkey| passkey.id == id) else {
            return Ok(false);
        };
        let mut data = passkey.audit_data();
        data.extend(how.clone());
        audit_events::insert(tx, &AuditEvent { data, ..event.clone() })?;
        Ok::<_, ApiError>(passkeys::delete(tx, id, user_id)?)
    });
    match deleted.await? {
        true => Ok(Response::empty(StatusCode::NO_CONTENT)),
        false => Err(missing()),
    }
}

fn parse_id(id: &str) -> Result<PasskeyId, ApiError> {
    id.parse().map_err(|_| missing())
}

fn missing() -> ApiError {
    ApiError::not_found("Passkey")
}
