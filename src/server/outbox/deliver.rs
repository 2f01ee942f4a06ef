//! Delivers one message in the manner of its kind.

use std::sync::Arc;

use super::DeliveryFailure;
use crate::{
    model::{MessageKind, Timestamp},
    server::{App, backchannel_logout, mail, scim, webhooks},
    store::outbox::OutboxMessage,
};

/// How long a message stays claimed by the server that sends it, in seconds: longer than an attempt
/// takes.
pub(super) fn claim_seconds(kind: MessageKind) -> i64 {
    match kind {
        MessageKind::BackchannelLogout => 20,
        MessageKind::Mail | MessageKind::Webhook => 90,
        MessageKind::Scim => 600,
    }
}

/// Delivers a message. Fails with what the recipient said, or with why it could not be asked.
pub(super) async fn deliver(
    app: &Arc<App>,
    message: &OutboxMessage,
    now: Timestamp,
) -> Result<(), DeliveryFailure> {
    match message.lane.kind {
        MessageKind::BackchannelLogout => backchannel_logout::deliver(app, message, now).await,
        MessageKind::Mail => mail::deliver(app, message, now).await,
        MessageKind::Scim => scim::deliver(app, message).await,
        MessageKind::Webhook => webhooks::deliver(app, message, now).await,
    }
}
