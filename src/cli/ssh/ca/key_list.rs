//! `pocketid ssh ca list`

use serde::Serialize;

use super::super::super::{
    column::TableColumn, context::Context, error::CliError, page::Page, report::Outcome,
};
use crate::{
    model::{SshCaKeyId, view::SshCaKeyView},
    operations::ssh::ca_keys,
    store::Tx,
};

const EXAMPLES: &str = "\
Examples:
  pocketid ssh ca list
  pocketid ssh ca list --output json | jq -r '.[].publicKey'";

/// List the keys of the authorities
///
/// The active key of a kind signs; the next one is only published, and retired ones are still trusted.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {}

/// The keys that hosts and users trust.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct KeyList(pub Vec<SshCaKeyView>);

impl List {
    pub fn run(self, ctx: &Context) -> Result<KeyList, CliError> {
        Ok(KeyList(ctx.existing_store()?.read_blocking(ca_keys::shown)?))
    }
}

/// Finds a key by its id or its fingerprint.
pub fn find_key(tx: &mut Tx<'_>, name: &str) -> Result<SshCaKeyId, CliError> {
    let keys = ca_keys::shown(tx)?;
    let is_it = |key: &&SshCaKeyView| key.id().to_string() == name || key.fingerprint() == name;
    keys.iter().find(is_it).map(SshCaKeyView::id).ok_or_else(|| unknown_key(name))
}

/// The error about a key that does not exist.
pub fn unknown_key(name: &str) -> CliError {
    CliError::refused(format!("there is no key \"{name}\""))
        .hint("to list them: pocketid ssh ca list")
}

impl Outcome for KeyList {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page
                .remark("SSH certificates are not enabled. To enable them: pocketid ssh enable");
        }
        let rows = self.0.iter().map(|key| {
            [
                key.kind().to_owned(),
                key.state().to_owned(),
                page.moment_cell(key.created_at()),
                key.fingerprint().to_owned(),
                key.id().to_string(),
            ]
        });
        let rows = rows.collect();
        page.table(
            [
                TableColumn::whole("FOR"),
                TableColumn::whole("STATE"),
                TableColumn::whole("CREATED").of_importance(1),
                TableColumn::whole("FINGERPRINT").of_importance(2),
                TableColumn::whole("ID"),
            ],
            rows,
        );
    }
}
