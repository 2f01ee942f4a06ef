//! Creating accounts.

use super::{Act, Refusal, refuse_taken};
use crate::{
    model::{
        DirectoryId, DisplayName, EmailAddress, EventKind, PersonName, User, UserId, UserType,
        Username,
    },
    operations::provisioning,
    store::{ssh_users, users},
};

/// An account to create.
#[derive(Debug, Clone)]
pub struct UserDraft {
    /// Its id; generated when absent.
    pub id: Option<UserId>,
    /// The username.
    pub username: Username,
    /// The email.
    pub email: Option<EmailAddress>,
    /// Whether the email is verified. Callers without a value of their own use the setting
    /// `emailsVerified`.
    pub email_verified: bool,
    /// The given name, which may be empty.
    pub first_name: PersonName,
    /// The family name, which may be empty.
    pub last_name: PersonName,
    /// The name shown to people; the full name when absent (Pocket ID 2.14).
    pub display_name: Option<DisplayName>,
    /// Whether the user is an administrator.
    pub is_admin: bool,
    /// Whether the user cannot sign in.
    pub disabled: bool,
    /// The language of the pages; that of the browser when absent.
    pub locale: Option<String>,
    /// The id in the directory that the account comes from.
    pub ldap_id: Option<DirectoryId>,
}

impl UserDraft {
    /// An account with only a username.
    pub fn new(username: Username) -> Self {
        Self {
            id: None,
            username,
            email: None,
            email_verified: false,
            first_name: PersonName::empty(),
            last_name: PersonName::empty(),
            display_name: None,
            is_admin: false,
            disabled: false,
            locale: None,
            ldap_id: None,
        }
    }

    fn display_name(&self) -> Result<DisplayName, Refusal> {
        match &self.display_name {
            Some(name) => Ok(name.clone()),
            None => DisplayName::full(&self.first_name, &self.last_name)
                .map_err(|error| Refusal::Field { field: "displayName", error }),
        }
    }
}

/// Creates an account. Refused when its username or email belongs to another account, when its id is
/// that of the account of the static API key, and when no display name is given and the full name is
/// too long for one. `reason` is added to the audit entry.
pub fn create(
    act: &mut Act<'_, '_>,
    draft: &UserDraft,
    reason: Option<(&'static str, String)>,
) -> Result<User, Refusal> {
    if draft.id == Some(UserId::STATIC) {
        return Err(Refusal::UserIdInUse(UserId::STATIC));
    }
    create_any(act, draft, reason)
}

/// Creates the account of a service. Refused for an administrator, too: a program that manages
/// accounts does so with a key of the REST API, or over SCIM.
pub fn create_service(act: &mut Act<'_, '_>, draft: &UserDraft) -> Result<User, Refusal> {
    if draft.is_admin {
        return Err(Refusal::NotForServices(draft.username.clone()));
    }
    if draft.id == Some(UserId::STATIC) {
        return Err(Refusal::UserIdInUse(UserId::STATIC));
    }
    let reason = ("userType", UserType::Service.as_str().to_owned());
    insert(act, draft, UserType::Service, Some(reason))
}

/// [`create`], also for the account of the static API key.
pub(super) fn create_any(
    act: &mut Act<'_, '_>,
    draft: &UserDraft,
    reason: Option<(&'static str, String)>,
) -> Result<User, Refusal> {
    insert(act, draft, UserType::Person, reason)
}

fn insert(
    act: &mut Act<'_, '_>,
    draft: &UserDraft,
    user_type: UserType,
    reason: Option<(&'static str, String)>,
) -> Result<User, Refusal> {
    let now = act.now();
    let user = User {
        id: draft.id.unwrap_or_else(|| UserId(act.new_id())),
        username: draft.username.clone(),
        email: draft.email.clone(),
        email_verified: draft.email_verified,
        first_name: draft.first_name.clone(),
        last_name: draft.last_name.clone(),
        display_name: draft.display_name()?,
        is_admin: draft.is_admin,
        disabled: draft.disabled,
        locale: draft.locale.clone(),
        created_at: now,
        updated_at: now,
        ldap_id: draft.ldap_id.clone(),
        user_type,
    };
    if users::find(act, user.id)?.is_some() {
        return Err(Refusal::UserIdInUse(user.id));
    }
    refuse_taken(act, &user, None)?;
    users::insert(act, &user)?;
    if act.gives_names() {
        ssh_users::note_name(act, user.id, &user.username)?;
    }
    provisioning::note_change(act)?;
    let name = ("username", user.username.to_string());
    act.audit(EventKind::AccountCreated, user.id, [Some(name), reason].into_iter().flatten())?;
    if user.is_admin && user.id != UserId::STATIC {
        act.audit(EventKind::AdministratorAdded, user.id, [])?;
    }
    Ok(user)
}
