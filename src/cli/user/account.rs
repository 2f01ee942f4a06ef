//! Making an account, for `user add` and `setup`.

use super::super::{
    context::Context,
    error::CliError,
    names::{find_groups, refuse_taken},
};
use crate::{
    model::{
        AuditEvent, DisplayName, EmailAddress, EventKind, Group, PersonName, User, UserId, Username,
    },
    store::{Tx, audit_events, groups, users},
};

/// An account that is not stored yet.
#[derive(Debug, Clone)]
pub struct NewAccount {
    user: User,
    groups: Vec<String>,
    event: AuditEvent,
}

impl NewAccount {
    /// An account of this name, without anything else.
    pub fn new(ctx: &Context, username: Username) -> Result<Self, CliError> {
        let id = UserId(ctx.new_id());
        let data = [("username", username.to_string())];
        Ok(Self {
            event: ctx.event(EventKind::AccountCreated, Some(id), data),
            user: User {
                id,
                username,
                email: None,
                email_verified: ctx.app_config()?.emails_verified(),
                first_name: empty_name(),
                last_name: empty_name(),
                display_name: empty_display_name(),
                is_admin: false,
                disabled: false,
                locale: None,
                created_at: ctx.now(),
                updated_at: ctx.now(),
            },
            groups: Vec::new(),
        })
    }

    pub fn with_email(mut self, email: Option<EmailAddress>) -> Self {
        self.user.email = email;
        self
    }

    /// Whether the email is proven; as the setting says unless given.
    pub fn with_email_verified(mut self, is_verified: Option<bool>) -> Self {
        self.user.email_verified = is_verified.unwrap_or(self.user.email_verified);
        self
    }

    pub fn with_person_names(
        mut self,
        first: Option<PersonName>,
        last: Option<PersonName>,
    ) -> Self {
        self.user.first_name = first.unwrap_or_else(empty_name);
        self.user.last_name = last.unwrap_or_else(empty_name);
        self
    }

    /// The display name is the full name unless one is given (Pocket ID 2.14).
    pub fn with_display_name(mut self, display_name: Option<DisplayName>) -> Self {
        let full = format!("{} {}", self.user.first_name, self.user.last_name);
        self.user.display_name =
            display_name.or_else(|| full.parse().ok()).unwrap_or_else(empty_display_name);
        self
    }

    pub fn with_admin(mut self, is_admin: bool) -> Self {
        self.user.is_admin = is_admin;
        self
    }

    pub fn with_groups(mut self, groups: Vec<String>) -> Self {
        self.groups = groups;
        self
    }

    /// The name of the account.
    pub fn username(&self) -> &Username {
        &self.user.username
    }

    /// Stores it, unless its username or email is somebody else's.
    pub fn insert(self, tx: &mut Tx<'_>) -> Result<(User, Vec<Group>), CliError> {
        let user = self.user;
        refuse_taken(tx, &user, None)?;
        users::insert(tx, &user)?;
        let groups = find_groups(tx, &self.groups)?;
        for group in &groups {
            groups::insert_member(tx, group.id, user.id)?;
        }
        audit_events::insert(tx, &self.event)?;
        Ok((user, groups))
    }
}

fn empty_name() -> PersonName {
    "".parse().expect("a person's name may be empty")
}

fn empty_display_name() -> DisplayName {
    "".parse().expect("a display name may be empty")
}
