//! Clients that describe themselves at the address that is their id.

use super::{Act, Refusal, audit, require};
use crate::{
    model::{Client, EventKind, Timestamp},
    store::client_metadata_documents,
};

/// What the document of a client says.
#[derive(Debug, Clone)]
pub struct Description {
    /// The client, as its document describes it.
    pub client: Client,
    /// When the document has to be fetched again.
    pub expires_at: Timestamp,
}

/// Stores a client as its document describes it, new or changed. `false` when there are too many that somebody has
/// signed in to. Anybody who names an address causes this, so it leaves no entry in the audit log.
pub fn save_description(act: &mut Act<'_, '_>, description: &Description) -> Result<bool, Refusal> {
    let Description { client, expires_at } = description;
    Ok(client_metadata_documents::save(act, client, *expires_at)?)
}

/// Stores what the document of a client says that is known already, for an administrator who has it fetched anew.
pub fn refresh(act: &mut Act<'_, '_>, description: &Description) -> Result<Client, Refusal> {
    require(act, &description.client.id)?;
    save_description(act, description)?;
    let client = require(act, &description.client.id)?;
    audit(act, EventKind::ClientChanged, &client, [("changed", "document".to_owned())])?;
    Ok(client)
}
