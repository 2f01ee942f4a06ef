//! Makes the mails of a notice to administrators.

use serde::Deserialize;

use crate::{
    model::{AuditEventId, ConfigKey, EventKind, MailServer, Timestamp},
    operations::notices::{self, Notice},
    server::{App, outbox::DeliveryFailure},
    store::outbox::{MessageContent, OutboxMessage},
};

/// The content of a notice in the outbox.
#[derive(Deserialize)]
struct StoredNotice {
    /// It is about the events after this one.
    after: AuditEventId,
}

/// Puts a mail for each administrator into the outbox. Without a mail server, or when they do not want
/// notices, there is none.
pub(super) async fn deliver(
    app: &App,
    message: &OutboxMessage,
    now: Timestamp,
) -> Result<(), DeliveryFailure> {
    let config = app.config();
    let is_wanted = config.flag(ConfigKey::EmailAdminNotificationsEnabled);
    if !is_wanted || MailServer::of(&config).is_err() {
        return Ok(());
    }
    let corrupt = || DeliveryFailure::Final("the stored notice cannot be read".to_owned());
    let kind = EventKind::parse(&message.lane.recipient).ok_or_else(corrupt)?;
    let StoredNotice { after } = match &message.content {
        MessageContent::Plain(json) => serde_json::from_str(json).map_err(|_| corrupt())?,
        MessageContent::Sealed(_) => return Err(corrupt()),
    };
    let (postbox, notice) = (app.postbox(), Notice { id: message.id, kind, after });
    let sent = app.store().write(move |tx| notices::send(tx, &postbox, notice, now));
    if sent.await.map_err(|error| DeliveryFailure::Refused(error.to_string()))? > 0 {
        app.outbox().notify_one();
    }
    Ok(())
}
