//! `UserGroupMinimal` (Pocket ID 2.14)

use serde::Serialize;

use crate::model::{CustomClaim, DirectoryId, FriendlyName, Group, GroupId, GroupName, Timestamp};

/// A group without its members. Only lists of groups contain their number; elsewhere it is 0.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GroupView {
    id: GroupId,
    friendly_name: FriendlyName,
    name: GroupName,
    custom_claims: Vec<CustomClaim>,
    ldap_id: Option<DirectoryId>,
    created_at: Timestamp,
    user_count: i64,
    /// When the membership of the user ends, in the groups of a user. Absent if it does not end.
    #[serde(skip_serializing_if = "Option::is_none")]
    membership_expires_at: Option<Timestamp>,
}

impl GroupView {
    /// The group as shown in the REST API.
    pub fn of(group: &Group, user_count: i64) -> Self {
        Self {
            id: group.id,
            friendly_name: group.friendly_name.clone(),
            name: group.name.clone(),
            custom_claims: Vec::new(),
            ldap_id: group.ldap_id.clone(),
            created_at: group.created_at,
            user_count,
            membership_expires_at: None,
        }
    }

    /// Adds when the membership of a user ends.
    pub fn with_membership_end(self, membership_expires_at: Option<Timestamp>) -> Self {
        Self { membership_expires_at, ..self }
    }

    /// Its id.
    pub fn id(&self) -> GroupId {
        self.id
    }

    /// Adds its claims: only some endpoints return them.
    pub fn with_custom_claims(self, custom_claims: Vec<CustomClaim>) -> Self {
        Self { custom_claims, ..self }
    }
}
