//! `pocketid service list`

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::super::{
    column::TableColumn, context::Context, error::CliError, listing::Listing, page::Page,
    report::Outcome,
};
use crate::{
    model::{Group, UserId, view::ServiceView},
    store::{
        groups,
        services::{self, Service},
    },
};

const EXAMPLES: &str = "\
Examples:
  pocketid service list
  pocketid service list --output json | jq -r '.[] | select(.lastUsedAt == null) | .username'

Off a terminal the columns are separated by tabs and have no header.";

/// List the services
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {
    #[command(flatten)]
    listing: Listing,
}

/// Services by username.
#[derive(Debug)]
pub struct ServiceList {
    services: Vec<Service>,
    groups: BTreeMap<UserId, Vec<Group>>,
    is_searched: bool,
}

impl List {
    pub fn run(self, ctx: &Context) -> Result<ServiceList, CliError> {
        let is_searched = self.listing.is_search();
        ctx.existing_store()?.read_blocking(|tx| {
            let services = self.listing.read(|query| services::page(tx, query))?;
            let ids: Vec<_> = services.iter().map(|one| one.user.id).collect();
            let groups = groups::list_of_users(tx, &ids, ctx.now())?;
            Ok(ServiceList { services, groups, is_searched })
        })
    }
}

impl Serialize for ServiceList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let view = |one: &Service| {
            let groups = self.groups.get(&one.user.id).map(Vec::as_slice).unwrap_or_default();
            ServiceView::of(&one.user, groups, &one.identity)
        };
        serializer.collect_seq(self.services.iter().map(view))
    }
}

impl Outcome for ServiceList {
    fn write_text(&self, page: &mut Page) {
        if self.services.is_empty() {
            return page.remark(if self.is_searched {
                "No service has this text in its name."
            } else {
                "There are no services. To create one: pocketid service create NAME"
            });
        }
        let rows = self.services.iter().map(|Service { user, identity }| {
            let keys = identity.keys.jwks.as_ref().map_or(0, |set| set.keys.len());
            let clients = identity.clients.iter().map(ToString::to_string);
            [
                user.username.to_string(),
                if user.disabled { "disabled" } else { "enabled" }.to_owned(),
                keys.to_string(),
                identity.keys.federated_identities.len().to_string(),
                clients.collect::<Vec<_>>().join(", "),
                identity.last_used_at.map_or_else(|| "never".to_owned(), |at| page.moment_cell(at)),
            ]
        });
        page.table(
            [
                TableColumn::whole("USERNAME"),
                TableColumn::whole("STATUS").of_importance(5),
                TableColumn::whole("KEYS").of_importance(2),
                TableColumn::whole("ISSUERS").of_importance(1),
                TableColumn::text("CLIENTS").of_importance(3),
                TableColumn::whole("LAST TOKEN").of_importance(4),
            ],
            rows.collect(),
        );
    }
}
