//! Approving a client.

use super::{Act, Noun, Refusal, audit_address, clients};
use crate::{
    model::{ClientId, EventKind, RegistrationState},
    operations::client_registrations::UNUSED_SECONDS,
    store::{
        client_changes,
        client_metadata_requests::{self, RequestStatus},
        client_registrations, clients as client_rows,
    },
};

/// Lets a client sign people in. An address that was refused before may be approved, too.
pub fn approve(act: &mut Act<'_, '_>, id: &ClientId) -> Result<(), Refusal> {
    if id.is_url() {
        if !client_metadata_requests::decide(act, id, RequestStatus::Approved)? {
            return Err(Refusal::NotFound(Noun::ClientRequest));
        }
        return Ok(audit_address(act, EventKind::ClientApproved, id)?);
    }
    let client = client_rows::find(act, id)?.filter(|client| client.is_pending());
    let mut client = client.ok_or(Refusal::NotFound(Noun::ClientRequest))?;
    client.registration = Some(RegistrationState::Approved);
    client_changes::update(act, &client)?;
    let until = act.now().plus(UNUSED_SECONDS);
    client_registrations::keep_until(act, id, until)?;
    Ok(clients::audit(act, EventKind::ClientApproved, &client, [])?)
}
