//! Sends an event to the webhook that a message of the outbox names.

use std::sync::Arc;

use super::payload;
use crate::{
    model::{Actor, AuditEventId, Timestamp, Webhook},
    operations::{By, Refusal, webhooks::disable_gone},
    server::{App, outbox::DeliveryFailure},
    store::{StoreError, audit_events, outbox::OutboxMessage, webhooks},
    webhooks::{SignedMessage, WebhookError, WebhookMeans, send},
};

/// How old the noted delivery may become before it is noted again, in seconds: that is a write.
const NOTE_AGAIN: i64 = 10;

/// Sends an event to a webhook. Without either there is nothing to send any more.
pub(in crate::server) async fn deliver(
    app: &Arc<App>,
    message: &OutboxMessage,
    now: Timestamp,
) -> Result<(), DeliveryFailure> {
    let unreadable = |_| DeliveryFailure::Final("the stored message cannot be read".to_owned());
    let id = message.lane.recipient.parse().map_err(unreadable)?;
    let event_id = AuditEventId(message.id);
    let found = app.store().read(move |tx| {
        let webhook = webhooks::find(tx, id)?.filter(|webhook| webhook.is_enabled);
        Ok::<_, StoreError>((webhook, audit_events::find(tx, event_id)?))
    });
    let (Some(webhook), Some(event)) = found.await.map_err(|error| refused(&error))? else {
        return Ok(());
    };
    let means =
        WebhookMeans { outbound: app.outbound(), master_key: app.key_store().master_key, now };
    let message_id = event_id.to_string();
    let message = SignedMessage { id: &message_id, body: payload::body(&event) };
    let sent = send(means, &webhook, message).await;
    if let Err(error) = note(app, &webhook, &sent).await {
        tracing::warn!(%error, "could not store what became of a delivery");
    }
    sent.map_err(|error| failure(&error))
}

/// Notes the outcome, and disables a webhook whose receiver is gone.
async fn note(
    app: &App,
    webhook: &Webhook,
    sent: &Result<(), WebhookError>,
) -> Result<(), StoreError> {
    let (id, now) = (webhook.id, app.now());
    match sent {
        Ok(()) => {
            let record = &webhook.deliveries;
            let last = record.last_delivered_at;
            let is_known = record.last_error.is_none()
                && last.is_some_and(|last| (0..NOTE_AGAIN).contains(&now.seconds_since(last)));
            if is_known {
                return Ok(());
            }
            app.store().write(move |tx| webhooks::record(tx, id, None, now)).await
        }
        Err(error) => {
            let (is_gone, error) = (matches!(error, WebhookError::Gone), error.to_string());
            let noted = app.store().write(move |tx| webhooks::record(tx, id, Some(&error), now));
            noted.await?;
            if is_gone { disable(app, webhook, now).await } else { Ok(()) }
        }
    }
}

async fn disable(app: &App, webhook: &Webhook, now: Timestamp) -> Result<(), StoreError> {
    let by = By::new(Actor::Program, now, app.shared_rng());
    match app.store().write(by.act(webhook.id, |act, id| disable_gone(act, *id))).await {
        Ok(true) => {
            let webhook = webhook.name.as_str();
            tracing::error!(webhook, "disabled a webhook: its receiver answered 410 (Gone)");
        }
        Ok(false) => {}
        Err(Refusal::Store(error)) => return Err(error),
        Err(refusal) => tracing::warn!(?refusal, "could not disable a webhook"),
    }
    Ok(())
}

fn refused(error: &StoreError) -> DeliveryFailure {
    DeliveryFailure::Refused(error.to_string())
}

fn failure(error: &WebhookError) -> DeliveryFailure {
    let cause = error.to_string();
    match error {
        WebhookError::Gone => DeliveryFailure::Final(cause),
        WebhookError::Busy { seconds, .. } => DeliveryFailure::Busy { cause, seconds: *seconds },
        WebhookError::Unreachable(_) => DeliveryFailure::Silent(cause),
        WebhookError::Redirect(_) | WebhookError::Secret | WebhookError::Status(_) => {
            DeliveryFailure::Refused(cause)
        }
    }
}
