//! `pocketid protect list`

use serde::Serialize;

use super::super::{
    column::TableColumn,
    context::Context,
    error::CliError,
    page::{Page, open_to},
    report::Outcome,
};
use crate::{
    model::view::ProtectedHostView, operations::protected_hosts::shown, store::protected_hosts,
};

const EXAMPLES: &str = "\
Examples:
  pocketid protect list
  pocketid protect list --output json | jq -r '.[].host'

Off a terminal the columns are separated by tabs and have no header.";

/// List protected hosts
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {}

/// The protected hosts, by name.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct ProtectedHostList(Vec<ProtectedHostView>);

impl List {
    pub fn run(self, ctx: &Context) -> Result<ProtectedHostList, CliError> {
        ctx.existing_store()?.read_blocking(|tx| {
            let hosts = protected_hosts::list(tx)?;
            let views: Result<Vec<_>, _> = hosts.iter().map(|host| shown(tx, host)).collect();
            Ok(ProtectedHostList(views?))
        })
    }
}

impl Outcome for ProtectedHostList {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page
                .remark("No host is protected. To protect one: pocketid protect create HOST");
        }
        let rows = self.0.iter().map(|host| [host.host().to_string(), open_to(host.group_names())]);
        page.table(
            [
                TableColumn::text("HOST").of_importance(2),
                TableColumn::text("LETS IN").of_importance(1),
            ],
            rows.collect(),
        );
    }
}
