//! Approving a client.

use super::{Act, Noun, Refusal, audit_address, clients};
use crate::{
    model::{ClientId, ClientRequest, EventKind, RegistrationState, text::TextError},
    operations::client_registrations::UNUSED_SECONDS,
    store::{
        client_changes,
        client_metadata_requests::{self, RequestStatus},
        client_registrations, clients as client_rows,
    },
};

/// The approval of a client.
#[derive(Debug, Clone)]
pub struct Approval {
    /// Its id.
    pub id: ClientId,
    /// The revision that was shown. An address stays the same, and needs none.
    pub revision: Option<String>,
}

/// Lets a client sign people in, provided that it still describes itself as it was shown. An address
/// that was refused before may be approved, too.
pub fn approve(act: &mut Act<'_, '_>, approval: &Approval) -> Result<(), Refusal> {
    let id = &approval.id;
    if id.is_url() {
        if !client_metadata_requests::decide(act, id, RequestStatus::Approved)? {
            return Err(Refusal::NotFound(Noun::ClientRequest));
        }
        return Ok(audit_address(act, EventKind::ClientApproved, id)?);
    }
    let client = client_rows::find(act, id)?.filter(|client| client.is_pending());
    let mut client = client.ok_or(Refusal::NotFound(Noun::ClientRequest))?;
    let Some(shown) = &approval.revision else {
        return Err(Refusal::Field { field: "revision", error: TextError::required() });
    };
    if *shown != ClientRequest::revision_of(&client) {
        return Err(Refusal::ClientRequestChanged(client.id));
    }
    client.registration = Some(RegistrationState::Approved);
    client_changes::update(act, &client)?;
    let now = act.now();
    client_registrations::approve(act, id, now, now.plus(UNUSED_SECONDS))?;
    Ok(clients::audit(act, EventKind::ClientApproved, &client, [])?)
}
