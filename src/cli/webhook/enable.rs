//! `pocketid webhook enable`

use super::{
    super::{context::Context, error::CliError},
    shown::ShownWebhook,
    switch::switch,
};

const EXAMPLES: &str = "\
Examples:
  pocketid webhook enable alerts";

/// Send events to a webhook again
///
/// Also to one that was disabled because its receiver answered 410 (Gone). Events of the time in between are not
/// sent.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Enable {
    /// Name or id
    #[arg(value_name = "WEBHOOK")]
    webhook: String,
}

impl Enable {
    pub fn run(self, ctx: &Context) -> Result<ShownWebhook, CliError> {
        switch(ctx, self.webhook, true)
    }
}
