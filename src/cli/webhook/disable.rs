//! `pocketid webhook disable`

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
        let (shown, already) = ctx.act(ctx.existing_store()?, self.webhook, |act, name| {
            let webhook = find(act, name)?;
            let already = !webhook.is_enabled;
            let change =
                WebhookChange { is_enabled: Change::Set(false), ..WebhookChange::default() };
            let webhook = webhooks::update(act, webhook.id, &change)?;
            Ok::<_, CliError>((ShownWebhook(webhook), already))
        })?;
        if already {
            let name = &shown.0.name;
            ctx.report().note(format!("{name} is already disabled; nothing was changed."));
        }
        Ok(shown)
    }
}
