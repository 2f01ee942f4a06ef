//! `UserGroup` (Pocket ID 2.14)

use serde::Serialize;

use super::{ClientMetaView, UserView};
use crate::model::{
    Client, CustomClaim, DirectoryId, FriendlyName, Group, GroupId, GroupName, Logos, Timestamp,
    User,
};

/// A group with all data that belongs to it.
#[derive(Debug)]
pub struct GroupParts {
    /// The group.
    pub group: Group,
    /// Its members, by username.
    pub users: Vec<User>,
    /// Its claims.
    pub claims: Vec<CustomClaim>,
    /// The restricted clients that it may use.
    pub clients: Vec<(Client, Logos)>,
}

/// A group with its members.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GroupWithUsersView {
    id: GroupId,
    friendly_name: FriendlyName,
    name: GroupName,
    custom_claims: Vec<CustomClaim>,
    ldap_id: Option<DirectoryId>,
    created_at: Timestamp,
    users: Vec<UserView>,
    allowed_oidc_clients: Vec<ClientMetaView>,
}

impl GroupWithUsersView {
    /// The group as shown in the REST API.
    pub fn of(parts: &GroupParts) -> Self {
        let clients = parts.clients.iter();
        Self {
            id: parts.group.id,
            friendly_name: parts.group.friendly_name.clone(),
            name: parts.group.name.clone(),
            custom_claims: parts.claims.clone(),
            ldap_id: parts.group.ldap_id.clone(),
            created_at: parts.group.created_at,
            users: parts.users.iter().map(|user| UserView::of(user, &[])).collect(),
            allowed_oidc_clients: clients
                .map(|(client, logos)| ClientMetaView::of(client, *logos))
                .collect(),
        }
    }
}
