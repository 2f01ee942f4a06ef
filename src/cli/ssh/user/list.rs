//! `pocketid ssh user list`

use clap::builder::PossibleValuesParser;
use serde::Serialize;

use super::super::super::{
    column::TableColumn, context::Context, error::CliError, listing::Listing, page::Page,
    report::Outcome,
};
use crate::{
    model::{SshUserState, view::SshUserView},
    operations::ssh::users::shown_page,
    store::list::ListQuery,
};

const EXAMPLES: &str = "\
Examples:
  pocketid ssh user list
  pocketid ssh user list --state waiting

Off a terminal the columns are separated by tabs and have no header.";

/// List users who may enter accounts of hosts, and those who wait
///
/// A confirmed user enters the account of their name by {username}. One who waits enters other accounts only; one who is
/// held (a passkey was added with a one-time code) or withdrawn gets no certificates. --search looks at names and emails.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {
    /// Only those in this state
    #[arg(long, value_parser = PossibleValuesParser::new(SshUserState::ALL.map(SshUserState::as_str)))]
    state: Option<String>,
    #[command(flatten)]
    listing: Listing,
}

/// The users, by name.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct SshUserList(Vec<SshUserView>);

impl List {
    pub fn run(self, ctx: &Context) -> Result<SshUserList, CliError> {
        let (store, now) = (ctx.existing_store()?, ctx.now());
        let filters: Vec<_> =
            self.state.map(|state| ("state".to_owned(), vec![state])).into_iter().collect();
        let found = store.read_blocking(|tx| {
            self.listing.read(|query| {
                let query = ListQuery { filters: filters.clone(), ..query.clone() };
                shown_page(tx, &query, now)
            })
        })?;
        Ok(SshUserList(found))
    }
}

impl Outcome for SshUserList {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.remark("No user may enter an account of a host.");
        }
        let rows = self.0.iter().map(|user| {
            [
                user.username().to_string(),
                user.state().to_owned(),
                user.accounts().join(" "),
                user.accounts_when_confirmed().join(" "),
            ]
        });
        page.table(
            [
                TableColumn::text("USERNAME"),
                TableColumn::whole("STATE"),
                TableColumn::text("MAY ENTER").of_importance(2),
                TableColumn::text("ONCE CONFIRMED").of_importance(1),
            ],
            rows.collect(),
        );
    }
}
