//! `pocketid webhook disable`

use super::{
    super::{context::Context, error::CliError},
    shown::ShownWebhook,
    switch::switch,
};

const EXAMPLES: &str = "\
Examples:
  pocketid webhook disable alerts";

/// Send nothing to a webhook
///
/// Events that wait are dropped. `pocketid webhook enable` sends those that happen from then on.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Disable {
    /// Name or id
    #[arg(value_name = "WEBHOOK")]
    webhook: String,
}

impl Disable {
    pub fn run(self, ctx: &Context) -> Result<ShownWebhook, CliError> {
        switch(ctx, self.webhook, false)
    }
}
