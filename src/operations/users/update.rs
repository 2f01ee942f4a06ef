//! Changing an account.

use super::{Act, LastAdministrator, Refusal, last_administrator::let_go, refuse_taken, require};
use crate::{
    model::{DisplayName, EmailAddress, EventKind, PersonName, User, UserId, Username},
    operations::Change,
    store::{sign_out, users},
};

/// What is to be another about an account.
#[derive(Debug, Clone)]
pub struct UserChange {
    /// The username.
    pub username: Change<Username>,
    /// The email.
    pub email: Change<Option<EmailAddress>>,
    /// Whether the email is proven to be theirs.
    pub email_verified: Change<bool>,
    /// Whether another email counts as proven, where `email_verified` does not say.
    pub is_new_email_verified: bool,
    /// The given name.
    pub first_name: Change<PersonName>,
    /// The family name.
    pub last_name: Change<PersonName>,
    /// The name that people see.
    pub display_name: Change<DisplayName>,
    /// Whether they administer.
    pub is_admin: Change<bool>,
    /// Whether they are kept from signing in.
    pub disabled: Change<bool>,
    /// The language of the pages; the browser's when nothing is set.
    pub locale: Change<Option<String>>,
    /// Whether the last administrator may go.
    pub last_administrator: LastAdministrator,
    /// The account before [`free_names`], when its names were freed in this transaction.
    pub freed: Option<Box<User>>,
}

impl UserChange {
    /// No change at all.
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

    /// Whether the account would be found by another username or email.
    pub fn changes_login_names(&self, user: &User) -> bool {
        let mut user = user.clone();
        self.username.apply(&mut user.username) | self.email.apply(&mut user.email)
    }

    /// Changes the account. Answers with the names of the fields, in the REST API, that are another than before.
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
    /// Whether anything is another than before.
    pub is_changed: bool,
    /// Whether the last administrator who may sign in is gone: the set-up is open.
    pub was_last_administrator: bool,
}

/// Changes an account. Another email is not proven unless the change says so. Whoever is disabled is signed out
/// everywhere and loses their tokens, links and keys; so is whoever is enabled again, because not every disabled
/// account was disabled by this version of the program.
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
    let loses_administrator = !user.is_admin || user.disabled;
    let was_last_administrator =
        loses_administrator && let_go(act, &before, change.last_administrator)?;
    refuse_taken(act, &user, Some(&before))?;
    let now = act.now();
    users::update(act, &user, now)?;
    if is_switched {
        end_everything(act, id)?;
        let kind =
            if user.disabled { EventKind::AccountDisabled } else { EventKind::AccountEnabled };
        act.audit(kind, id, [])?;
    }
    if !changed.is_empty() {
        act.audit(EventKind::AccountChanged, id, [("changed", changed.join(" "))])?;
    }
    Ok(UpdatedUser { user, is_changed: true, was_last_administrator })
}

/// Keeps somebody from signing in, or lets them in again.
pub fn set_disabled(
    act: &mut Act<'_, '_>,
    id: UserId,
    disabled: bool,
    last_administrator: LastAdministrator,
) -> Result<UpdatedUser, Refusal> {
    let disabled = Change::Set(disabled);
    update(act, id, &UserChange { disabled, last_administrator, ..UserChange::none() })
}

/// Frees the username and the email of an account that is about to get others in the same transaction, so that two
/// accounts can swap them. Returns the account as it was.
pub fn free_names(act: &mut Act<'_, '_>, id: UserId) -> Result<User, Refusal> {
    let before = require(act, id)?;
    let username = format!("renamed-{id}").parse().expect("an id makes a username");
    let now = act.now();
    users::update(act, &User { username, email: None, ..before.clone() }, now)?;
    Ok(before)
}

/// Ends everything that lets a user in or acts for them.
pub(super) fn end_everything(act: &mut Act<'_, '_>, id: UserId) -> Result<(), Refusal> {
    let (now, new_id) = (act.now(), act.new_ids());
    Ok(sign_out::end_everything_of(act, id, new_id, now)?)
}
