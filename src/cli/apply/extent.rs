//! How much of an installation is read for a file: whole users only where the file speaks of them.
//!
//! An installation may have a hundred thousand users, and a file three clients. Of users that the file does not
//! speak of, it is enough to know that there is somebody of this name.

use std::collections::BTreeSet;

use super::document::{Document, Kind};
use crate::model::User;

/// How much is read.
pub struct Extent {
    /// Names, ids and addresses in their folded form; all users are read whole when it is `None`.
    users: Option<BTreeSet<String>>,
    /// Whether the members of groups are read.
    pub members: bool,
}

impl Extent {
    /// All there is.
    pub fn everything() -> Self {
        Self { users: None, members: true }
    }

    /// What it takes to compare an installation with a file. With `prune`, users that are not in the file go.
    pub fn of(wanted: &Document, prune: bool) -> Self {
        if prune && wanted.sections.contains_key(&Kind::User) {
            return Self::everything();
        }
        let mut users = BTreeSet::new();
        for user in wanted.of(Kind::User) {
            users.insert(user.folded());
            users.extend(
                ["id", "email"].iter().filter_map(|field| user.text(field)).map(str::to_lowercase),
            );
        }
        Self { users: Some(users), members: wanted.sections.contains_key(&Kind::Group) }
    }

    /// Whether a user is read whole.
    pub fn has_whole(&self, user: &User) -> bool {
        let Some(known) = &self.users else { return true };
        let is_known = |text: String| known.contains(&text);
        is_known(user.username.folded())
            || is_known(user.id.to_string())
            || user.email.as_ref().is_some_and(|email| is_known(email.folded()))
    }
}
