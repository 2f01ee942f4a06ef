//! Changing webhooks.

use super::{Act, Refusal, audit, refuse_taken, require};
use crate::{
    model::{EventFilter, EventKind, Webhook, WebhookId, WebhookName, WebhookUrl},
    operations::Change,
    store::{outbox, webhooks},
};

/// A change of a webhook.
#[derive(Debug, Clone, Default)]
pub struct WebhookChange {
    /// The name.
    pub name: Change<WebhookName>,
    /// The address of the receiver.
    pub url: Change<WebhookUrl>,
    /// The kinds of events that it is told of.
    pub events: Change<EventFilter>,
    /// Whether events are sent.
    pub is_enabled: Change<bool>,
}

impl WebhookChange {
    /// Whether the change sends events elsewhere.
    pub fn moves(&self, webhook: &Webhook) -> bool {
        self.url.apply(&mut webhook.url.clone())
    }

    fn apply(&self, webhook: &mut Webhook) -> Vec<&'static str> {
        let changed = [
            ("name", self.name.apply(&mut webhook.name)),
            ("url", self.url.apply(&mut webhook.url)),
            ("events", self.events.apply(&mut webhook.events)),
            ("isEnabled", self.is_enabled.apply(&mut webhook.is_enabled)),
        ];
        changed.into_iter().filter(|(_, is_other)| *is_other).map(|(name, _)| name).collect()
    }
}

/// Changes a webhook. Events that wait are sent to the new address. Disabling deletes
/// them: enabled again, it gets the events from then on.
pub fn update(
    act: &mut Act<'_, '_>,
    id: WebhookId,
    change: &WebhookChange,
) -> Result<Webhook, Refusal> {
    let mut webhook = require(act, id)?;
    let moves = change.moves(&webhook);
    let changed = change.apply(&mut webhook);
    if changed.is_empty() {
        return Ok(webhook);
    }
    refuse_taken(act, id, &webhook.name)?;
    if moves {
        webhooks::forget_record(act, id)?;
        outbox::end_rest(act, &webhooks::lane(id))?;
    }
    if !webhook.is_enabled {
        outbox::delete_lane(act, &webhooks::lane(id))?;
    }
    if webhook.is_enabled || moves {
        webhook.gone_at = None;
    }
    webhooks::update(act, &webhook)?;
    audit(act, EventKind::WebhookChanged, &webhook, Some(("changed", changed.join(" "))))?;
    require(act, id)
}
