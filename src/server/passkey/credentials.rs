//! `/api/webauthn/credentials`: the passkeys of whoever is signed in (Pocket ID 2.14)

use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use super::registration::audit_data;
use crate::{
    model::{AuditEvent, EventKind, Passkey, PasskeyId, PasskeyName, Timestamp},
    server::{
        http::{ApiError, Request, Response},
        limits,
    },
    store::{StoreError, audit_events, passkeys},
};

/// A passkey in the API; `lastUsedAt` is ours.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PasskeyView {
    id: PasskeyId,
    name: PasskeyName,
    #[serde(rename = "credentialID")]
    credential_id: String,
    attestation_type: &'static str,
    transport: Vec<String>,
    backup_eligible: bool,
    backup_state: bool,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
}

impl PasskeyView {
    /// The passkey as the API shows it.
    pub(super) fn of(passkey: &Passkey) -> Self {
        Self {
            id: passkey.id,
            name: passkey.name.clone(),
            credential_id: String::from_utf8_lossy(&passkey.credential_id).into_owned(),
            attestation_type: "none",
            transport: passkey.transports.clone(),
            backup_eligible: passkey.backup_eligible,
            backup_state: passkey.backup_state,
            created_at: passkey.created_at,
            last_used_at: passkey.last_used_at,
        }
    }
}

/// `GET`: the list, oldest first.
pub(in crate::server) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_user().await?;
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
    let req = req.require_user().await?.json::<Rename>(limits::JSON).await?;
    let id = parse_id(&id)?;
    let name: PasskeyName =
        req.body.name.parse().map_err(|error| ApiError::field("name", error))?;
    let user_id = req.who.user.id;
    let renamed = req.app.store().write(move |tx| {
        if !passkeys::rename(tx, id, user_id, &name)? {
            return Ok(None);
        }
        let passkeys = passkeys::list_of_user(tx, user_id)?;
        Ok::<_, StoreError>(passkeys.into_iter().find(|passkey| passkey.id == id))
    });
    let passkey = renamed.await?.ok_or_else(missing)?;
    Ok(Response::json(&PasskeyView::of(&passkey)))
}

/// `DELETE .../{id}`: the last one, too; `pocketid recover` is the way back.
pub(in crate::server) async fn delete(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.require_user().await?;
    let id = parse_id(&id)?;
    let user_id = req.who.user.id;
    let kind = EventKind::PasskeyRemoved;
    let event = req.app.audit_event(kind, Some(user_id), req.head.actor(), req.head.now);
    let deleted = req.app.store().write(move |tx| {
        let passkeys = passkeys::list_of_user(tx, user_id)?;
        let Some(passkey) = passkeys.iter().find(|passkey| passkey.id == id) else {
            return Ok(false);
        };
        let event = AuditEvent { data: audit_data(passkey), ..event.clone() };
        audit_events::insert(tx, &event)?;
        passkeys::delete(tx, id, user_id)
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
