//! `pocketid service show`

use super::{
    super::{context::Context, error::CliError},
    shown::{ShownService, find},
};

const EXAMPLES: &str = "\
Examples:
  pocketid service show ci-deploy
  pocketid service show ci-deploy --output json";

/// Show a service
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Show {
    /// Username or id
    #[arg(value_name = "SERVICE")]
    name: String,
}

impl Show {
    pub fn run(self, ctx: &Context) -> Result<ShownService, CliError> {
        ctx.existing_store()?.read_blocking(|tx| {
            let service = find(tx, &self.name)?;
            Ok(ShownService::load(tx, service, ctx.now())?)
        })
    }
}
