//! Noticing what somebody changed at the terminal, or through another server.

use std::{sync::Arc, time::Duration};

use super::{App, KeysError, Shutdown, app_config::Chosen, keys};
use crate::store::{StoreError, backchannel_logouts, sealed, server_stop, signing_keys};

/// How often the database is asked: it costs microseconds.
const INTERVAL: Duration = Duration::from_millis(500);

/// Looks for other keys and settings, for logouts to tell clients of, and whether the server is to stop,
/// until it is aborted.
pub(super) async fn watch(app: Arc<App>, shutdown: Shutdown) {
    let mut was_told = false;
    let mut could_write = true;
    loop {
        tokio::time::sleep(INTERVAL).await;
        could_write = try_writing(&app, could_write).await;
        match look(&app).await {
            Ok(Look::GoOn) => {}
            Ok(Look::Stop) => {
                tracing::warn!("stopping: a backup is to be restored");
                return shutdown.trigger();
            }
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

/// Tells when what is written is not kept any more, and when it is again. Says which of them it is.
async fn try_writing(app: &Arc<App>, could_write: bool) -> bool {
    match (app.store().try_writing().await, could_write) {
        (Err(error), true) => tracing::error!(
            "cannot {error}: requests that store something are answered 503 until it can be written again"
        ),
        (Ok(()), false) => tracing::warn!("the database can be written again"),
        (Err(_), false) => return false,
        (Ok(()), true) => return true,
    }
    !could_write
}

/// What a look says.
enum Look {
    GoOn,
    Stop,
}

async fn look(app: &Arc<App>) -> Result<Look, KeysError> {
    let (now, master_key) = (app.now(), app.key_store().master_key.clone());
    let read = app.store().read(move |tx| {
        let stops = server_stop::is_asked(tx, now)?;
        sealed::require(tx, &master_key)?;
        let is_due = backchannel_logouts::is_due(tx, now)?;
        let (kids, missing) = (signing_keys::kids(tx, now)?, signing_keys::missing(tx)?);
        Ok::<_, StoreError>((stops, is_due, kids, missing, Chosen::read(tx)?))
    });
    let (stops, is_due, kids, missing, chosen) = read.await?;
    if stops {
        return Ok(Look::Stop);
    }
    if is_due {
        // Somebody has ended a session at the terminal or through another server.
        app.backchannel_logout_queue().notify_one();
    }
    app.notice_app_config(chosen);
    keys::notice(app, &kids, missing, now).await?;
    Ok(Look::GoOn)
}
