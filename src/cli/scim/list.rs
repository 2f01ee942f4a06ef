//! `pocketid scim list`

use serde::{Serialize, Serializer};

use super::{
    super::{column::TableColumn, context::Context, error::CliError, page::Page, report::Outcome},
    find::ProviderOfClient,
};
use crate::store::{clients, scim_providers};

const EXAMPLES: &str = "\
Examples:
  pocketid scim list
  pocketid scim list --output json | jq -r '.[] | select(.lastError) | .clientName'

Off a terminal the columns are separated by tabs and have no header.";

/// List the SCIM endpoints of clients
///
/// With the last complete synchronisation of each, and why the last one failed.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {}

/// The providers, by client.
#[derive(Debug)]
pub struct ProviderList(Vec<ProviderOfClient>);

impl List {
    pub fn run(self, ctx: &Context) -> Result<ProviderList, CliError> {
        let found = ctx.existing_store()?.read_blocking(|tx| {
            let mut found = Vec::new();
            for provider in scim_providers::list(tx)? {
                if let Some(client) = clients::find(tx, &provider.client_id)? {
                    found.push(ProviderOfClient { client, provider });
                }
            }
            Ok::<_, CliError>(found)
        })?;
        Ok(ProviderList(found))
    }
}

impl Serialize for ProviderList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(ProviderOfClient::shown))
    }
}

impl Outcome for ProviderList {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.remark(
                "No client has a SCIM endpoint. To set one: pocketid scim set CLIENT --endpoint URL",
            );
        }
        let rows = self.0.iter().map(|ProviderOfClient { client, provider }| {
            let synced = provider.last_synced_at;
            [
                client.name.to_string(),
                provider.endpoint.as_str().to_owned(),
                synced.map_or_else(|| "never".to_owned(), |moment| page.moment_cell(moment)),
                provider.last_error.clone().unwrap_or_default(),
            ]
        });
        page.table(
            [
                TableColumn::text("CLIENT").of_importance(4),
                TableColumn::text("ENDPOINT").of_importance(2),
                TableColumn::whole("LAST SYNC").of_importance(3),
                TableColumn::text("LAST ERROR").of_importance(1),
            ],
            rows.collect(),
        );
    }
}
