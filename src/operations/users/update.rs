//! Updating accounts.

use super::{Act, LastAdministrator, Refusal, last_administrator::let_go, refuse_taken, require};
use crate::{
    model::{DisplayName, EmailAddress, EventKind, PersonName, User, UserId, Username},
    operations::{Change, from_directory, people_only::refuse_service, provisioning},
    store::{
        StoreError, asserted_subjects, grants, one_time_access_tokens, sign_out, ssh_users, users,
    },
};

/// A change of an account.
#[derive(Debug, Clone)]
pub struct UserChange {
    /// The username.
    pub username: Change<Username>,
    /// The email.
    pub email: Change<Option<EmailAddress>>,
    /// Whether the email is verified.
    pub email_verified: Change<bool>,
    /// Whether a new email counts as verified when `email_verified` is not set.
    pub is_new_email_verified: bool,
    /// The given name.
    pub first_name: Change<PersonName>,
    /// The family name.
    pub last_name: Change<PersonName>,
    /// The name shown to people.
    pub display_name: Change<DisplayName>,
    /// Whether the user is an administrator.
    pub is_admin: Change<bool>,
    /// Whether the user cannot sign in.
    pub disabled: Change<bool>,
    /// The language of the pages; that of the browser when `None`.
    pub locale: Change<Option<String>>,
    /// Policy when this is the last administrator.
    pub last_administrator: LastAdministrator,
    /// The account before [`free_names`], when that ran in this transaction.
    pub freed: Option<Box<User>>,
}

impl UserChange {
    /// A change that keeps every field.
    pub fn none() -> Self {
        Self {
            username: Change::Keep,
            email: Change::Keep,
            email_verified: Change::Keep,
            is_new_email_verified: false,
            first_name: Change::Keep,
            last_name: Change::Keep,
            display_name: Change::Keep,
            is_admin: Change::Keep,
            disabled: Change::Keep,
            locale: Change::Keep,
            last_administrator: LastAdministrator::Stays,
            freed: None,
        }
    }

    /// The part of the change that is possible for an account: while a directory looks after it, that is
    /// the language.
    #[must_use]
    pub fn possible(&self, act: &Act<'_, '_>, user: &User) -> Self {
        if from_directory::refuse_user(act, user).is_ok() {
            return self.clone();
        }
        Self { locale: self.locale.clone(), ..Self::none() }
    }

    /// Whether the change gives the account another username or email.
    pub fn changes_login_names(&self, user: &User) -> bool {
        let mut user = user.clone();
        self.username.apply(&mut user.username) | self.email.apply(&mut user.email)
    }

    /// Whether the change makes the user an administrator, or no longer one.
    pub fn changes_role(&self, user: &User) -> bool {
        let mut is_admin = user.is_admin;
        self.is_admin.apply(&mut is_admin)
    }

    /// Whether the change disables or enables the account.
    pub fn switches(&self, user: &User) -> bool {
        let mut disabled = user.disabled;
        self.disabled.apply(&mut disabled)
    }

    /// Whether the change enables the account.
    pub fn enables(&self, user: &User) -> bool {
        user.disabled && self.switches(user)
    }

    /// Applies the change. Returns the REST API names of the changed fields.
    fn apply(&self, user: &mut User) -> Vec<&'static str> {
        let was_verified = user.email_verified;
        let is_new_email = self.email.apply(&mut user.email);
        if is_new_email {
            user.email_verified = self.is_new_email_verified;
        }
        self.email_verified.apply(&mut user.email_verified);
        let changed = [
            ("username", self.username.apply(&mut user.username)),
            ("email", is_new_email),
            ("emailVerified", !is_new_email && user.email_verified != was_verified),
            ("firstName", self.first_name.apply(&mut user.first_name)),
            ("lastName", self.last_name.apply(&mut user.last_name)),
            ("displayName", self.display_name.apply(&mut user.display_name)),
            ("isAdmin", self.is_admin.apply(&mut user.is_admin)),
            ("locale", self.locale.apply(&mut user.locale)),
        ];
        changed.into_iter().filter(|(_, is_other)| *is_other).map(|(name, _)| name).collect()
    }
}

/// An account after a change.
#[derive(Debug)]
pub struct UpdatedUser {
    /// The account.
    pub user: User,
    /// Whether any field changed.
    pub is_changed: bool,
    /// Whether it was the last administrator who could sign in, so that the set-up is open again.
    pub was_last_administrator: bool,
}

/// Updates an account. A new email is not verified unless the change says so. Disabling ends the
/// sessions, tokens, links and API keys of the user. Enabling does too, since an earlier version of
/// the program may have disabled the account without ending them. Of an account that a directory looks
/// after, only the language can be changed (Pocket ID 2.14).
pub fn update(
    act: &mut Act<'_, '_>,
    id: UserId,
    change: &UserChange,
) -> Result<UpdatedUser, Refusal> {
    let stored = require(act, id)?;
    let before = change.freed.as_deref().unwrap_or(&stored).clone();
    let mut user = before.clone();
    let changed = change.apply(&mut user);
    let is_switched = change.disabled.apply(&mut user.disabled);
    if changed.is_empty() && !is_switched {
        return Ok(UpdatedUser { user: before, is_changed: false, was_last_administrator: false });
    }
    if is_switched || changed.iter().any(|field| *field != "locale") {
        from_directory::refuse_user(act, &before)?;
    }
    if user.is_admin {
        refuse_service(&user)?;
    }
    let loses_administrator = !user.is_admin || user.disabled;
    let was_last_administrator =
        loses_administrator && let_go(act, &before, change.last_administrator)?;
    refuse_taken(act, &user, Some(&before))?;
    let now = act.now();
    users::update(act, &user, now)?;
    if changed.contains(&"username") && act.gives_names() {
        ssh_users::note_name(act, id, &user.username)?;
    }
    provisioning::note_change(act)?;
    if user.is_admin != before.is_admin {
        // They were made for what the user was.
        let new_id = act.new_ids();
        sign_out::end_ways_without_passkey(act, id, None, new_id, now)?;
    }
    if changed.contains(&"email") {
        // They may have been mailed to the address before.
        one_time_access_tokens::delete_all(act, id)?;
    }
    // Issuers elsewhere have named the user by the address: whoever has it now is somebody new.
    if changed.contains(&"email") || is_switched {
        forget_asserted_subjects(act, id)?;
    }
    if is_switched {
        end_everything(act, id)?;
        let kind =
            if user.disabled { EventKind::AccountDisabled } else { EventKind::AccountEnabled };
        act.audit(kind, id, [])?;
    }
    if !changed.is_empty() {
        act.audit(EventKind::AccountChanged, id, [("changed", changed.join(" "))])?;
    }
    if user.is_admin && !before.is_admin {
        act.audit(EventKind::AdministratorAdded, id, [])?;
    }
    Ok(UpdatedUser { user, is_changed: true, was_last_administrator })
}

/// Disables or enables an account.
pub fn set_disabled(
    act: &mut Act<'_, '_>,
    id: UserId,
    disabled: bool,
    last_administrator: LastAdministrator,
) -> Result<UpdatedUser, Refusal> {
    let disabled = Change::Set(disabled);
    update(act, id, &UserChange { disabled, last_administrator, ..UserChange::none() })
}

/// Gives an account a temporary username and no email, so that two accounts can swap them in one
/// transaction. Returns the account before.
pub fn free_names(act: &mut Act<'_, '_>, id: UserId) -> Result<User, Refusal> {
    let before = require(act, id)?;
    let username = format!("renamed-{id}").parse().expect("an id makes a username");
    let now = act.now();
    users::update(act, &User { username, email: None, ..before.clone() }, now)?;
    Ok(before)
}

/// Ends the sessions, grants, tokens, links and API keys of a user.
pub(super) fn end_everything(act: &mut Act<'_, '_>, id: UserId) -> Result<(), Refusal> {
    let (now, new_id) = (act.now(), act.new_ids());
    Ok(sign_out::end_everything_of(act, id, new_id, now)?)
}

/// Forgets whom trusted issuers have named, and ends the tokens that clients got this way.
fn forget_asserted_subjects(act: &mut Act<'_, '_>, id: UserId) -> Result<(), StoreError> {
    let now = act.now();
    grants::revoke_asserted_of_user(act, id, now)?;
    for subject in asserted_subjects::list_of_user(act, id, asserted_subjects::MAX_LISTED)? {
        act.audit(EventKind::AssertedSubjectRemoved, id, subject.audited())?;
    }
    asserted_subjects::delete_of_user(act, id)
}
