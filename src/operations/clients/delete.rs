//! Deleting clients.

use super::{Act, Refusal, audit, require, trusted_issuers};
use crate::{
    model::{Client, ClientId, EventKind},
    store::{client_metadata_requests, clients},
};

/// Deletes a client with its secrets, logos, grants and tokens. Callers delete its grants in
/// batches (`store::batches`) first, since there may be many.
pub fn delete(act: &mut Act<'_, '_>, id: &ClientId) -> Result<Client, Refusal> {
    let client = require(act, id)?;
    trusted_issuers::end_removed(act, &client, &[])?;
    clients::delete(act, id)?;
    // An address that an administrator approved has to ask again.
    client_metadata_requests::delete(act, id)?;
    audit(act, EventKind::ClientDeleted, &client, [])?;
    Ok(client)
}
