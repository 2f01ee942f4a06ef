//! `User` (Pocket ID 2.14)

use std::collections::BTreeMap;

use serde::Serialize;

use super::GroupView;
use crate::model::{
    CustomClaim, DirectoryId, DisplayName, EmailAddress, Group, GroupId, PersonName, Timestamp,
    User, UserId, UserType, Username,
};

/// A user.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct UserView {
    id: UserId,
    username: Username,
    email: Option<EmailAddress>,
    email_verified: bool,
    first_name: PersonName,
    last_name: PersonName,
    display_name: DisplayName,
    is_admin: bool,
    locale: Option<String>,
    custom_claims: Vec<CustomClaim>,
    user_groups: Vec<GroupView>,
    ldap_id: Option<DirectoryId>,
    disabled: bool,
    /// Left out for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_type: Option<UserType>,
}

impl UserView {
    /// The user as shown in the REST API.
    pub fn of(user: &User, groups: &[Group]) -> Self {
        Self {
            id: user.id,
            username: user.username.clone(),
            email: user.email.clone(),
            email_verified: user.email_verified,
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            display_name: user.display_name.clone(),
            is_admin: user.is_admin,
            locale: user.locale.clone(),
            custom_claims: Vec::new(),
            user_groups: groups.iter().map(|group| GroupView::of(group, 0)).collect(),
            ldap_id: user.ldap_id.clone(),
            disabled: user.disabled,
            user_type: user.is_service().then_some(user.user_type),
        }
    }

    /// Adds when memberships end, by group.
    pub fn with_membership_ends(mut self, ends: &BTreeMap<GroupId, Timestamp>) -> Self {
        let of = |group: GroupView| {
            let end = ends.get(&group.id()).copied();
            group.with_membership_end(end)
        };
        self.user_groups = self.user_groups.into_iter().map(of).collect();
        self
    }

    /// Adds the claims: only some endpoints return them.
    pub fn with_custom_claims(self, custom_claims: Vec<CustomClaim>) -> Self {
        Self { custom_claims, ..self }
    }
}
