//! `UserGroup` and `UserGroupMinimal` (Pocket ID 2.14)

use serde::Serialize;

use super::UserView;
use crate::model::{CustomClaim, FriendlyName, Group, GroupId, GroupName, Timestamp, User};

/// A group without its members. Their number is told in lists of groups only, and is 0 elsewhere.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupView {
    id: GroupId,
    friendly_name: FriendlyName,
    name: GroupName,
    custom_claims: Vec<CustomClaim>,
    ldap_id: Option<String>,
    created_at: Timestamp,
    user_count: i64,
}

impl GroupView {
    /// The group as the API shows it.
    pub fn of(group: &Group, user_count: i64) -> Self {
        Self {
            id: group.id,
            friendly_name: group.friendly_name.clone(),
            name: group.name.clone(),
            custom_claims: Vec::new(),
            ldap_id: None,
            created_at: group.created_at,
            user_count,
        }
    }

    /// With its claims, which only some endpoints tell.
    pub fn with_custom_claims(self, custom_claims: Vec<CustomClaim>) -> Self {
        Self { custom_claims, ..self }
    }
}

/// A group with its members.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupWithUsersView {
    id: GroupId,
    friendly_name: FriendlyName,
    name: GroupName,
    custom_claims: Vec<CustomClaim>,
    ldap_id: Option<String>,
    created_at: Timestamp,
    users: Vec<UserView>,
}

impl GroupWithUsersView {
    /// The group as the API shows it.
    pub fn of(group: &Group, users: &[User]) -> Self {
        Self {
            id: group.id,
            friendly_name: group.friendly_name.clone(),
            name: group.name.clone(),
            custom_claims: Vec::new(),
            ldap_id: None,
            created_at: group.created_at,
            users: users.iter().map(|user| UserView::of(user, &[])).collect(),
        }
    }

    /// With its claims, which only some endpoints tell.
    pub fn with_custom_claims(self, custom_claims: Vec<CustomClaim>) -> Self {
        Self { custom_claims, ..self }
    }
}
