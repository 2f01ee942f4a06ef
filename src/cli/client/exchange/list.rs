//! `pocketid client exchange list`

use super::{
    super::super::{context::Context, error::CliError, names::find_client},
    rules::RuleList,
};

const EXAMPLES: &str = "\
Examples:
  pocketid client exchange list orders
  pocketid client exchange list orders --output json

Off a terminal the columns are separated by tabs and have no header.";

/// List the tokens that a client may exchange
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {
    /// Client ID, or the name if it is unique
    #[arg(value_name = "CLIENT")]
    client: String,
}

impl List {
    pub fn run(self, ctx: &Context) -> Result<RuleList, CliError> {
        ctx.existing_store()?
            .read_blocking(|tx| Ok(RuleList(find_client(tx, &self.client)?.token_exchanges)))
    }
}
