//! Noticing what somebody changed at the terminal, or through another server.

use std::{sync::Arc, time::Duration};

use super::{App, KeysError, keys};
use crate::store::{StoreError, settings, signing_keys};

/// How often the database is asked: it costs microseconds.
const INTERVAL: Duration = Duration::from_millis(500);

/// Looks for other keys and settings until it is aborted.
pub(super) async fn watch(app: Arc<App>) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        if let Err(error) = look(&app).await {
            // What is known goes on; it is tried again.
            tracing::debug!(%error, "could not look for what was changed");
        }
    }
}

async fn look(app: &Arc<App>) -> Result<(), KeysError> {
    let now = app.now();
    let read = app.store().read(move |tx| {
        let (kids, missing) = (signing_keys::kids(tx, now)?, signing_keys::missing(tx)?);
        Ok::<_, StoreError>((kids, missing, settings::list(tx)?))
    });
    let (kids, missing, stored) = read.await?;
    app.notice_settings(stored);
    keys::notice(app, &kids, missing, now).await
}
