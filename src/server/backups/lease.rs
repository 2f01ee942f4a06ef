//! Holds the lease of backups while one is made.

use std::time::Duration;

use crate::{
    backup::BackupError,
    server::App,
    store::{StoreError, scheduled_backups},
};

/// How often the lease is renewed during a backup: several times before it ends.
const RENEW: Duration = Duration::from_secs(15);

/// Runs the work on a thread of its own, and renews the lease until it ends. The work runs to its
/// end even if the server stops meanwhile.
pub(in crate::server) async fn while_renewing<T: Send + 'static>(
    app: &App,
    holder: &str,
    work: impl FnOnce() -> Result<T, BackupError> + Send + 'static,
) -> Result<T, BackupError> {
    let mut work = tokio::task::spawn_blocking(work);
    loop {
        tokio::select! {
            made = &mut work => {
                return made.unwrap_or_else(|_| Err(StoreError::Stopped.into()));
            }
            () = tokio::time::sleep(RENEW) => renew(app, holder).await,
        }
    }
}

async fn renew(app: &App, holder: &str) {
    let (own, now) = (holder.to_owned(), app.now());
    match app.store().write(move |tx| scheduled_backups::renew(tx, &own, now)).await {
        Ok(true) => {}
        Ok(false) => tracing::warn!("another server is making the same backup"),
        Err(error) => tracing::debug!(%error, "could not renew the lease"),
    }
}
