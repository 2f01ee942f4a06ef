//! Holds a lease while a backup is made or verified.

use std::time::Duration;

use crate::{
    backup::BackupError,
    model::Timestamp,
    server::App,
    store::{StoreError, Tx},
};

/// How often the lease is renewed during a backup: several times before it ends.
const RENEW: Duration = Duration::from_secs(15);

/// Renews a lease; `false` when another server has it.
pub(in crate::server) type LeaseRenewal =
    fn(&mut Tx<'_>, &str, Timestamp) -> Result<bool, StoreError>;

/// Runs the work on a thread of its own, and renews the lease until it ends. The work runs to its
/// end even if the server stops meanwhile.
pub(in crate::server) async fn while_renewing<T: Send + 'static>(
    app: &App,
    holder: &str,
    renewal: LeaseRenewal,
    work: impl FnOnce() -> Result<T, BackupError> + Send + 'static,
) -> Result<T, BackupError> {
    let mut work = tokio::task::spawn_blocking(work);
    loop {
        tokio::select! {
            made = &mut work => {
                return made.unwrap_or_else(|_| Err(StoreError::Stopped.into()));
            }
            () = tokio::time::sleep(RENEW) => renew(app, holder, renewal).await,
        }
    }
}

async fn renew(app: &App, holder: &str, renewal: LeaseRenewal) {
    let (own, now) = (holder.to_owned(), app.now());
    match app.store().write(move |tx| renewal(tx, &own, now)).await {
        Ok(true) => {}
        Ok(false) => tracing::warn!("another server has begun the same work on backups"),
        Err(error) => tracing::debug!(%error, "could not renew the lease"),
    }
}
