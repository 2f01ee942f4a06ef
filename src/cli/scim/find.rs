//! Finds the SCIM provider of a client.

use serde::Serialize;

use super::super::{error::CliError, names::find_client};
use crate::{
    model::{Client, ScimProvider, Timestamp},
    store::{Tx, scim_providers},
};

/// A provider with its client.
#[derive(Debug, Clone)]
pub struct ProviderOfClient {
    pub client: Client,
    pub provider: ScimProvider,
}

/// A provider as JSON, without its token.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShownProvider {
    id: String,
    client_id: String,
    client_name: String,
    endpoint: String,
    has_token: bool,
    last_synced_at: Option<Timestamp>,
    last_attempted_at: Option<Timestamp>,
    last_error: Option<String>,
    created_at: Timestamp,
}

impl ProviderOfClient {
    /// The provider as JSON.
    pub fn shown(&self) -> ShownProvider {
        let Self { client, provider } = self;
        ShownProvider {
            id: provider.id.to_string(),
            client_id: client.id.to_string(),
            client_name: client.name.to_string(),
            endpoint: provider.endpoint.as_str().to_owned(),
            has_token: provider.sealed_token.is_some(),
            last_synced_at: provider.last_synced_at,
            last_attempted_at: provider.last_attempted_at,
            last_error: provider.last_error.clone(),
            created_at: provider.created_at,
        }
    }
}

/// Finds the provider of a client; `None` if the client has none.
pub fn find_opt(tx: &mut Tx<'_>, name: &str) -> Result<Option<ProviderOfClient>, CliError> {
    let client = find_client(tx, name)?;
    let provider = scim_providers::find_of_client(tx, &client.id)?;
    Ok(provider.map(|provider| ProviderOfClient { client, provider }))
}

/// The error about a client without a provider.
pub fn missing(name: &str) -> CliError {
    CliError::refused(format!("{name} has no SCIM endpoint"))
        .hint(format!("set one: pocketid scim set {name} --endpoint URL --token-file FILE"))
}
