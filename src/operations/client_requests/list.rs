//! Listing the clients that wait.

use crate::{
    model::ClientRequest,
    store::{StoreError, Tx, client_metadata_requests, client_registrations},
};

/// Lists the clients that wait for an administrator, the oldest first. Their number is bounded.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<ClientRequest>, StoreError> {
    let mut all = client_registrations::list_pending(tx)?;
    all.extend(client_metadata_requests::list_pending(tx)?);
    all.sort_by(|one, other| (one.requested_at, &one.id).cmp(&(other.requested_at, &other.id)));
    Ok(all)
}
