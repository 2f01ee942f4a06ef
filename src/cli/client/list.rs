//! `pocketid client list`

use serde::{Serialize, Serializer};

use super::{
    super::{context::Context, error::CliError, page::Page, report::Outcome},
    show::load_parts,
};
use crate::{
    model::{
        ClientType, Timestamp,
        view::{ClientParts, ClientView},
    },
    store::clients,
};

const EXAMPLES: &str = "\
Examples:
  pocketid client list
  pocketid client list --output json | jq -r '.[].id'

Off a terminal the columns are separated by tabs and have no header.";

/// List the clients
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {}

/// Every client.
#[derive(Debug)]
pub struct Listed {
    clients: Vec<ClientParts>,
    now: Timestamp,
}

impl List {
    pub fn run(self, ctx: &Context) -> Result<Listed, CliError> {
        let clients = ctx.existing_store()?.read_blocking(|tx| {
            let clients = clients::list(tx)?.into_iter();
            clients.map(|client| load_parts(tx, client)).collect::<Result<_, _>>()
        })?;
        Ok(Listed { clients, now: ctx.now() })
    }
}

impl Serialize for Listed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.clients.iter().map(|parts| ClientView::of(parts, self.now)))
    }
}

impl Outcome for Listed {
    fn write_text(&self, page: &mut Page) {
        if self.clients.is_empty() {
            return page.remark(
                "There are no clients yet. Register one with: pocketid client create NAME",
            );
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
        page.table(["NAME", "CLIENT ID", "TYPE", "OPEN TO"], rows.collect());
    }
}
