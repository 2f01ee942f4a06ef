//! Webhooks as commands show them, and how they are found.

use serde::{Serialize, Serializer};

use super::super::{error::CliError, names::not_found, page::Page, report::Outcome};
use crate::{
    crypto::WebhookSecret,
    model::{
        EventFilter, Webhook, WebhookId,
        view::{NewWebhookView, WebhookView},
    },
    store::{Tx, webhooks},
};

/// A webhook.
#[derive(Debug)]
pub struct ShownWebhook(pub Webhook);

/// A webhook whose secret is shown once; without one if it existed before.
#[derive(Debug)]
pub struct WebhookWithSecret {
    pub webhook: Webhook,
    pub secret: Option<WebhookSecret>,
}

/// Finds a webhook by id or name.
pub fn find(tx: &mut Tx<'_>, name: &str) -> Result<Webhook, CliError> {
    match find_opt(tx, name)? {
        Some(webhook) => Ok(webhook),
        None => Err(missing(tx, name)?),
    }
}

/// Like [`find`], but returns `None` if there is no such webhook.
pub fn find_opt(tx: &mut Tx<'_>, name: &str) -> Result<Option<Webhook>, CliError> {
    if let Ok(id) = name.parse::<WebhookId>()
        && let Some(webhook) = webhooks::find(tx, id)?
    {
        return Ok(Some(webhook));
    }
    Ok(match name.parse() {
        Ok(name) => webhooks::find_by_name(tx, &name)?,
        Err(_) => None,
    })
}

/// The error about a webhook that does not exist.
pub fn missing(tx: &mut Tx<'_>, name: &str) -> Result<CliError, CliError> {
    let names = webhooks::names(tx)?;
    Ok(not_found(
        "webhook",
        name,
        &names,
        "pocketid webhook list",
        "pocketid webhook create NAME --url URL",
    ))
}

/// The kinds of events as text.
pub fn kinds(filter: &EventFilter) -> String {
    match filter.names() {
        [] => "all".to_owned(),
        names => names.join(" "),
    }
}

/// The state of a webhook, in words.
pub fn state(webhook: &Webhook) -> &'static str {
    match (webhook.is_enabled, webhook.gone_at) {
        (true, _) => "enabled",
        (false, Some(_)) => "disabled: gone",
        (false, None) => "disabled",
    }
}

fn write(page: &mut Page, webhook: &Webhook) {
    let deliveries = &webhook.deliveries;
    let delivered = deliveries.last_delivered_at.map(|moment| page.moment(moment));
    let mut fields = vec![
        ("Name", webhook.name.to_string()),
        ("ID", webhook.id.to_string()),
        ("URL", webhook.url.as_str().to_owned()),
        ("Events", kinds(&webhook.events)),
        ("State", state(webhook).to_owned()),
        ("Last delivery", delivered.unwrap_or_else(|| "never".to_owned())),
    ];
    if let Some(error) = &deliveries.last_error {
        fields.push(("Last error", error.clone()));
    }
    if let Some(previous) = &webhook.previous {
        fields.push(("Previous secret until", page.moment(previous.until)));
    }
    page.fields(&fields);
}

impl Serialize for ShownWebhook {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        WebhookView::of(&self.0).serialize(serializer)
    }
}

impl Outcome for ShownWebhook {
    fn write_text(&self, page: &mut Page) {
        write(page, &self.0);
    }
}

impl Serialize for WebhookWithSecret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let secret = self.secret.as_ref().map(WebhookSecret::text);
        NewWebhookView::of(&self.webhook, secret).serialize(serializer)
    }
}

impl Outcome for WebhookWithSecret {
    fn write_text(&self, page: &mut Page) {
        if let Some(secret) = &self.secret {
            page.remark("Secret that signs the messages, shown only once:");
            page.line(secret.text().expose());
        }
    }
}
