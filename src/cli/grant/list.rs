//! `pocketid grant list`

use serde::{Serialize, Serializer};

use super::super::{
    column::TableColumn,
    context::Context,
    error::CliError,
    listing::Listing,
    names::{find_client, find_user},
    page::{Page, yes_no},
    report::Outcome,
};
use crate::{
    model::{LiveGrant, view::GrantView},
    store::live_grants,
};

const EXAMPLES: &str = "\
Examples:
  pocketid grant list
  pocketid grant list alice --client Grafana
  pocketid grant list --search offline_access --limit 10
  pocketid grant list alice --output json | jq '.[] | select(.offline)'

Off a terminal the columns are separated by tabs and have no header.";

/// List what applications may do for users
///
/// A grant is what one sign-in to an application gave it. Its tokens work until the grant ends. A grant with
/// the scope offline_access goes on when its user signs out; all others end then. --search looks at
/// usernames, names of clients, and scopes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {
    /// Only those of this user: username, email or id
    #[arg(value_name = "USER")]
    user: Option<String>,
    /// Only those of this client: ID, or the name if it is unique
    #[arg(long, value_name = "CLIENT")]
    client: Option<String>,
    #[command(flatten)]
    listing: Listing,
}

/// Grants with their usernames and client names.
#[derive(Debug)]
pub struct GrantList {
    grants: Vec<LiveGrant>,
    is_searched: bool,
}

impl List {
    pub fn run(self, ctx: &Context) -> Result<GrantList, CliError> {
        let now = ctx.now();
        ctx.existing_store()?.read_blocking(|tx| {
            let user = self.user.as_deref().map(|name| find_user(tx, name)).transpose()?;
            let client = self.client.as_deref().map(|name| find_client(tx, name)).transpose()?;
            let query = self.listing.query();
            let query = query.only("userId", user.map(|user| user.id));
            let query = query.only("clientId", client.map(|client| client.id));
            let grants = live_grants::first(tx, &query, now)?;
            Ok(GrantList { grants, is_searched: self.listing.is_search() })
        })
    }
}

impl GrantList {
    /// A list of grants without a search.
    pub fn of(grants: Vec<LiveGrant>) -> Self {
        Self { grants, is_searched: false }
    }
}

impl Serialize for GrantList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.grants.iter().map(GrantView::of))
    }
}

impl Outcome for GrantList {
    fn write_text(&self, page: &mut Page) {
        if self.grants.is_empty() {
            return page.remark(if self.is_searched {
                "No grant has this text in its username, client or scope."
            } else {
                "There are no grants."
            });
        }
        let rows = self.grants.iter().map(|grant| {
            [
                grant.username.to_string(),
                grant.client_name.to_string(),
                grant.scope.to_string(),
                yes_no(grant.is_offline()),
                page.moment_cell(grant.created_at),
                page.moment_cell(grant.expires_at),
                grant.id.to_string(),
            ]
        });
        let header = [
            TableColumn::text("USERNAME"),
            TableColumn::text("CLIENT").of_importance(6),
            TableColumn::text("SCOPE").of_importance(3),
            TableColumn::whole("OFFLINE").of_importance(2),
            TableColumn::whole("GRANTED").of_importance(1),
            TableColumn::whole("EXPIRES").of_importance(4),
            TableColumn::whole("ID"),
        ];
        page.table(header, rows.collect());
    }
}
