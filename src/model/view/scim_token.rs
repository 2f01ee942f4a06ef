//! A SCIM token in the REST API.

use serde::Serialize;

use crate::model::{ScimToken, ScimTokenId, ScimTokenName, Timestamp};

/// A SCIM token, without the token itself.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ScimTokenView {
    id: ScimTokenId,
    name: ScimTokenName,
    expires_at: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
    created_at: Timestamp,
}

impl ScimTokenView {
    /// The token as shown in the REST API.
    pub fn of(token: &ScimToken) -> Self {
        Self {
            id: token.id,
            name: token.name.clone(),
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
            created_at: token.created_at,
        }
    }
}
