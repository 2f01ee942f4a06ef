//! `pocketid group list`

use serde::{Serialize, Serializer};

use super::super::{
    column::TableColumn, context::Context, error::CliError, globals::Output, listing::Listing,
    page::Page, report::Outcome,
};
use crate::{
    model::{ClaimOwner, CustomClaim, Group, view::GroupView},
    store::{StoreError, custom_claims, groups},
};

const EXAMPLES: &str = "\
Examples:
  pocketid group list
  pocketid group list --search staff --limit 10
  pocketid group list --output json | jq -r '.[].name'

Off a terminal the columns are separated by tabs and have no header.";

/// List the groups
///
/// --search looks at names, not at friendly names.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {
    #[command(flatten)]
    listing: Listing,
}

/// Groups by name, each with the number of its members.
#[derive(Debug)]
pub struct GroupList {
    groups: Vec<Entry>,
    is_searched: bool,
}

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
            let groups = self.listing.read(|query| groups::page(tx, query, ctx.now()))?;
            let groups = groups.into_iter().map(|(group, members)| {
                let claims = if with_claims {
                    custom_claims::list(tx, ClaimOwner::Group(group.id))?
                } else {
                    Vec::new()
                };
                Ok(Entry { group, members, claims })
            });
            let groups = groups.collect::<Result<_, StoreError>>()?;
            Ok(GroupList { groups, is_searched: self.listing.is_search() })
        })
    }
}

impl Serialize for GroupList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let view = |entry: &Entry| {
            GroupView::of(&entry.group, entry.members).with_custom_claims(entry.claims.clone())
        };
        serializer.collect_seq(self.groups.iter().map(view))
    }
}

impl Outcome for GroupList {
    fn write_text(&self, page: &mut Page) {
        if self.groups.is_empty() {
            return page.remark(if self.is_searched {
                "No group name contains this text."
            } else {
                "There are no groups yet. To create one: pocketid group create NAME"
            });
        }
        let rows = self.groups.iter().map(|Entry { group, members, .. }| {
            [group.name.to_string(), group.friendly_name.to_string(), members.to_string()]
        });
        page.table(
            [
                TableColumn::whole("NAME"),
                TableColumn::text("FRIENDLY NAME").of_importance(1),
                TableColumn::whole("MEMBERS").of_importance(2),
            ],
            rows.collect(),
        );
    }
}
