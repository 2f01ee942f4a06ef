//! `pocketid client trusted-issuer list`

use super::{
    super::super::{context::Context, error::CliError, names::find_client},
    issuers::IssuerList,
};

const EXAMPLES: &str = "\
Examples:
  pocketid client trusted-issuer list assistant
  pocketid client trusted-issuer list assistant --output json

Off a terminal the columns are separated by tabs and have no header.";

/// List the issuers that say for which users a client gets tokens
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {
    /// Client ID, or the name if it is unique
    #[arg(value_name = "CLIENT")]
    client: String,
}

impl List {
    pub fn run(self, ctx: &Context) -> Result<IssuerList, CliError> {
        ctx.existing_store()?
            .read_blocking(|tx| Ok(IssuerList(find_client(tx, &self.client)?.trusted_issuers)))
    }
}
