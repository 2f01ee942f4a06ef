//! Turns what a program sends into what the operations take.

use crate::{
    model::{DisplayName, UserId},
    operations::{
        Change,
        scim_accounts::ScimUserChange,
        users::{UserChange, UserDraft},
    },
    scim::{CheckedScimUser, ScimFault},
};

/// Makes a new account, which is never that of an administrator.
pub(super) fn draft(user: CheckedScimUser, is_email_verified: bool) -> UserDraft {
    UserDraft {
        email: user.email,
        email_verified: is_email_verified,
        first_name: user.first_name,
        last_name: user.last_name,
        display_name: user.display_name,
        disabled: !user.active,
        ..UserDraft::new(user.username)
    }
}

/// A change of all attributes that SCIM knows. A new email is verified only if the configuration says
/// so for all, as when an administrator changes it.
pub(super) fn change(
    id: UserId,
    user: &CheckedScimUser,
    is_new_email_verified: bool,
) -> Result<ScimUserChange, ScimFault> {
    let display_name = match &user.display_name {
        Some(name) => name.clone(),
        None => DisplayName::full(&user.first_name, &user.last_name)
            .map_err(|error| ScimFault::value(format!("displayName {error}.")))?,
    };
    let change = UserChange {
        username: Change::Set(user.username.clone()),
        email: Change::Set(user.email.clone()),
        is_new_email_verified,
        first_name: Change::Set(user.first_name.clone()),
        last_name: Change::Set(user.last_name.clone()),
        display_name: Change::Set(display_name),
        disabled: Change::Set(!user.active),
        ..UserChange::none()
    };
    let external_id = user.external_id.as_ref().map(ToString::to_string);
    Ok(ScimUserChange { id, change, external_id })
}
