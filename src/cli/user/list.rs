//! `pocketid user list`

use serde::{Serialize, Serializer};

use super::super::{
    context::Context, error::CliError, globals::Output, page::Page, report::Outcome,
};
use crate::{
    model::{ClaimOwner, CustomClaim, Group, User, view::UserView},
    store::{custom_claims, groups, users},
};

const EXAMPLES: &str = "\
Examples:
  pocketid user list
  pocketid user list --output json | jq -r '.[] | select(.isAdmin) | .username'

Off a terminal the columns are separated by tabs and have no header.";

/// List the accounts
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {}

/// Every account with its groups.
#[derive(Debug)]
pub struct UserList(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    user: User,
    groups: Vec<Group>,
    claims: Vec<CustomClaim>,
}

impl List {
    pub fn run(self, ctx: &Context) -> Result<UserList, CliError> {
        // Only JSON shows groups and claims; other formats save queries per user.
        let with_all = ctx.report().output() == Output::Json;
        ctx.existing_store()?.read_blocking(|tx| {
            let found = users::list_sound(tx)?;
            for fault in &found.corrupt {
                ctx.report().warn(format!("left out an account: cannot {fault}"));
            }
            let users = found.rows.into_iter().map(|user| {
                let (groups, claims) = if with_all {
                    (
                        groups::list_of_user(tx, user.id)?,
                        custom_claims::list(tx, ClaimOwner::User(user.id))?,
                    )
                } else {
                    (Vec::new(), Vec::new())
                };
                Ok(Entry { user, groups, claims })
            });
            users.collect::<Result<_, _>>().map(UserList)
        })
    }
}

impl Serialize for UserList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let view = |entry: &Entry| {
            UserView::of(&entry.user, &entry.groups).with_custom_claims(entry.claims.clone())
        };
        serializer.collect_seq(self.0.iter().map(view))
    }
}

impl Outcome for UserList {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.remark("There are no users yet. To create the first: pocketid setup");
        }
        let rows = self.0.iter().map(|Entry { user, .. }| {
            [
                user.username.to_string(),
                user.shown_name(),
                user.email.as_ref().map(ToString::to_string).unwrap_or_default(),
                if user.is_admin { "admin" } else { "user" }.to_owned(),
                if user.disabled { "disabled" } else { "enabled" }.to_owned(),
            ]
        });
        page.table(["USERNAME", "NAME", "EMAIL", "ROLE", "STATUS"], rows.collect());
    }
}
