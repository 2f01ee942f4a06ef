//! `pocketid group list`

use serde::{Serialize, Serializer};

use super::super::{context::Context, error::CliError, page::Page, report::Outcome};
use crate::{
    model::{Group, view::GroupView},
    store::groups,
};

const EXAMPLES: &str = "\
Examples:
  pocketid group list
  pocketid group list --output json | jq -r '.[].name'

Off a terminal the columns are separated by tabs and have no header.";

/// List the groups
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {}

/// Every group with the number of its members.
#[derive(Debug)]
pub struct Listed(Vec<(Group, i64)>);

impl List {
    pub fn run(self, ctx: &Context) -> Result<Listed, CliError> {
        Ok(Listed(ctx.existing_store()?.read_blocking(groups::list)?))
    }
}

impl Serialize for Listed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|(group, count)| GroupView::of(group, *count)))
    }
}

impl Outcome for Listed {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page
                .remark("There are no groups yet. Make one with: pocketid group create NAME");
        }
        let rows = self.0.iter().map(|(group, count)| {
            [group.name.to_string(), group.friendly_name.to_string(), count.to_string()]
        });
        page.table(["NAME", "FRIENDLY NAME", "MEMBERS"], rows.collect());
    }
}
