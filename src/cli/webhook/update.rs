//! `pocketid webhook update`

use super::{
    super::{context::Context, error::CliError, event_kind},
    shown::{ShownWebhook, find},
};
use crate::{
    model::{EventFilter, EventKind, WebhookName, WebhookUrl},
    operations::{
        Change,
        webhooks::{self, WebhookChange},
    },
};

const EXAMPLES: &str = "\
Examples:
  pocketid webhook update alerts --url https://alerts.example.com/new
  pocketid webhook update alerts --event REPLAY_DETECTED --event PASSKEY_REMOVED
  pocketid webhook update alerts --all-events";

/// Change a webhook
///
/// Its secret stays. Events that wait are sent to the new address.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = EXAMPLES,
    override_usage = "pocketid webhook update [OPTIONS] <WEBHOOK>",
    group = clap::ArgGroup::new("change").required(true).multiple(true)
)]
pub struct Update {
    /// Name or id
    #[arg(value_name = "WEBHOOK")]
    webhook: String,
    /// New name
    #[arg(long, value_name = "NAME", group = "change")]
    name: Option<WebhookName>,
    /// New address of the receiver
    #[arg(long, value_name = "URL", group = "change")]
    url: Option<WebhookUrl>,
    /// Send only this kind of events, such as ACCOUNT_CREATED; repeat for several
    #[arg(long = "event", value_name = "KIND", value_parser = event_kind::parse, group = "change")]
    events: Vec<EventKind>,
    /// Send every kind of events
    #[arg(long, conflicts_with = "events", group = "change")]
    all_events: bool,
}

impl Update {
    pub fn run(self, ctx: &Context) -> Result<ShownWebhook, CliError> {
        let chooses = self.all_events || !self.events.is_empty();
        let change = WebhookChange {
            name: self.name.into(),
            url: self.url.into(),
            events: chooses.then(|| EventFilter::of(&self.events)).into(),
            is_enabled: Change::Keep,
        };
        ctx.act(ctx.existing_store()?, (self.webhook, change), |act, (name, change)| {
            let webhook = find(act, name)?;
            Ok(ShownWebhook(webhooks::update(act, webhook.id, change)?))
        })
    }
}
