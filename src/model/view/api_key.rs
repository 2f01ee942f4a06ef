//! `ApiKey` (Pocket ID 2.14)

use serde::Serialize;

use crate::model::{ApiKey, ApiKeyDescription, ApiKeyId, ApiKeyName, Timestamp};

/// An API key, without the key itself.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyView {
    id: ApiKeyId,
    name: ApiKeyName,
    description: Option<ApiKeyDescription>,
    expires_at: Timestamp,
    last_used_at: Option<Timestamp>,
    created_at: Timestamp,
    expiration_email_sent: bool,
}

impl ApiKeyView {
    /// The key as shown in the REST API.
    pub fn of(key: &ApiKey) -> Self {
        Self {
            id: key.id,
            name: key.name.clone(),
            description: key.description.clone(),
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            created_at: key.created_at,
            expiration_email_sent: key.is_expiry_told,
        }
    }
}
