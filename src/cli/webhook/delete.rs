//! `pocketid webhook delete`

use serde::Serialize;

use super::{
    super::{
        context::Context,
        error::CliError,
        removal::{self, Removal, RemovalOptions},
        removed::Removed,
    },
    shown::{find_opt, missing},
};
use crate::{
    model::{Webhook, WebhookId, WebhookName},
    operations::webhooks,
    store::{Store, Tx},
};

const EXAMPLES: &str = "\
Examples:
  pocketid webhook delete alerts
  pocketid webhook delete alerts --yes --if-present";

/// Delete a webhook
///
/// Events that wait for it are dropped. On a terminal it asks first; elsewhere it wants --yes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Delete {
    /// Name or id
    #[arg(value_name = "WEBHOOK")]
    webhook: String,
    #[command(flatten)]
    options: RemovalOptions,
}

/// The deleted webhook.
#[derive(Debug, Serialize)]
pub struct GoneWebhook {
    id: WebhookId,
    name: WebhookName,
}

impl Delete {
    pub fn run(self, ctx: &Context) -> Result<Removed<GoneWebhook>, CliError> {
        removal::run(ctx, &self)
    }
}

impl Removal for Delete {
    type Thing = Webhook;
    type Gone = GoneWebhook;

    fn options(&self) -> RemovalOptions {
        self.options
    }

    fn find(&self, tx: &mut Tx<'_>) -> Result<Option<Webhook>, CliError> {
        find_opt(tx, &self.webhook)
    }

    fn missing(&self, tx: &mut Tx<'_>) -> Result<CliError, CliError> {
        missing(tx, &self.webhook)
    }

    fn consequence(&self, webhook: &Webhook) -> String {
        format!("This deletes the webhook {}; its receiver gets no events any more.", webhook.name)
    }

    fn remove(
        &self,
        ctx: &Context,
        store: &Store,
        webhook: Webhook,
    ) -> Result<GoneWebhook, CliError> {
        ctx.act(store, webhook.id, |act, id| webhooks::delete(act, *id))?;
        ctx.report().note(format!("Deleted the webhook {}.", webhook.name));
        Ok(GoneWebhook { id: webhook.id, name: webhook.name })
    }
}
