//! How a directory is read and taken over, as the application configuration says it.

use crate::{
    crypto::Secret,
    model::{AppConfig, ConfigKey},
    outbound::{LdapServer, LdapTimes},
};

/// A setting without which a directory cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{} is not set", .0.name())]
pub struct MissingSetting(pub ConfigKey);

/// Where the values of a user come from.
#[derive(Debug, Clone)]
pub(super) struct UserAttributes {
    pub id: String,
    pub username: String,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub display_name: String,
    pub picture: String,
}

/// Where the values of a group come from.
#[derive(Debug, Clone)]
pub(super) struct GroupAttributes {
    pub id: String,
    pub name: String,
    pub member: String,
}

/// How a directory is read and taken over.
#[derive(Debug, Clone)]
pub struct DirectorySettings {
    /// The server.
    pub server: LdapServer,
    pub(super) base: String,
    pub(super) user_filter: String,
    pub(super) user: UserAttributes,
    pub(super) group_filter: String,
    /// Without them, groups stay as they are.
    pub(super) group: Option<GroupAttributes>,
    /// The group of the administrators.
    pub(super) admin_group: Option<String>,
    /// Whether users who left are disabled and not deleted.
    pub(super) soft_delete: bool,
    pub(super) require_email: bool,
}

impl DirectorySettings {
    /// Reads the settings.
    pub fn of(config: &AppConfig) -> Result<Self, MissingSetting> {
        let text = |key: ConfigKey| config.text(key).trim().to_owned();
        let required = |key: ConfigKey| match text(key) {
            text if text.is_empty() => Err(MissingSetting(key)),
            text => Ok(text),
        };
        let group = GroupAttributes {
            id: text(ConfigKey::LdapAttributeGroupUniqueIdentifier),
            name: text(ConfigKey::LdapAttributeGroupName),
            member: text(ConfigKey::LdapAttributeGroupMember),
        };
        let has_groups = [&group.id, &group.name, &group.member].iter().all(|a| !a.is_empty());
        Ok(Self {
            server: LdapServer {
                url: required(ConfigKey::LdapUrl)?,
                start_tls: config.flag(ConfigKey::LdapStartTls),
                skip_cert_verify: config.flag(ConfigKey::LdapSkipCertVerify),
                bind_dn: text(ConfigKey::LdapBindDn),
                bind_password: Secret::new(config.text(ConfigKey::LdapBindPassword)),
                times: LdapTimes::default(),
            },
            base: required(ConfigKey::LdapBase)?,
            user_filter: required(ConfigKey::LdapUserSearchFilter)?,
            user: UserAttributes {
                id: required(ConfigKey::LdapAttributeUserUniqueIdentifier)?,
                username: required(ConfigKey::LdapAttributeUserUsername)?,
                email: text(ConfigKey::LdapAttributeUserEmail),
                first_name: text(ConfigKey::LdapAttributeUserFirstName),
                last_name: text(ConfigKey::LdapAttributeUserLastName),
                display_name: text(ConfigKey::LdapAttributeUserDisplayName),
                picture: text(ConfigKey::LdapAttributeUserProfilePicture),
            },
            group_filter: text(ConfigKey::LdapUserGroupSearchFilter),
            group: has_groups.then_some(group),
            admin_group: Some(text(ConfigKey::LdapAdminGroupName)).filter(|name| !name.is_empty()),
            soft_delete: config.flag(ConfigKey::LdapSoftDeleteUsers),
            require_email: config.require_user_email(),
        })
    }
}

impl UserAttributes {
    /// The attributes to ask for.
    pub(super) fn all(&self) -> Vec<String> {
        let all = [
            &self.id,
            &self.username,
            &self.email,
            &self.first_name,
            &self.last_name,
            &self.display_name,
            &self.picture,
        ];
        all.into_iter().filter(|name| !name.is_empty()).cloned().collect()
    }
}
