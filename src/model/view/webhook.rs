//! A webhook in the REST API. Not part of Pocket ID.

use serde::Serialize;

use crate::{
    crypto::Secret,
    model::{EventFilter, Timestamp, Webhook, WebhookId, WebhookName, WebhookUrl},
};

/// A webhook, without its secret.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct WebhookView {
    id: WebhookId,
    name: WebhookName,
    url: WebhookUrl,
    /// The kinds of events that are sent; an empty list stands for every kind.
    events: EventFilter,
    is_enabled: bool,
    /// When the receiver answered 410 (Gone), which disabled the webhook.
    gone_at: Option<Timestamp>,
    /// Until when messages have a signature of the previous secret, too.
    previous_secret_until: Option<Timestamp>,
    last_delivered_at: Option<Timestamp>,
    last_failed_at: Option<Timestamp>,
    /// Why the last attempt failed; `null` after a success.
    last_error: Option<String>,
    created_at: Timestamp,
}

/// A webhook with its secret, which is shown only this once.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewWebhookView<'a> {
    #[serde(flatten)]
    webhook: WebhookView,
    /// The secret that signs the messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<&'a str>,
}

impl WebhookView {
    /// The webhook as administrators see it.
    pub fn of(webhook: &Webhook) -> Self {
        let deliveries = &webhook.deliveries;
        Self {
            id: webhook.id,
            name: webhook.name.clone(),
            url: webhook.url.clone(),
            events: webhook.events.clone(),
            is_enabled: webhook.is_enabled,
            gone_at: webhook.gone_at,
            previous_secret_until: webhook.previous.as_ref().map(|previous| previous.until),
            last_delivered_at: deliveries.last_delivered_at,
            last_failed_at: deliveries.last_failed_at,
            last_error: deliveries.last_error.clone(),
            created_at: webhook.created_at,
        }
    }
}

impl<'a> NewWebhookView<'a> {
    /// A webhook with its new secret; without one if it existed before.
    pub fn of(webhook: &Webhook, secret: Option<&'a Secret>) -> Self {
        Self { webhook: WebhookView::of(webhook), secret: secret.map(Secret::expose) }
    }
}
