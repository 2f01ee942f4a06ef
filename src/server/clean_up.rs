//! Removes expired rows while the server runs.

use std::{sync::Arc, time::Duration};

use super::{App, scim};
use crate::{
    model::{Actor, Timestamp},
    operations::{By, groups},
    store::{
        StoreError,
        expired::{self, ExpiryBounds},
        leases,
    },
};

/// The name of the lease. Only the server that holds it cleans up.
const LEASE: &str = "clean_up";
/// How often expired rows are removed; the first time is one interval after the start. Rows that
/// unauthenticated callers store expire within minutes, and must be deleted soon after.
const INTERVAL: Duration = Duration::from_secs(60);
/// How many rows are deleted at a time: few enough that a sign-in behind them is not delayed
/// noticeably.
const BATCH: i64 = 500;
/// The same for memberships that have ended, each of which is more than a row: an entry of the audit log, and
/// messages to webhooks.
const MEMBERSHIP_BATCH: i64 = 100;
/// The pause between two batches, in which sign-ins can use the database.
const PAUSE: Duration = Duration::from_millis(20);

/// How much longer than an interval the lease lasts, so that its holder renews it in time.
const LEASE_MARGIN: Duration = Duration::from_secs(30);

const SECONDS_OF_A_DAY: i64 = 86_400;

/// Cleans up until it is aborted.
pub(super) async fn run(app: Arc<App>) {
    let holder = app.new_request_id();
    loop {
        tokio::time::sleep(INTERVAL).await;
        let now = app.now();
        if let Err(error) = clean_up_if_leased(&app, &holder, now).await {
            // The next round tries again. Nothing else depends on it.
            tracing::warn!(%error, "could not delete expired rows");
        }
    }
}

/// Cleans up if this server holds the lease. Of several servers on one database, only one does.
async fn clean_up_if_leased(app: &App, holder: &str, now: Timestamp) -> Result<(), StoreError> {
    let holder = holder.to_owned();
    let life = i64::try_from(INTERVAL.as_secs() + LEASE_MARGIN.as_secs()).unwrap_or(i64::MAX);
    let until = now.plus(life);
    if app.store().write(move |tx| leases::take(tx, LEASE, &holder, now, until)).await? {
        clean_up(app, now).await?;
    }
    Ok(())
}

/// Removes the rows that are expired at this moment, and asks for the synchronisations that are due.
/// Returns how many rows there were.
pub async fn clean_up(app: &App, now: Timestamp) -> Result<usize, StoreError> {
    scim::schedule(app, now).await?;
    let days = i64::from(app.settings().audit_log_retention_days);
    let oldest_event = now.plus(-days.saturating_mul(SECONDS_OF_A_DAY));
    let bounds = ExpiryBounds { now, oldest_event };
    let mut total = 0;
    for step in 0..expired::STEPS {
        loop {
            let deleted =
                app.store().write(move |tx| expired::delete(tx, step, bounds, BATCH)).await?;
            total += deleted;
            if deleted == 0 {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
    total += end_memberships(app, now).await?;
    tracing::debug!(rows = total, "deleted expired rows");
    Ok(total)
}

/// Removes group memberships that have ended, and tells the audit log, webhooks and applications. Nothing else
/// depends on it: a membership has no effect from its end on. Returns the number of rows.
async fn end_memberships(app: &App, now: Timestamp) -> Result<usize, StoreError> {
    let mut total = 0;
    loop {
        let by = By::new(Actor::Program, now, app.shared_rng());
        let ended = app
            .store()
            .write(by.act((), |act, ()| groups::remove_ended(act, MEMBERSHIP_BATCH)))
            .await?;
        total += ended;
        if ended == 0 {
            break;
        }
        app.outbox().notify_one();
        tokio::time::sleep(PAUSE).await;
    }
    Ok(total)
}
