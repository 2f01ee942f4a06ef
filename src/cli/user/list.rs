//! `pocketid user list`

use serde::{Serialize, Serializer};

use super::super::{args::Output, context::Context, error::CliError, page::Page, report::Outcome};
use crate::{
    model::{Group, User, view::UserView},
    store::{groups, users},
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
pub struct Listed(Vec<(User, Vec<Group>)>);

impl List {
    pub fn run(self, ctx: &Context) -> Result<Listed, CliError> {
        // Only JSON shows the groups; for the rest they would be a query a user for nothing.
        let with_groups = ctx.report().output() == Output::Json;
        ctx.existing_store()?.read_blocking(|tx| {
            let users = users::list(tx)?.into_iter().map(|user| {
                let groups = match with_groups {
                    true => groups::list_of_user(tx, user.id)?,
                    false => Vec::new(),
                };
                Ok((user, groups))
            });
            users.collect::<Result<_, _>>().map(Listed)
        })
    }
}

impl Serialize for Listed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|(user, groups)| UserView::of(user, groups)))
    }
}

impl Outcome for Listed {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.remark("There are no users yet. Make the first with: pocketid setup");
        }
        let rows = self.0.iter().map(|(user, _)| {
            [
                user.username.to_string(),
                user.shown_name(),
                user.email.as_ref().map(ToString::to_string).unwrap_or_default(),
                if user.is_admin { "admin" } else { "user" }.to_owned(),
                if user.disabled { "disabled" } else { "enabled" }.to_owned(),
            ]
        });
        page.table(["USER NAME", "NAME", "E-MAIL", "ROLE", "STATUS"], rows.collect());
    }
}
