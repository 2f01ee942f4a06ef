//! A grant. Pocket ID has no list of grants.

use serde::Serialize;

use crate::model::{ClientId, ClientName, GrantId, LiveGrant, SessionId, Timestamp, Username};

/// An active grant.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GrantView<'a> {
    id: GrantId,
    username: &'a Username,
    client_id: &'a ClientId,
    client_name: &'a ClientName,
    scope: String,
    offline: bool,
    session_id: SessionId,
    created_at: Timestamp,
    expires_at: Timestamp,
}

impl<'a> GrantView<'a> {
    /// The grant as shown in the REST API.
    pub fn of(grant: &'a LiveGrant) -> Self {
        Self {
            id: grant.id,
            username: &grant.username,
            client_id: &grant.client_id,
            client_name: &grant.client_name,
            scope: grant.scope.to_string(),
            offline: grant.is_offline(),
            session_id: grant.session_id,
            created_at: grant.created_at,
            expires_at: grant.expires_at,
        }
    }
}
