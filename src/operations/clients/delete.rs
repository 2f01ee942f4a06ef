//! Deleting a client.

use super::{Act, Refusal, audit, require};
use crate::{
    model::{Client, ClientId, EventKind},
    store::clients,
};

/// Deletes a client, with its secrets, logos, grants and tokens. What people granted it may be much, and is deleted in
/// batches (`store::batches`) before.
pub fn delete(act: &mut Act<'_, '_>, id: &ClientId) -> Result<Client, Refusal> {
    let client = require(act, id)?;
    clients::delete(act, id)?;
    audit(act, EventKind::ClientDeleted, &client, [])?;
    Ok(client)
}
