//! The sync of every hour. While LDAP is off, nothing is done.

use std::{sync::Arc, time::Duration};

use super::sync::{ServerSyncFault, sync};
use crate::{
    directory::LastSync,
    model::{ConfigKey, Timestamp},
    server::App,
    store::StoreError,
};

/// How often the settings and the clock are looked at.
const TICK: Duration = Duration::from_secs(1);
/// How long after the start, or after LDAP was switched on, the first sync is done, in seconds (Pocket ID 2.14).
const FIRST: i64 = 5;
/// The time between two syncs, in seconds (Pocket ID 2.14).
const INTERVAL: i64 = 3_600;
/// The time after a sync that failed, in seconds: a directory that was away is soon back.
const RETRY: i64 = 300;
/// A sync that another server did a moment ago is not repeated at the start.
const JUST_NOW: i64 = 60;

/// Syncs until it is aborted.
pub(in crate::server) async fn run(app: Arc<App>) {
    let mut due: Option<Timestamp> = None;
    let mut is_first = true;
    loop {
        tokio::time::sleep(TICK).await;
        if !app.config().flag(ConfigKey::LdapEnabled) {
            (due, is_first) = (None, true);
            continue;
        }
        let now = app.now();
        // A clock that was set back does not stop the syncs.
        let at = due.filter(|due| *due <= now.plus(INTERVAL)).unwrap_or_else(|| now.plus(FIRST));
        due = Some(at);
        if now < at {
            continue;
        }
        due = Some(match turn(&app, now, is_first).await {
            Ok(next) => next,
            Err(error) => {
                tracing::warn!(%error, "could not look when the last LDAP sync was");
                now.plus(RETRY)
            }
        });
        is_first = false;
    }
}

/// Does the sync if it is due, and returns when the next one is. Another server may have done it.
async fn turn(app: &Arc<App>, now: Timestamp, is_first: bool) -> Result<Timestamp, StoreError> {
    let looking = Arc::clone(app);
    let last = tokio::task::spawn_blocking(move || LastSync::load(looking.store()));
    if let Some(last) = last.await.unwrap_or(Err(StoreError::Stopped))? {
        let next = last.next_after(if last.failed() { RETRY } else { INTERVAL });
        let rests_until = if is_first { last.next_after(JUST_NOW) } else { next };
        if now < rests_until && rests_until <= now.plus(INTERVAL) {
            return Ok(next);
        }
    }
    Ok(match sync(app, false).await {
        Ok(_) | Err(ServerSyncFault::Unsafe(_)) => now.plus(INTERVAL),
        // Its result counts.
        Err(ServerSyncFault::Busy) => now.plus(JUST_NOW),
        // It is logged already.
        Err(ServerSyncFault::Failed(_)) => now.plus(RETRY),
    })
}
