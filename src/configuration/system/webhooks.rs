//! Webhooks, without their secrets.

use serde_json::Value;

use super::{Tools, values::parse};
use crate::{
    configuration::{
        document::{Entity, EntityKind, sorted},
        error::Error,
        step::PlanStep,
    },
    model::{EventFilter, Webhook, WebhookName, WebhookUrl},
    operations::{
        Act, Change, Noun, Refusal,
        webhooks::{self, WebhookChange, WebhookDraft},
    },
    store::{self, StoreError, Tx},
};

pub fn read(tx: &mut Tx<'_>) -> Result<Vec<Entity>, StoreError> {
    let all = store::webhooks::list(tx)?;
    Ok(all.iter().map(thing).collect())
}

fn thing(webhook: &Webhook) -> Entity {
    let events = webhook.events.names().iter().map(|name| Value::from(name.as_str()));
    Entity::new(EntityKind::Webhook, webhook.name.as_str())
        .with("name", webhook.name.as_str())
        .with("url", webhook.url.as_str())
        .with("events", sorted(events.collect(), None))
        .with("isEnabled", webhook.is_enabled)
}

pub fn remove(act: &mut Act<'_, '_>, step: &PlanStep) -> Result<(), Error> {
    let webhook = find(act, &parse(step.key())?)?;
    webhooks::delete(act, webhook.id)?;
    Ok(())
}

/// Creates or changes a webhook. The secret of a new one is not shown: it has to be
/// rotated for its receiver.
pub fn set(act: &mut Act<'_, '_>, tools: &Tools<'_>, step: &PlanStep) -> Result<(), Error> {
    let url = step.new.text("url").map(parse::<WebhookUrl>).transpose()?;
    let events = step.new.get("events").map(filter).transpose()?;
    let is_enabled = step.new.get("isEnabled").and_then(Value::as_bool);
    let name: WebhookName = parse(&step.new.key)?;
    if step.old.is_some() {
        let change = WebhookChange {
            name: Change::Keep,
            url: url.into(),
            events: events.into(),
            is_enabled: is_enabled.into(),
        };
        let webhook = find(act, &name)?;
        webhooks::update(act, webhook.id, &change)?;
        return Ok(());
    }
    let required = "a new webhook needs a url and the encryption key";
    let url = url.ok_or_else(|| missing(required))?;
    let master_key = tools.master_key.ok_or_else(|| missing(required))?;
    let draft = WebhookDraft {
        name,
        url,
        events: events.unwrap_or_default(),
        is_enabled: is_enabled.unwrap_or(true),
    };
    webhooks::create(act, &draft, master_key)?;
    Ok(())
}

fn missing(message: &str) -> Error {
    Error::Value { message: message.to_owned(), hint: "add url, and set ENCRYPTION_KEY" }
}

fn filter(value: &Value) -> Result<EventFilter, StoreError> {
    let corrupt = |_| StoreError::Corrupt { column: 3, expected: "list of kinds of events" };
    serde_json::from_value(value.clone()).map_err(corrupt)
}

fn find(tx: &mut Tx<'_>, name: &WebhookName) -> Result<Webhook, Refusal> {
    store::webhooks::find_by_name(tx, name)?.ok_or(Refusal::NotFound(Noun::Webhook))
}
