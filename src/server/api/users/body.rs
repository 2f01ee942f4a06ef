//! The body that describes a user, for `/api/users`, the user's own account, sign-up and setup.

use serde::Deserialize;

use crate::{
    model::{
        AppConfig, DisplayName, EmailAddress, GroupId, PersonName, UserId, Username, language_tag,
        text::TextError,
    },
    operations::{
        Change,
        users::{LastAdministrator, UserChange, UserDraft, Welcome},
    },
    server::http::{ApiError, api_error::FieldError},
};

/// A user. Administrators set all fields; users set those of their own profile.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["username"])))]
#[serde(rename_all = "camelCase")]
pub(in crate::server) struct UserBody {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    username: String,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    email_verified: Option<bool>,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
    #[serde(default)]
    display_name: Option<String>,
    #[serde(default)]
    is_admin: bool,
    #[serde(default)]
    locale: Option<String>,
    #[serde(default)]
    disabled: bool,
    #[serde(default)]
    user_group_ids: Option<Vec<String>>,
}

/// A body whose every field is valid.
#[derive(Debug)]
pub(in crate::server) struct CheckedUser {
    id: Option<UserId>,
    username: Username,
    email: Option<EmailAddress>,
    email_verified: Option<bool>,
    first_name: PersonName,
    last_name: PersonName,
    display_name: DisplayName,
    is_admin: bool,
    locale: Option<String>,
    disabled: bool,
    emails_verified: bool,
}

impl UserBody {
    /// Validates a body sent by an administrator and reports all faults at once. A missing display
    /// name becomes empty (Pocket ID 2.14).
    pub(super) fn check(&self, config: &AppConfig) -> Result<CheckedUser, ApiError> {
        let display_name = self.display_name.as_deref().unwrap_or_default();
        self.check_with(config, display_name, config.require_user_email())
    }

    /// The same for a service, which needs no email.
    pub(super) fn check_service(&self, config: &AppConfig) -> Result<CheckedUser, ApiError> {
        self.check_with(config, self.display_name.as_deref().unwrap_or_default(), false)
    }

    /// Validates a body that users send about themselves. A missing display name becomes the full
    /// name.
    pub(in crate::server) fn check_own(&self, config: &AppConfig) -> Result<CheckedUser, ApiError> {
        let full_name = format!("{} {}", self.first_name, self.last_name);
        let display_name = self.display_name.as_deref().unwrap_or(full_name.trim());
        self.check_with(config, display_name, config.require_user_email())
    }

    fn check_with(
        &self,
        config: &AppConfig,
        display_name: &str,
        needs_email: bool,
    ) -> Result<CheckedUser, ApiError> {
        let mut faults = Vec::new();
        let checked = (
            collect(&mut faults, "id", self.checked_id()),
            collect(&mut faults, "username", self.username.parse()),
            collect(&mut faults, "email", self.checked_email(needs_email)),
            collect(&mut faults, "firstName", self.first_name.parse()),
            collect(&mut faults, "lastName", self.last_name.parse()),
            collect(&mut faults, "displayName", display_name.parse()),
            collect(&mut faults, "locale", self.checked_locale()),
        );
        let (
            Some(id),
            Some(username),
            Some(email),
            Some(first_name),
            Some(last_name),
            Some(display_name),
            Some(locale),
        ) = checked
        else {
            return Err(ApiError::validation(faults));
        };
        Ok(CheckedUser {
            id,
            username,
            email,
            email_verified: self.email_verified,
            first_name,
            last_name,
            display_name,
            is_admin: self.is_admin,
            locale,
            disabled: self.disabled,
            emails_verified: config.emails_verified(),
        })
    }

    fn checked_id(&self) -> Result<Option<UserId>, TextError> {
        let fault = |_| TextError { code: "uuid", message: "is invalid".to_owned() };
        let id = self.id.as_deref().filter(|id| !id.is_empty());
        id.map(|id| id.parse().map_err(fault)).transpose()
    }

    fn checked_email(&self, is_needed: bool) -> Result<Option<EmailAddress>, TextError> {
        match self.email.as_deref().filter(|email| !email.trim().is_empty()) {
            None if is_needed => Err(TextError::required()),
            email => email.map(str::parse).transpose(),
        }
    }

    /// Validates the language alone, for users that may not change their other fields.
    pub(in crate::server) fn checked_locale(&self) -> Result<Option<String>, TextError> {
        let tag = self.locale.as_deref().filter(|tag| !tag.is_empty());
        tag.map(language_tag::parse).transpose()
    }

    /// Lists the initial groups and claims of a new account: the groups in the body or else the
    /// default groups, and the default claims. Unknown and malformed ids are ignored (Pocket ID 2.14).
    pub(super) fn welcome(&self, config: &AppConfig) -> Welcome {
        let groups = match &self.user_group_ids {
            Some(ids) => ids.iter().filter_map(|id| id.parse::<GroupId>().ok()).collect(),
            None => config.signup_default_groups(),
        };
        Welcome { groups, claims: config.signup_default_claims() }
    }
}

impl CheckedUser {
    /// Converts the body into a new account created by an administrator.
    pub(super) fn into_draft(self) -> UserDraft {
        UserDraft {
            id: self.id,
            username: self.username,
            email: self.email,
            email_verified: self.email_verified.unwrap_or(self.emails_verified),
            first_name: self.first_name,
            last_name: self.last_name,
            display_name: Some(self.display_name),
            is_admin: self.is_admin,
            disabled: self.disabled,
            locale: self.locale,
            ldap_id: None,
        }
    }

    /// Converts the body into a new account created by its own user.
    pub(in crate::server) fn into_own_draft(self, id: UserId, is_admin: bool) -> UserDraft {
        UserDraft {
            id: Some(id),
            email_verified: self.emails_verified,
            is_admin,
            disabled: false,
            ..self.into_draft()
        }
    }

    /// Converts the body into a change made by an administrator.
    pub(super) fn into_change(self) -> UserChange {
        UserChange {
            username: Change::Set(self.username),
            email: Change::Set(self.email),
            email_verified: self.email_verified.into(),
            is_new_email_verified: self.emails_verified,
            first_name: Change::Set(self.first_name),
            last_name: Change::Set(self.last_name),
            display_name: Change::Set(self.display_name),
            is_admin: Change::Set(self.is_admin),
            disabled: Change::Set(self.disabled),
            locale: Change::Set(self.locale),
            last_administrator: LastAdministrator::Stays,
            freed: None,
        }
    }

    /// Converts the body into a change users make to their own profile. They may not set
    /// `emailVerified`, `isAdmin` or `disabled`.
    pub(in crate::server) fn into_own_change(self) -> UserChange {
        UserChange {
            email_verified: Change::Keep,
            is_admin: Change::Keep,
            disabled: Change::Keep,
            ..self.into_change()
        }
    }
}

pub(super) fn collect<T>(
    faults: &mut Vec<FieldError>,
    field: &'static str,
    result: Result<T, TextError>,
) -> Option<T> {
    result.map_err(|error| faults.push(FieldError::new(field, error))).ok()
}
