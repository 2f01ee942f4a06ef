//! `pocketid webhook create`

use super::{
    super::{context::Context, error::CliError, event_kind},
    shown::WebhookWithSecret,
};
use crate::{
    model::{EventFilter, EventKind, WebhookName, WebhookUrl},
    operations::webhooks::{self as operations, WebhookDraft},
    store::webhooks,
};

const EXAMPLES: &str = "\
Examples:
  pocketid webhook create alerts --url https://alerts.example.com/hook
  pocketid webhook create people --url http://10.0.0.7:8080/ --event ACCOUNT_CREATED --event ACCOUNT_DELETED
  umask 077; pocketid webhook create alerts --url https://alerts.example.com/hook > webhook.secret";

/// Create a webhook
///
/// The server posts each event of the audit log to its address, signed as Standard Webhooks says. The
/// secret for that is printed only once, alone on its line. Redirects are not followed. The address may be inside
/// your network.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Create {
    /// Name of the webhook
    #[arg(value_name = "NAME")]
    name: WebhookName,
    /// Address of the receiver
    #[arg(long, value_name = "URL")]
    url: WebhookUrl,
    /// Send only this kind of events, such as ACCOUNT_CREATED; repeat for several
    #[arg(long = "event", value_name = "KIND", value_parser = event_kind::parse)]
    events: Vec<EventKind>,
    /// Send nothing until it is enabled
    #[arg(long)]
    disabled: bool,
    /// Do nothing when there is a webhook of this name already
    #[arg(long)]
    if_absent: bool,
}

impl Create {
    pub fn run(self, ctx: &Context) -> Result<WebhookWithSecret, CliError> {
        let draft = WebhookDraft {
            name: self.name,
            url: self.url,
            events: EventFilter::of(&self.events),
            is_enabled: !self.disabled,
        };
        let if_absent = self.if_absent;
        let input = (draft, ctx.master_key()?);
        let created = ctx.act(ctx.existing_store()?, input, move |act, (draft, master_key)| {
            if if_absent && let Some(webhook) = webhooks::find_by_name(act, &draft.name)? {
                return Ok::<_, CliError>(WebhookWithSecret { webhook, secret: None });
            }
            let created = operations::create(act, draft, master_key)?;
            Ok(WebhookWithSecret { webhook: created.webhook, secret: Some(created.secret) })
        })?;
        let name = &created.webhook.name;
        ctx.report().note(match created.secret {
            Some(_) => format!("To try it: pocketid webhook test {name}"),
            None => format!("The webhook {name} already exists; nothing was changed."),
        });
        Ok(created)
    }
}
