//! Tells of API keys (Pocket ID 2.14) and other secrets that expire soon.

use std::{sync::Arc, time::Duration};

use super::App;
use crate::{
    model::{Actor, ConfigKey, MailServer, Timestamp},
    operations::{By, Postbox, api_keys, note_expiring_secrets},
    store::{StoreError, leases},
};

/// The name of the lease. Only the server that holds it reminds.
const LEASE: &str = "reminders";
/// How often is looked; the first time is one interval after the start.
const INTERVAL: Duration = Duration::from_secs(3_600);
/// How much longer than an interval the lease lasts, so that its holder renews it in time.
const LEASE_MARGIN: i64 = 300;

/// Reminds until it is aborted.
pub(super) async fn run(app: Arc<App>) {
    let holder = app.new_request_id();
    loop {
        tokio::time::sleep(INTERVAL).await;
        if let Err(error) = remind_if_leased(&app, &holder).await {
            tracing::warn!(%error, "could not tell of secrets that expire soon");
        }
    }
}

async fn remind_if_leased(app: &App, holder: &str) -> Result<(), StoreError> {
    let (holder, now) = (holder.to_owned(), app.now());
    let until = now.plus(i64::try_from(INTERVAL.as_secs()).unwrap_or(i64::MAX) + LEASE_MARGIN);
    if !app.store().write(move |tx| leases::take(tx, LEASE, &holder, now, until)).await? {
        return Ok(());
    }
    note_expiring(app, now).await?;
    let config = app.config();
    let is_wanted = config.flag(ConfigKey::EmailApiKeyExpirationEnabled);
    if is_wanted && MailServer::of(&config).is_ok() {
        remind(app, now).await?;
    }
    Ok(())
}

/// Notes the secrets that expire soon in the audit log, once for each: administrators and webhooks are
/// told from there. Returns how many there were.
pub async fn note_expiring(app: &App, now: Timestamp) -> Result<usize, StoreError> {
    let by = By::new(Actor::Program, now, app.shared_rng());
    app.store().write(by.act((), |act, ()| note_expiring_secrets(act))).await
}

/// Mails the owners of API keys that expire soon, once for each key. Returns how many keys there were.
pub async fn remind(app: &App, now: Timestamp) -> Result<usize, StoreError> {
    let postbox: Postbox = app.postbox();
    let count = app.store().write(move |tx| api_keys::remind(tx, &postbox, now)).await?;
    if count > 0 {
        app.outbox().notify_one();
    }
    Ok(count)
}
