//! `pocketid client identity-assertion list`

use super::{
    super::super::{context::Context, error::CliError, names::find_client},
    rules::AssertionRuleList,
};
use crate::store::identity_assertions;

const EXAMPLES: &str = "\
Examples:
  pocketid client identity-assertion list wiki
  pocketid client identity-assertion list wiki --output json

Off a terminal the columns are separated by tabs and have no header.";

/// List the servers elsewhere for which a client gets assertions
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {
    /// Client ID, or the name if it is unique
    #[arg(value_name = "CLIENT")]
    client: String,
}

impl List {
    pub fn run(self, ctx: &Context) -> Result<AssertionRuleList, CliError> {
        ctx.existing_store()?.read_blocking(|tx| {
            let client = find_client(tx, &self.client)?;
            Ok(AssertionRuleList(identity_assertions::list_of_client(tx, &client.id)?))
        })
    }
}
