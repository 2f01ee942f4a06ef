//! The error about a client that does not wait.

use super::super::{error::CliError, names::not_found};
use crate::{
    model::ClientId,
    operations::{Noun, Refusal, client_requests},
    store::{StoreError, Tx, clients},
};

/// The error about a decision, with the clients that do wait.
pub fn waiting(tx: &mut Tx<'_>, id: &ClientId, refusal: Refusal) -> Result<CliError, StoreError> {
    if !matches!(refusal, Refusal::NotFound(Noun::ClientRequest)) {
        return Ok(refusal.into());
    }
    if let Some(client) = clients::find(tx, id)?.filter(|client| !client.is_pending()) {
        let name = &client.name;
        let error = CliError::refused(format!("{name} ({id}) does not wait: it is registered"));
        return Ok(error
            .hint(format!("to look at it: pocketid client show {id}"))
            .hint(format!("to remove it: pocketid client delete {id}")));
    }
    let ids: Vec<_> = client_requests::list(tx)?.iter().map(|one| one.id.to_string()).collect();
    if ids.is_empty() {
        let error = CliError::refused(format!("{id} does not wait for an administrator"));
        return Ok(error.hint("no client waits; to list all clients: pocketid client list"));
    }
    Ok(not_found("waiting client", id.as_str(), &ids, "pocketid client pending", ""))
}
