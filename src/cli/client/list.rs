//! `pocketid client list`

use serde::{Serialize, Serializer};

use super::super::{
    column::TableColumn, context::Context, error::CliError, listing::Listing, page::Page,
    report::Outcome,
};
use crate::{
    model::{
        ClientType, Timestamp,
        view::{ClientParts, ClientView},
    },
    store::{StoreError, client_lists, groups},
};

const EXAMPLES: &str = "\
Examples:
  pocketid client list
  pocketid client list --search notes --limit 10
  pocketid client list --output json | jq -r '.[].id'

Off a terminal the columns are separated by tabs and have no header.";

/// List the clients
///
/// --search looks at names.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {
    #[command(flatten)]
    listing: Listing,
}

/// Clients, sorted by name.
#[derive(Debug)]
pub struct ClientList {
    clients: Vec<ClientParts>,
    is_searched: bool,
    now: Timestamp,
}

impl List {
    pub fn run(self, ctx: &Context) -> Result<ClientList, CliError> {
        let clients = ctx.existing_store()?.read_blocking(|tx| {
            let found = self.listing.read(|query| client_lists::page(tx, query))?.into_iter();
            let with_groups = found.map(|one| {
                let groups = groups::list_of_client(tx, &one.parts.client.id)?;
                Ok(ClientParts { groups, ..one.parts })
            });
            with_groups.collect::<Result<Vec<_>, StoreError>>()
        })?;
        Ok(ClientList { clients, is_searched: self.listing.is_search(), now: ctx.now() })
    }
}

impl Serialize for ClientList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let view = |parts: &ClientParts| {
            let count = i64::try_from(parts.groups.len()).unwrap_or(i64::MAX);
            ClientView::of(parts, self.now).with_group_count(count)
        };
        serializer.collect_seq(self.clients.iter().map(view))
    }
}

impl Outcome for ClientList {
    fn write_text(&self, page: &mut Page) {
        if self.clients.is_empty() {
            return page.remark(if self.is_searched {
                "No client name contains this text."
            } else {
                "There are no clients yet. To register one: pocketid client create NAME"
            });
        }
        let rows = self.clients.iter().map(|parts| {
            let groups: Vec<_> = parts.groups.iter().map(|group| group.name.as_str()).collect();
            [
                parts.client.name.to_string(),
                parts.client.id.to_string(),
                match parts.client.client_type {
                    ClientType::Confidential => "confidential",
                    ClientType::Public => "public",
                }
                .to_owned(),
                match (parts.client.is_group_restricted, &groups[..]) {
                    (false, _) => "everybody".to_owned(),
                    (true, []) => "nobody".to_owned(),
                    (true, groups) => groups.join(", "),
                },
            ]
        });
        page.table(
            [
                TableColumn::text("NAME"),
                TableColumn::whole("CLIENT ID"),
                TableColumn::whole("TYPE").of_importance(1),
                TableColumn::text("OPEN TO").of_importance(2),
            ],
            rows.collect(),
        );
    }
}
