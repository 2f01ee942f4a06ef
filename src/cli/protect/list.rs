//! `pocketid protect list`

use serde::{Serialize, Serializer};

use super::super::{
    column::TableColumn,
    context::Context,
    error::CliError,
    listing::Listing,
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
pub struct List {
    #[command(flatten)]
    listing: Listing,
}

/// The protected hosts, by name.
#[derive(Debug)]
pub struct ProtectedHostList {
    hosts: Vec<ProtectedHostView>,
    is_searched: bool,
}

impl List {
    pub fn run(self, ctx: &Context) -> Result<ProtectedHostList, CliError> {
        ctx.existing_store()?.read_blocking(|tx| {
            let all = protected_hosts::list(tx)?;
            let found = self.listing.pick(all, |host| vec![host.host.to_string()]);
            let views: Result<Vec<_>, _> = found.iter().map(|host| shown(tx, host)).collect();
            Ok(ProtectedHostList { hosts: views?, is_searched: self.listing.is_search() })
        })
    }
}

impl Serialize for ProtectedHostList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.hosts.serialize(serializer)
    }
}

impl Outcome for ProtectedHostList {
    fn write_text(&self, page: &mut Page) {
        if self.hosts.is_empty() {
            return page.remark(if self.is_searched {
                "No protected host has this text in its name."
            } else {
                "No host is protected. To protect one: pocketid protect create HOST"
            });
        }
        let rows =
            self.hosts.iter().map(|host| [host.host().to_string(), open_to(host.group_names())]);
        page.table(
            [
                TableColumn::text("HOST").of_importance(2),
                TableColumn::text("LETS IN").of_importance(1),
            ],
            rows.collect(),
        );
    }
}
