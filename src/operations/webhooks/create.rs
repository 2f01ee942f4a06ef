//! Creating webhooks.

use super::{Act, Refusal, audit, refuse_taken, secrets::seal};
use crate::{
    crypto::{MasterKey, SealedPlace, WebhookSecret},
    model::{DeliveryRecord, EventFilter, EventKind, Webhook, WebhookId, WebhookName, WebhookUrl},
    store::webhooks,
};

/// The most webhooks of an installation. Each entry of the audit log is compared with all of them.
pub const MAX_WEBHOOKS: i64 = 50;

/// A webhook to create.
#[derive(Debug, Clone)]
pub struct WebhookDraft {
    /// Its name.
    pub name: WebhookName,
    /// The address of the receiver.
    pub url: WebhookUrl,
    /// The kinds of events that it is told of.
    pub events: EventFilter,
    /// Whether events are sent.
    pub is_enabled: bool,
}

/// A new webhook with its secret, which is shown once.
#[derive(Debug)]
pub struct CreatedWebhook {
    /// The webhook.
    pub webhook: Webhook,
    /// Its secret.
    pub secret: WebhookSecret,
}

/// Creates a webhook. Refused when its name belongs to another one, and beyond [`MAX_WEBHOOKS`].
pub fn create(
    act: &mut Act<'_, '_>,
    draft: &WebhookDraft,
    master_key: &MasterKey,
) -> Result<CreatedWebhook, Refusal> {
    let id = WebhookId(act.new_id());
    refuse_taken(act, id, &draft.name)?;
    if webhooks::count(act)? >= MAX_WEBHOOKS {
        return Err(Refusal::TooManyWebhooks);
    }
    let secret = WebhookSecret::draw(act.rng());
    let webhook = Webhook {
        id,
        name: draft.name.clone(),
        url: draft.url.clone(),
        events: draft.events.clone(),
        is_enabled: draft.is_enabled,
        sealed_secret: Some(seal(act, id, SealedPlace::WebhookSecret, &secret, master_key)?),
        previous: None,
        gone_at: None,
        created_at: act.now(),
        deliveries: DeliveryRecord::default(),
    };
    webhooks::insert(act, &webhook)?;
    audit(act, EventKind::WebhookCreated, &webhook, None)?;
    Ok(CreatedWebhook { webhook, secret })
}
