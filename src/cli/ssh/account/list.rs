//! `pocketid ssh account list`

use serde::Serialize;

use super::super::super::{
    column::TableColumn,
    context::Context,
    error::CliError,
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
pub struct List {}

/// The accounts of hosts, by name.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct AccountList(Vec<SshAccountView>);

impl List {
    pub fn run(self, ctx: &Context) -> Result<AccountList, CliError> {
        ctx.existing_store()?.read_blocking(|tx| {
            let accounts = ssh_accounts::list(tx)?;
            let views: Result<Vec<_>, _> = accounts.iter().map(|one| shown(tx, one)).collect();
            Ok(AccountList(views?))
        })
    }
}

impl Outcome for AccountList {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.remark(
                "No account of a host is open. To open one: pocketid ssh account create root \
                 --group admins",
            );
        }
        let rows = self.0.iter().map(|one| [one.account().to_string(), open_to(one.group_names())]);
        page.table(
            [
                TableColumn::text("ACCOUNT").of_importance(2),
                TableColumn::text("LETS IN").of_importance(1),
            ],
            rows.collect(),
        );
    }
}
