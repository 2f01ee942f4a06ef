//! Deleting clients.

use super::{
    Act, Refusal, audit, require, ssh_client::refuse_other_settings, ssh_client_id, trusted_issuers,
};
use crate::{
    model::{Client, ClientId, EventKind},
    operations::ssh::SshRefusal,
    store::{Tx, client_metadata_requests, clients, ssh_ca_keys},
};

/// Finds a client that may be deleted. Refused for the one with which people get SSH certificates, as long as a key
/// signs any; something else with its id may go, so that `pocketid ssh enable` can make it.
pub fn require_deletable(tx: &mut Tx<'_>, id: &ClientId) -> Result<Client, Refusal> {
    let client = require(tx, id)?;
    if client.id == ssh_client_id()
        && refuse_other_settings(&client).is_ok()
        && ssh_ca_keys::list(tx)?.iter().any(|key| key.removed_at.is_none())
    {
        return Err(SshRefusal::ClientInUse.into());
    }
    Ok(client)
}

/// Deletes a client with its secrets, logos, grants and tokens. Callers delete its grants in
/// batches (`store::batches`) first, since there may be many.
pub fn delete(act: &mut Act<'_, '_>, id: &ClientId) -> Result<Client, Refusal> {
    let client = require_deletable(act, id)?;
    trusted_issuers::end_removed(act, &client, &[])?;
    clients::delete(act, id)?;
    // An address that an administrator approved has to ask again.
    client_metadata_requests::delete(act, id)?;
    audit(act, EventKind::ClientDeleted, &client, [])?;
    Ok(client)
}
