//! Metadata clients, whose id is the URL of their metadata document.

use super::{Act, Refusal, audit, becomes_public, names::imitates, require};
use crate::{
    model::{Client, EventKind, Timestamp},
    store::{client_metadata_documents, clients},
};

/// A client's metadata document.
#[derive(Debug, Clone)]
pub struct Description {
    /// The client that the document describes.
    pub client: Client,
    /// When the document must be fetched again.
    pub expires_at: Timestamp,
    /// The name of this installation.
    pub app_name: String,
}

/// Creates or updates a client from its metadata document. `false` when the limit of documents is
/// reached and every one of them has sign-ins. Unauthenticated requests trigger this, so it writes
/// no audit entry.
pub fn save_description(act: &mut Act<'_, '_>, description: &Description) -> Result<bool, Refusal> {
    let Description { client, expires_at, app_name } = description;
    let mut client = client.clone();
    // A name that imitates another application counts as no name.
    if imitates(act, &client.name, app_name)?
        && let Some(name) = Client::name_of_host(&client.id)
    {
        client.name = name;
    }
    let before = clients::find(act, &client.id)?;
    let is_saved = client_metadata_documents::save(act, &client, *expires_at)?;
    if let Some(before) = before.filter(|_| is_saved) {
        becomes_public::revoke_grants(act, &before, &client)?;
    }
    Ok(is_saved)
}

/// Updates a known client from its metadata document, which an administrator had fetched again.
pub fn refresh(act: &mut Act<'_, '_>, description: &Description) -> Result<Client, Refusal> {
    require(act, &description.client.id)?;
    save_description(act, description)?;
    let client = require(act, &description.client.id)?;
    audit(act, EventKind::ClientChanged, &client, [("changed", "document".to_owned())])?;
    Ok(client)
}
