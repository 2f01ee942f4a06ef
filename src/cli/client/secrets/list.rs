//! `pocketid client secret list`

use serde::{Serialize, Serializer};

use super::super::super::{
    column::TableColumn, context::Context, error::CliError, names::find_client, page::Page,
    report::Outcome,
};
use crate::{
    model::{ClientSecret, Timestamp, view::ClientSecretView},
    store::clients,
};

const EXAMPLES: &str = "\
Examples:
  pocketid client secret list linkding
  pocketid client secret list linkding --output json | jq -r '.[] | select(.isActive | not) | .id'

Off a terminal the columns are separated by tabs and have no header.";

/// List a client's secrets
///
/// Their first characters and when they end. Secrets themselves cannot be shown: only their digests
/// are stored.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {
    /// Client ID, or the name if it is unique
    #[arg(value_name = "CLIENT")]
    client: String,
}

/// The secrets of a client, oldest first.
#[derive(Debug)]
pub struct ClientSecretList {
    secrets: Vec<ClientSecret>,
    now: Timestamp,
}

impl List {
    pub fn run(self, ctx: &Context) -> Result<ClientSecretList, CliError> {
        let secrets = ctx.existing_store()?.read_blocking(|tx| {
            let client = find_client(tx, &self.client)?;
            Ok::<_, CliError>(clients::list_secrets(tx, &client.id)?)
        })?;
        Ok(ClientSecretList { secrets, now: ctx.now() })
    }
}

impl Serialize for ClientSecretList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let secrets = self.secrets.iter();
        serializer.collect_seq(secrets.map(|secret| ClientSecretView::of(secret, self.now)))
    }
}

impl Outcome for ClientSecretList {
    fn write_text(&self, page: &mut Page) {
        if self.secrets.is_empty() {
            return page.remark("The client has no secret.");
        }
        let rows = self.secrets.iter().map(|secret| {
            let expires = match secret.expires_at {
                None => "never".to_owned(),
                Some(moment) if moment <= self.now => {
                    format!("expired {}", page.moment_cell(moment))
                }
                Some(moment) => page.moment_cell(moment),
            };
            [
                format!("{}…", secret.prefix),
                page.moment_cell(secret.created_at),
                expires,
                secret.id.to_string(),
            ]
        });
        page.table(
            [
                TableColumn::whole("SECRET").of_importance(3),
                TableColumn::whole("CREATED").of_importance(1),
                TableColumn::whole("EXPIRES").of_importance(2),
                TableColumn::whole("ID"),
            ],
            rows.collect(),
        );
    }
}
