//! `pocketid group list`

use serde::{Serialize, Serializer};

use super::super::{
    context::Context, error::CliError, globals::Output, page::Page, report::Outcome,
};
use crate::{
    model::{ClaimOwner, CustomClaim, Group, view::GroupView},
    store::{custom_claims, groups},
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
pub struct GroupList(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    group: Group,
    members: i64,
    claims: Vec<CustomClaim>,
}

impl List {
    pub fn run(self, ctx: &Context) -> Result<GroupList, CliError> {
        // Only JSON shows the claims; other formats save one query per group.
        let with_claims = ctx.report().output() == Output::Json;
        ctx.existing_store()?.read_blocking(|tx| {
            let groups = groups::list(tx)?.into_iter().map(|(group, members)| {
                let claims = if with_claims {
                    custom_claims::list(tx, ClaimOwner::Group(group.id))?
                } else {
                    Vec::new()
                };
                Ok(Entry { group, members, claims })
            });
            groups.collect::<Result<_, _>>().map(GroupList)
        })
    }
}

impl Serialize for GroupList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let view = |entry: &Entry| {
            GroupView::of(&entry.group, entry.members).with_custom_claims(entry.claims.clone())
        };
        serializer.collect_seq(self.0.iter().map(view))
    }
}

impl Outcome for GroupList {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page
                .remark("There are no groups yet. To create one: pocketid group create NAME");
        }
        let rows = self.0.iter().map(|Entry { group, members, .. }| {
            [group.name.to_string(), group.friendly_name.to_string(), members.to_string()]
        });
        page.table(["NAME", "FRIENDLY NAME", "MEMBERS"], rows.collect());
    }
}
