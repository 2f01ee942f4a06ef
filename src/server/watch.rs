//! Notices changes made at the terminal, or through another server.

use std::{sync::Arc, time::Duration};

use super::{App, KeysError, Shutdown, keys, live_config::StoredConfig};
use crate::store::{StoreError, outbox, sealed, server_stop, signing_keys};

/// How often the database is checked. One check takes microseconds.
const INTERVAL: Duration = Duration::from_millis(500);

/// Checks for changed keys and settings, for messages to send, and for a request to stop
/// the server, until it is aborted.
pub(super) async fn watch(app: Arc<App>, shutdown: Shutdown) {
    let mut was_told = false;
    let mut could_write = true;
    loop {
        tokio::time::sleep(INTERVAL).await;
        could_write = try_writing(&app, could_write).await;
        match look(&app).await {
            Ok(Look::GoOn) => {}
            Ok(Look::Stop) => {
                tracing::warn!("stopping: a backup is being restored");
                return shutdown.trigger();
            }
            Err(KeysError::Store(StoreError::KeyChanged)) if !was_told => {
                was_told = true;
                tracing::error!(
                    "the encryption key of the database was changed: restart this server with the \
                     new key; until then it keeps the signing keys and settings that it has loaded"
                );
            }
            // The server goes on with the known values, and the next round tries again.
            Err(error) => tracing::debug!(%error, "could not check for changes"),
        }
    }
}

/// Logs when the database stops keeping writes, and when it works again. Returns whether it can be
/// written.
async fn try_writing(app: &Arc<App>, could_write: bool) -> bool {
    match (app.store().try_writing().await, could_write) {
        (Err(error), true) => tracing::error!(
            "{error}: requests that write are answered with 503 until the database is \
             writable again"
        ),
        (Ok(()), false) => tracing::warn!("the database is writable again"),
        (Err(_), false) => return false,
        (Ok(()), true) => return true,
    }
    !could_write
}

/// The result of a check.
enum Look {
    GoOn,
    Stop,
}

async fn look(app: &Arc<App>) -> Result<Look, KeysError> {
    let (now, master_key) = (app.now(), app.key_store().master_key.clone());
    let read = app.store().read(move |tx| {
        let stops = server_stop::is_asked(tx, now)?;
        sealed::require(tx, &master_key)?;
        let is_due = outbox::is_due(tx, now)?;
        let (kids, missing) = (signing_keys::kids(tx, now)?, signing_keys::missing(tx)?);
        Ok::<_, StoreError>((stops, is_due, kids, missing, StoredConfig::read(tx)?))
    });
    let (stops, is_due, kids, missing, chosen) = read.await?;
    if stops {
        return Ok(Look::Stop);
    }
    if is_due {
        // A message was written at the terminal or by another server.
        app.outbox().notify_one();
    }
    app.notice_app_config(chosen);
    keys::notice(app, &kids, missing, now).await?;
    Ok(Look::GoOn)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every server looks at least twice between the generation of a key and its first signature.
    #[test]
    fn a_new_key_is_published_by_every_server_before_it_signs() {
        let activation = Duration::from_secs(keys::ACTIVATION_SECONDS.unsigned_abs());
        assert!(2 * INTERVAL < activation);
    }
}
