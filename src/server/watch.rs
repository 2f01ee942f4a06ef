//! Noticing what somebody changed at the terminal, or through another server.

use std::{sync::Arc, time::Duration};

use super::{App, KeysError, app_config::Chosen, keys};
use crate::store::{StoreError, sealed, signing_keys};

/// How often the database is asked: it costs microseconds.
const INTERVAL: Duration = Duration::from_millis(500);

/// Looks for other keys and settings until it is aborted.
pub(super) async fn watch(app: Arc<App>) {
    let mut was_told = false;
    loop {
        tokio::time::sleep(INTERVAL).await;
        match look(&app).await {
            Ok(()) => {}
            Err(KeysError::Store(StoreError::KeyChanged)) if !was_told => {
                was_told = true;
                tracing::error!(
                    "the encryption key of the database was changed: restart this server with the \
                     new one; until then it goes on with the signing keys and settings that it has"
                );
            }
            // What is known goes on; it is tried again.
            Err(error) => tracing::debug!(%error, "could not look for what was changed"),
        }
    }
}

async fn look(app: &Arc<App>) -> Result<(), KeysError> {
    let (now, master_key) = (app.now(), app.key_store().master_key.clone());
    let read = app.store().read(move |tx| {
        sealed::require(tx, &master_key)?;
        let (kids, missing) = (signing_keys::kids(tx, now)?, signing_keys::missing(tx)?);
        Ok::<_, StoreError>((kids, missing, Chosen::read(tx)?))
    });
    let (kids, missing, chosen) = read.await?;
    app.notice_settings(chosen);
    keys::notice(app, &kids, missing, now).await
}
