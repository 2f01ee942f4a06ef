//! The part of an installation that is read to compare it with a file.
//!
//! An installation may have a hundred thousand users, and a file only three clients. For users that
//! the file does not mention, only the usernames are read.

use std::collections::BTreeSet;

use super::document::{Document, EntityKind};
use crate::model::User;

/// The part of the installation to read.
pub struct Extent {
    /// Folded usernames, ids and emails of the users to read in full; `None` reads all users in
    /// full.
    users: Option<BTreeSet<String>>,
    /// Whether the members of groups are read.
    pub members: bool,
}

impl Extent {
    /// The whole installation.
    pub fn everything() -> Self {
        Self { users: None, members: true }
    }

    /// The part needed to compare the installation with a file. With `prune`, all users are read,
    /// since those missing from the file are removed.
    pub fn of(wanted: &Document, prune: bool) -> Self {
        if prune && wanted.sections.contains_key(&EntityKind::User) {
            return Self::everything();
        }
        let mut users = BTreeSet::new();
        for user in wanted.of(EntityKind::User) {
            users.insert(user.folded());
            users.extend(
                ["id", "email"].iter().filter_map(|field| user.text(field)).map(str::to_lowercase),
            );
        }
        Self { users: Some(users), members: wanted.sections.contains_key(&EntityKind::Group) }
    }

    /// Whether a user is read in full.
    pub fn has_whole(&self, user: &User) -> bool {
        let Some(known) = &self.users else { return true };
        let is_known = |text: String| known.contains(&text);
        is_known(user.username.folded())
            || is_known(user.id.to_string())
            || user.email.as_ref().is_some_and(|email| is_known(email.folded()))
    }
}
