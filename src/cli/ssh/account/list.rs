//! `pocketid ssh account list`

use serde::{Serialize, Serializer};

use super::super::super::{
    column::TableColumn,
    context::Context,
    error::CliError,
    listing::Listing,
    page::{Page, open_to},
    report::Outcome,
};
use crate::{model::view::SshAccountView, operations::ssh::accounts::shown, store::ssh_accounts};

const EXAMPLES: &str = "\
Examples:
  pocketid ssh account list
  pocketid ssh account list --output json | jq -r '.[].account'

Off a terminal the columns are separated by tabs and have no header.";

/// List accounts of hosts
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {
    #[command(flatten)]
    listing: Listing,
}

/// The accounts of hosts, by name.
#[derive(Debug)]
pub struct AccountList {
    accounts: Vec<SshAccountView>,
    is_searched: bool,
}

impl List {
    pub fn run(self, ctx: &Context) -> Result<AccountList, CliError> {
        ctx.existing_store()?.read_blocking(|tx| {
            let all = ssh_accounts::list(tx)?;
            let found = self.listing.pick(all, |one| vec![one.account.to_string()]);
            let views: Result<Vec<_>, _> = found.iter().map(|one| shown(tx, one)).collect();
            Ok(AccountList { accounts: views?, is_searched: self.listing.is_search() })
        })
    }
}

impl Serialize for AccountList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.accounts.serialize(serializer)
    }
}

impl Outcome for AccountList {
    fn write_text(&self, page: &mut Page) {
        if self.accounts.is_empty() {
            return page.remark(if self.is_searched {
                "No account of a host has this text in its name."
            } else {
                "No account of a host is open. To open one: pocketid ssh account create root \
                 --group admins"
            });
        }
        let rows =
            self.accounts.iter().map(|one| [one.account().to_string(), open_to(one.group_names())]);
        page.table(
            [
                TableColumn::text("ACCOUNT").of_importance(2),
                TableColumn::text("LETS IN").of_importance(1),
            ],
            rows.collect(),
        );
    }
}
