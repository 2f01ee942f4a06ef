//! Sends a test event to a webhook.

use crate::{
    model::{Timestamp, Webhook},
    server::App,
    store::{StoreError, webhooks},
    webhooks::{WebhookError, WebhookMeans, ping},
};

/// Sends an event of the type `PING` to a webhook now, and notes the outcome.
pub(in crate::server) async fn try_out(
    app: &App,
    webhook: &Webhook,
    now: Timestamp,
) -> Result<Result<(), WebhookError>, StoreError> {
    let means =
        WebhookMeans { outbound: app.outbound(), master_key: app.key_store().master_key, now };
    let sent = ping(means, webhook, &app.new_id(now).to_string()).await;
    let (id, error) = (webhook.id, sent.as_ref().err().map(ToString::to_string));
    app.store().write(move |tx| webhooks::record(tx, id, error.as_deref(), now)).await?;
    Ok(sent)
}
