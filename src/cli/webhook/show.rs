//! `pocketid webhook show`

use super::{
    super::{context::Context, error::CliError},
    shown::{ShownWebhook, find},
};

const EXAMPLES: &str = "\
Examples:
  pocketid webhook show alerts
  pocketid webhook show alerts --output json | jq -r .lastError";

/// Show a webhook, without its secret
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Show {
    /// Name or id
    #[arg(value_name = "WEBHOOK")]
    webhook: String,
}

impl Show {
    pub fn run(self, ctx: &Context) -> Result<ShownWebhook, CliError> {
        ctx.existing_store()?.read_blocking(|tx| find(tx, &self.webhook).map(ShownWebhook))
    }
}
