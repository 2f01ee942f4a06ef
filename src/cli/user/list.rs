//! `pocketid user list`

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::super::{
    column::TableColumn,
    context::Context,
    error::CliError,
    globals::Output,
    listing::{self, Listing, Parts},
    page::Page,
    report::Outcome,
};
use crate::{
    model::{User, UserId, view::UserView},
    store::{
        StoreError,
        passkeys::{self, PasskeyUses},
        user_list::{UserParts, with_parts},
        users,
    },
};

const EXAMPLES: &str = "\
Examples:
  pocketid user list
  pocketid user list --search example.com --limit 10
  pocketid user list --output json | jq -r '.[] | select(.isAdmin) | .username'

Off a terminal the columns are separated by tabs and have no header.";

/// The maximum number of accounts in memory, off a terminal.
const PART: usize = 500;

/// List the accounts
///
/// The last sign-in is the last use of a passkey. --search looks at usernames, names, display names and emails.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {
    #[command(flatten)]
    listing: Listing,
}

/// Accounts by username, with their groups and claims in JSON.
#[derive(Debug, Default)]
pub struct UserList {
    users: Vec<UserParts>,
    /// Their passkeys, in text.
    uses: BTreeMap<UserId, PasskeyUses>,
    is_searched: bool,
}

impl List {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        let store = ctx.existing_store()?;
        // Only JSON shows groups and claims; other formats save these queries.
        let with_all = ctx.report().output() == Output::Json;
        let mut after = Some(String::new());
        let mut left = self.listing.limit();
        listing::print(ctx, || {
            let Some(last) = after.take().filter(|_| left > 0) else { return Ok(None) };
            let (part, users, uses) = store.read_blocking(|tx| {
                let mut part = users::list_part(tx, &last, self.listing.search(), left.min(PART))?;
                let users = std::mem::take(&mut part.users.rows);
                let users =
                    if with_all { with_parts(tx, users, ctx.now())? } else { without_parts(users) };
                let ids: Vec<_> = users.iter().map(|one| one.user.id).collect();
                let uses =
                    if with_all { BTreeMap::new() } else { passkeys::uses_of_users(tx, &ids)? };
                Ok::<_, StoreError>((part, users, uses))
            })?;
            for fault in &part.users.corrupt {
                ctx.report().warn(format!("left out an account: {fault}"));
            }
            after = part.last;
            left = left.saturating_sub(users.len());
            Ok(Some(UserList { users, uses, is_searched: self.listing.is_search() }))
        })
    }
}

/// Wraps accounts for an output that shows neither groups nor claims.
fn without_parts(users: Vec<User>) -> Vec<UserParts> {
    let bare =
        |user| UserParts { user, groups: Vec::new(), ends: BTreeMap::new(), claims: Vec::new() };
    users.into_iter().map(bare).collect()
}

fn role(user: &User) -> &'static str {
    match (user.is_admin, user.is_service()) {
        (true, _) => "admin",
        (_, true) => "service",
        _ => "user",
    }
}

impl Parts for UserList {
    fn append(&mut self, next: Self) {
        self.users.extend(next.users);
        self.uses.extend(next.uses);
        self.is_searched |= next.is_searched;
    }
}

impl Serialize for UserList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let view = |parts: &UserParts| {
            UserView::of(&parts.user, &parts.groups)
                .with_membership_ends(&parts.ends)
                .with_custom_claims(parts.claims.clone())
        };
        serializer.collect_seq(self.users.iter().map(view))
    }
}

impl Outcome for UserList {
    fn write_text(&self, page: &mut Page) {
        if self.users.is_empty() {
            return page.remark(if self.is_searched {
                "No user has this text in a name or an email."
            } else {
                "There are no users yet. To create the first: pocketid setup"
            });
        }
        let rows = self.users.iter().map(|UserParts { user, .. }| {
            let uses = self.uses.get(&user.id).copied().unwrap_or_default();
            [
                user.username.to_string(),
                user.shown_name(),
                user.email.as_ref().map(ToString::to_string).unwrap_or_default(),
                role(user).to_owned(),
                if user.disabled { "disabled" } else { "enabled" }.to_owned(),
                uses.count.to_string(),
                uses.last_used_at.map_or_else(|| "never".to_owned(), |at| page.moment_cell(at)),
            ]
        });
        page.table(
            [
                TableColumn::whole("USERNAME"),
                TableColumn::text("NAME").of_importance(4),
                TableColumn::text("EMAIL").of_importance(5),
                TableColumn::whole("ROLE").of_importance(2),
                TableColumn::whole("STATUS").of_importance(6),
                TableColumn::whole("PASSKEYS").of_importance(1),
                TableColumn::whole("LAST SIGN-IN").of_importance(3),
            ],
            rows.collect(),
        );
    }
}
