//! Asking an administrator to let a client with a metadata document in.

use super::{Act, Refusal, audit_address};
use crate::{
    model::{ClientId, EventKind, UserId},
    store::client_metadata_requests::{self, RequestStatus},
};

/// The most addresses that wait because of one user.
const MAX_PENDING_OF_USER: usize = 5;
/// The most addresses that wait.
const MAX_PENDING: i64 = 200;

/// The address of a metadata document, with its first user.
#[derive(Debug, Clone)]
pub struct DocumentRequest {
    /// The address.
    pub id: ClientId,
    /// The user who signed in with it.
    pub user_id: UserId,
}

/// Stores an address for an administrator, unless it is known already. Returns the decision about it.
pub fn request(act: &mut Act<'_, '_>, asked: &DocumentRequest) -> Result<RequestStatus, Refusal> {
    if let Some(status) = client_metadata_requests::find(act, &asked.id)? {
        return Ok(status);
    }
    let of_user = client_metadata_requests::count_pending_of(act, asked.user_id)?;
    if of_user >= MAX_PENDING_OF_USER
        || client_metadata_requests::count_pending(act)? >= MAX_PENDING
    {
        return Err(Refusal::TooManyRegistrations);
    }
    let now = act.now();
    client_metadata_requests::insert(act, &asked.id, asked.user_id, now)?;
    audit_address(act, EventKind::ClientRequested, &asked.id)?;
    Ok(RequestStatus::Pending)
}
