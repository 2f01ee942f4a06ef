//! `pocketid webhook test`

use serde::Serialize;

use super::{
    super::{context::Context, error::CliError, page::Page, report::Outcome},
    shown::find,
};
use crate::{
    model::{WebhookId, WebhookName},
    store::webhooks::record,
    webhooks::{WebhookError, WebhookMeans, ping},
};

const EXAMPLES: &str = "\
Examples:
  pocketid webhook test alerts

The receiver may belong to a private authority: name its certificate in TRUSTED_CA_FILE.";

/// Send a test event to a webhook now
///
/// Its type is PING. It is sent at once, without the server of pocketid, also to a webhook that is
/// disabled.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Test {
    /// Name or id
    #[arg(value_name = "WEBHOOK")]
    webhook: String,
}

/// A webhook whose receiver accepted the event.
#[derive(Debug, Serialize)]
pub struct TestedWebhook {
    id: WebhookId,
    name: WebhookName,
}

impl Test {
    pub fn run(self, ctx: &Context) -> Result<TestedWebhook, CliError> {
        let store = ctx.existing_store()?;
        let webhook = store.read_blocking(|tx| find(tx, &self.webhook))?;
        let (master_key, outbound) = (ctx.master_key()?, ctx.outbound()?);
        let means = WebhookMeans { outbound: &outbound, master_key: &master_key, now: ctx.now() };
        let event_id = ctx.new_id().to_string();
        let sent = ctx.wait(ping(means, &webhook, &event_id))?;
        let (id, now) = (webhook.id, ctx.now());
        let error = sent.as_ref().err().map(ToString::to_string);
        store.write_blocking(move |tx| record(tx, id, error.as_deref(), now))?;
        sent.map_err(|error| failed(&webhook.name, &error))?;
        Ok(TestedWebhook { id, name: webhook.name })
    }
}

fn failed(name: &WebhookName, error: &WebhookError) -> CliError {
    let hint = match error {
        WebhookError::Secret => format!("make a new one: pocketid webhook rotate-secret {name}"),
        WebhookError::Status(401 | 403) => {
            format!(
                "check the secret in the receiver; to make another one: pocketid webhook rotate-secret {name}"
            )
        }
        _ => format!("check the address: pocketid webhook show {name}"),
    };
    CliError::refused(format!("{name} did not accept the test event: {error}")).hint(hint)
}

impl Outcome for TestedWebhook {
    fn write_text(&self, page: &mut Page) {
        page.line(format!("{} accepted the test event.", self.name));
    }
}
