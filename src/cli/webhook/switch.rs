//! Switches a webhook on and off.

use super::{
    super::{context::Context, error::CliError},
    shown::{ShownWebhook, find},
};
use crate::operations::{
    Change,
    webhooks::{self, WebhookChange},
};

/// Enables or disables a webhook, and says so if it was already.
pub fn switch(ctx: &Context, name: String, enabled: bool) -> Result<ShownWebhook, CliError> {
    let (shown, already) = ctx.act(ctx.existing_store()?, name, move |act, name| {
        let webhook = find(act, name)?;
        let already = webhook.is_enabled == enabled;
        let change = WebhookChange { is_enabled: Change::Set(enabled), ..WebhookChange::default() };
        let webhook = webhooks::update(act, webhook.id, &change)?;
        Ok::<_, CliError>((ShownWebhook(webhook), already))
    })?;
    if already {
        let (name, state) = (&shown.0.name, if enabled { "enabled" } else { "disabled" });
        ctx.report().note(format!("{name} is already {state}; nothing was changed."));
    }
    Ok(shown)
}
