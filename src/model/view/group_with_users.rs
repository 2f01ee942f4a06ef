//! `UserGroup` (Pocket ID 2.14)

use std::collections::BTreeMap;

use serde::Serialize;

use super::{ClientMetaView, UserView};
use crate::model::{
    Client, CustomClaim, DirectoryId, FriendlyName, Group, GroupId, GroupName, Logos, Timestamp,
    User, UserId,
};

/// A group with all data that belongs to it.
#[derive(Debug)]
pub struct GroupParts {
    /// The group.
    pub group: Group,
    /// Its members, by username.
    pub users: Vec<User>,
    /// When memberships end, of those that do.
    pub ends: BTreeMap<UserId, Timestamp>,
    /// Its claims.
    pub claims: Vec<CustomClaim>,
    /// The restricted clients that it may use.
    pub clients: Vec<(Client, Logos)>,
}

/// A membership that ends.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MembershipView {
    user_id: UserId,
    expires_at: Timestamp,
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
    /// The memberships that end; the others do not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    memberships: Vec<MembershipView>,
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
            memberships: parts
                .ends
                .iter()
                .map(|(user_id, expires_at)| MembershipView {
                    user_id: *user_id,
                    expires_at: *expires_at,
                })
                .collect(),
            allowed_oidc_clients: clients
                .map(|(client, logos)| ClientMetaView::of(client, *logos))
                .collect(),
        }
    }
}
