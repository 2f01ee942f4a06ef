//! The steps of a sync: one account or group each.

use std::fmt;

use super::{
    people::{PersonProfile, PictureSource},
    safety::SafetyRefusal,
    warnings::Warnings,
};
use crate::model::{DirectoryId, Group, GroupName, User, UserId};

/// A plan of the changes that make accounts and groups match the directory.
#[derive(Debug, Clone, Default)]
pub struct SyncPlan {
    /// The steps, in their order: accounts that leave come first, memberships last.
    pub steps: Vec<SyncStep>,
    /// Users with a name of the directory that is not noted as given: of a time before SSH certificates, or who had
    /// it while the directory was off.
    pub given_names: Vec<User>,
    /// Users who get another picture.
    pub pictures: Vec<PictureStep>,
    /// Skipped entries, with reasons.
    pub warnings: Warnings,
    /// Why a person has to look at the plan first.
    pub refusal: Option<SafetyRefusal>,
}

/// A step of a plan.
#[derive(Debug, Clone)]
pub enum SyncStep {
    /// About an account.
    User(UserStep),
    /// About a group.
    Group(GroupStep),
}

/// A change of an account.
#[derive(Debug, Clone)]
pub enum UserStep {
    /// It is created.
    Create {
        /// Its id in the directory.
        id: DirectoryId,
        /// Its fields.
        profile: Box<PersonProfile>,
        /// Whether the user is an administrator.
        is_admin: bool,
    },
    /// It is changed, and enabled if it is disabled.
    Change {
        /// The account before.
        before: Box<User>,
        /// Its fields.
        profile: Box<PersonProfile>,
        /// Whether the user is an administrator.
        is_admin: bool,
        /// Whether another account of the directory has one of its new names, and gets another one.
        swaps_names: bool,
    },
    /// It is disabled, because the user left.
    Disable(Box<User>),
    /// It is deleted, because the user left.
    Delete(Box<User>),
}

/// A change of a group.
#[derive(Debug, Clone)]
pub enum GroupStep {
    /// It is created, with its members.
    Create {
        /// Its id in the directory.
        id: DirectoryId,
        /// Its name.
        name: GroupName,
        /// The ids of its members in the directory.
        members: Vec<DirectoryId>,
    },
    /// It is renamed.
    Rename {
        /// The group before.
        before: Group,
        /// Its name.
        name: GroupName,
    },
    /// It is deleted, because it is no longer in the directory.
    Delete(Group),
    /// Members come and go.
    Members {
        /// The group.
        group: Group,
        /// The ids of new members in the directory.
        added: Vec<DirectoryId>,
        /// Members who leave.
        removed: Vec<UserId>,
    },
}

/// A picture that has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureStep {
    /// The id of the user in the directory.
    pub id: DirectoryId,
    /// Where it is; `None` when there is no picture any more.
    pub source: Option<PictureSource>,
}

/// How many steps of each kind there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct SyncSum {
    /// Accounts that are created.
    pub users_created: usize,
    /// Accounts that are changed or enabled.
    pub users_changed: usize,
    /// Accounts that are disabled.
    pub users_disabled: usize,
    /// Accounts that are deleted.
    pub users_deleted: usize,
    /// Groups that are created.
    pub groups_created: usize,
    /// Groups that are renamed, or get other members.
    pub groups_changed: usize,
    /// Groups that are deleted.
    pub groups_deleted: usize,
}

impl SyncSum {
    /// Counts the steps.
    pub fn of<'a>(steps: impl IntoIterator<Item = &'a SyncStep>) -> Self {
        let mut sum = Self::default();
        let mut changed = std::collections::HashSet::new();
        for step in steps {
            *match step {
                SyncStep::User(UserStep::Create { .. }) => &mut sum.users_created,
                SyncStep::User(UserStep::Change { .. }) => &mut sum.users_changed,
                SyncStep::User(UserStep::Disable(_)) => &mut sum.users_disabled,
                SyncStep::User(UserStep::Delete(_)) => &mut sum.users_deleted,
                SyncStep::Group(GroupStep::Create { .. }) => &mut sum.groups_created,
                SyncStep::Group(GroupStep::Delete(_)) => &mut sum.groups_deleted,
                SyncStep::Group(
                    GroupStep::Rename { before: group, .. } | GroupStep::Members { group, .. },
                ) => {
                    if !changed.insert(group.id) {
                        continue;
                    }
                    &mut sum.groups_changed
                }
            } += 1;
        }
        sum
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for SyncSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "users: {} to create, {} to change, {} to disable, {} to delete; groups: {} to create, {} to change, {} to \
             delete",
            self.users_created,
            self.users_changed,
            self.users_disabled,
            self.users_deleted,
            self.groups_created,
            self.groups_changed,
            self.groups_deleted
        )
    }
}

impl UserStep {
    /// The names of the fields that change, as in the REST API.
    pub fn changed(&self) -> Vec<&'static str> {
        let Self::Change { before, profile, is_admin, .. } = self else { return Vec::new() };
        let fields = [
            ("username", before.username != profile.username),
            ("email", before.email != profile.email),
            ("emailVerified", before.email_verified != profile.email.is_some()),
            ("firstName", before.first_name != profile.first_name),
            ("lastName", before.last_name != profile.last_name),
            ("displayName", before.display_name != profile.display_name),
            ("isAdmin", before.is_admin != *is_admin),
            ("disabled", before.disabled),
        ];
        fields.into_iter().filter(|(_, is_other)| *is_other).map(|(name, _)| name).collect()
    }
}

impl SyncStep {
    /// The noun of the step: an account or a group.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Group(_) => "group",
        }
    }

    /// The verb of the step.
    pub fn action(&self) -> &'static str {
        match self {
            Self::User(UserStep::Create { .. }) | Self::Group(GroupStep::Create { .. }) => "create",
            Self::User(UserStep::Change { before, .. }) if before.disabled => "enable",
            Self::User(UserStep::Change { .. })
            | Self::Group(GroupStep::Rename { .. } | GroupStep::Members { .. }) => "change",
            Self::User(UserStep::Disable(_)) => "disable",
            Self::User(UserStep::Delete(_)) | Self::Group(GroupStep::Delete(_)) => "delete",
        }
    }

    /// The name of the account or the group.
    pub fn name(&self) -> &str {
        match self {
            Self::User(UserStep::Create { profile, .. }) => profile.username.as_str(),
            Self::User(UserStep::Change { before, .. }) => before.username.as_str(),
            Self::User(UserStep::Disable(user) | UserStep::Delete(user)) => user.username.as_str(),
            Self::Group(GroupStep::Create { name, .. }) => name.as_str(),
            Self::Group(
                GroupStep::Rename { before: group, .. }
                | GroupStep::Delete(group)
                | GroupStep::Members { group, .. },
            ) => group.name.as_str(),
        }
    }

    /// More about it, for people; often nothing.
    pub fn details(&self) -> String {
        match self {
            Self::User(UserStep::Create { is_admin: true, .. }) => "administrator".to_owned(),
            Self::User(step @ UserStep::Change { is_admin, before, .. }) => {
                let mut changed = step.changed();
                changed.retain(|field| *field != "isAdmin" && *field != "disabled");
                if before.is_admin != *is_admin {
                    let role = if *is_admin { "becomes" } else { "is no longer" };
                    let role = format!("{role} an administrator");
                    let others = if changed.is_empty() { "" } else { "; " };
                    return format!("{role}{others}{}", changed.join(", "));
                }
                changed.join(", ")
            }
            Self::Group(GroupStep::Create { members, .. }) => format!("{} members", members.len()),
            Self::Group(GroupStep::Rename { name, .. }) => format!("is called {name}"),
            Self::Group(GroupStep::Members { added, removed, .. }) => {
                format!("members: {} added, {} removed", added.len(), removed.len())
            }
            _ => String::new(),
        }
    }
}
