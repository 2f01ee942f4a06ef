//! `pocketid webhook enable`

use super::{
    super::{context::Context, error::CliError},
    shown::{ShownWebhook, find},
};
use crate::operations::{
    Change,
    webhooks::{self, WebhookChange},
};

const EXAMPLES: &str = "\
Examples:
  pocketid webhook enable alerts";

/// Send events to a webhook again
///
/// Also to one that was disabled because its receiver answered 410 (Gone). Events of the time in between are notn/// sent.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Enable {
    /// Name or id
    #[arg(value_name = "WEBHOOK")]
    webhook: String,
}

impl Enable {
    pub fn run(self, ctx: &Context) -> Result<ShownWebhook, CliError> {
        let (shown, already) = ctx.act(ctx.existing_store()?, self.webhook, |act, name| {
            let webhook = find(act, name)?;
            let already = webhook.is_enabled;
            let change =
                WebhookChange { is_enabled: Change::Set(true), ..WebhookChange::default() };
            let webhook = webhooks::update(act, webhook.id, &change)?;
            Ok::<_, CliError>((ShownWebhook(webhook), already))
        })?;
        if already {
            let name = &shown.0.name;
            ctx.report().note(format!("{name} is already enabled; nothing was changed."));
        }
        Ok(shown)
    }
}
