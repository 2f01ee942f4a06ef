//! Refusing a client.

use super::{Act, Noun, Refusal, audit_address, clients};
use crate::{
    model::{ClientId, EventKind},
    store::{
        client_metadata_requests::{self, RequestStatus},
        clients as client_rows, grants,
    },
};

/// Refuses a client. One that registered itself is deleted. An address is remembered, so that it is not
/// asked about again; an approval of before ends, and so does all access that was
/// given to the client.
pub fn refuse(act: &mut Act<'_, '_>, id: &ClientId) -> Result<(), Refusal> {
    if id.is_url() {
        if !client_metadata_requests::decide(act, id, RequestStatus::Refused)? {
            return Err(Refusal::NotFound(Noun::ClientRequest));
        }
        let now = act.now();
        grants::revoke_every_of_client(act, id, now)?;
        return Ok(audit_address(act, EventKind::ClientRefused, id)?);
    }
    let client = client_rows::find(act, id)?.filter(|client| client.is_pending());
    let client = client.ok_or(Refusal::NotFound(Noun::ClientRequest))?;
    client_rows::delete(act, id)?;
    Ok(clients::audit(act, EventKind::ClientRefused, &client, [])?)
}
