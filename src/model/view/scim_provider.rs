//! `ScimServiceProvider` (Pocket ID 2.14)

use serde::Serialize;

use super::ClientMetaView;
use crate::{
    crypto::Secret,
    model::{ScimEndpoint, ScimProvider, ScimProviderId, Timestamp},
};

/// A SCIM provider with its bearer token, which administrators may read again.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ScimProviderView {
    id: ScimProviderId,
    endpoint: ScimEndpoint,
    token: String,
    last_synced_at: Option<Timestamp>,
    last_attempted_at: Option<Timestamp>,
    /// Why the last synchronisation failed; `null` after a success.
    last_error: Option<String>,
    oidc_client: ClientMetaView,
    created_at: Timestamp,
}

impl ScimProviderView {
    /// The provider as administrators see it.
    pub fn of(provider: &ScimProvider, token: Option<&Secret>, client: ClientMetaView) -> Self {
        Self {
            id: provider.id,
            endpoint: provider.endpoint.clone(),
            token: token.map_or_else(String::new, |token| token.expose().to_owned()),
            last_synced_at: provider.last_synced_at,
            last_attempted_at: provider.last_attempted_at,
            last_error: provider.last_error.clone(),
            oidc_client: client,
            created_at: provider.created_at,
        }
    }
}
