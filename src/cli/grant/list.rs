//! `pocketid grant list`

use serde::{Serialize, Serializer};

use super::super::{
    column::TableColumn,
    context::Context,
    error::CliError,
    names::{find_client, find_user},
    page::{Page, yes_no},
    report::Outcome,
};
use crate::{
    model::{ClientId, LiveGrant, view::GrantView},
    store::live_grants,
};

const EXAMPLES: &str = "\
Examples:
  pocketid grant list
  pocketid grant list alice --client Grafana
  pocketid grant list alice --output json | jq '.[] | select(.offline)'

Off a terminal the columns are separated by tabs and have no header.";

/// List what applications may do for users
///
/// A grant is what one sign-in to an application gave it. Its tokens work until the grant ends. A grant with
/// the scope offline_access goes on when its user signs out; all others end then.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {
    /// Only those of this user: username, email or id
    #[arg(value_name = "USER")]
    user: Option<String>,
    /// Only those of this client: ID, or the name if it is unique
    #[arg(long, value_name = "CLIENT")]
    client: Option<String>,
}

/// Grants with their usernames and client names.
#[derive(Debug)]
pub struct GrantList(pub Vec<LiveGrant>);

impl List {
    pub fn run(self, ctx: &Context) -> Result<GrantList, CliError> {
        let now = ctx.now();
        ctx.existing_store()?.read_blocking(|tx| {
            let user = self.user.as_deref().map(|name| find_user(tx, name)).transpose()?;
            let client = self.client.as_deref().map(|name| find_client(tx, name)).transpose()?;
            let grants = match user {
                Some(user) => live_grants::list_of_user(tx, user.id, now)?,
                None => live_grants::list(tx, now)?,
            };
            Ok(GrantList::of_client(grants, client.map(|client| client.id).as_ref()))
        })
    }
}

impl GrantList {
    /// Keeps only the grants of a client, if one is given.
    pub fn of_client(mut grants: Vec<LiveGrant>, client: Option<&ClientId>) -> Self {
        grants.retain(|grant| client.is_none_or(|id| grant.client_id == *id));
        Self(grants)
    }
}

impl Serialize for GrantList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(GrantView::of))
    }
}

impl Outcome for GrantList {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.remark("There are no grants.");
        }
        let rows = self.0.iter().map(|grant| {
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
