//! Sends mails.

use std::sync::Arc;

use super::{letterhead::Letterhead, notice, render::write};
use crate::{
    model::{Mail, MailServer, Timestamp},
    outbound::SmtpError,
    server::{App, outbox::DeliveryFailure},
    store::outbox::OutboxMessage,
};

/// Sends a mail of the outbox, or makes the mails of a notice to administrators.
pub(in crate::server) async fn deliver(
    app: &Arc<App>,
    message: &OutboxMessage,
    now: Timestamp,
) -> Result<(), DeliveryFailure> {
    if !message.lane.recipient.is_empty() {
        return notice::deliver(app, message, now).await;
    }
    let json = message.open(app.key_store().master_key);
    let mail = json.and_then(|json| serde_json::from_str::<Mail>(json.expose()).ok());
    let corrupt = || DeliveryFailure::Final("the stored mail cannot be read".to_owned());
    let mail = mail.ok_or_else(corrupt)?;
    let config = app.config();
    let server =
        MailServer::of(&config).map_err(|fault| DeliveryFailure::Silent(fault.to_string()))?;
    let letterhead = Letterhead::new(&app.settings().app_url, &config);
    let written = write(&letterhead, message.id, &mail, now);
    app.outbound().send_mail(&server, &written).await.map_err(|error| failure(&error))
}

fn failure(error: &SmtpError) -> DeliveryFailure {
    let cause = error.to_string();
    if error.is_final() {
        DeliveryFailure::Final(cause)
    } else if error.is_about_server() {
        DeliveryFailure::Silent(cause)
    } else {
        DeliveryFailure::Refused(cause)
    }
}

/// Sends a mail at once, and says what the mail server said.
pub(in crate::server) async fn send_now(
    app: &App,
    server: &MailServer,
    mail: &Mail,
    now: Timestamp,
) -> Result<(), SmtpError> {
    let letterhead = Letterhead::new(&app.settings().app_url, &app.config());
    let written = write(&letterhead, app.new_id(now), mail, now);
    app.outbound().send_mail(server, &written).await
}
