//! Removing what has expired, while the server runs.

use std::{sync::Arc, time::Duration};

use super::App;
use crate::{
    model::Timestamp,
    store::{StoreError, expired},
};

/// How often it is done; the first time is one interval after the start.
const INTERVAL: Duration = Duration::from_secs(600);
/// How many rows at a time: few enough that a sign-in behind them does not notice.
const BATCH: i64 = 500;
/// How long sign-ins have the database to themselves between two batches.
const PAUSE: Duration = Duration::from_millis(20);

const SECONDS_OF_A_DAY: i64 = 86_400;

/// Cleans up until it is aborted.
pub(super) async fn run(app: Arc<App>) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        let now = app.now();
        if let Err(error) = clean_up(&app, now).await {
            // It is tried again; nothing else depends on it.
            tracing::warn!(%error, "what has expired was not removed");
        }
    }
}

/// Removes all that is over at this moment. Says how many rows that were.
pub async fn clean_up(app: &App, now: Timestamp) -> Result<usize, StoreError> {
    let days = i64::from(app.settings().audit_log_retention_days);
    let moments = (now, now.plus(-days.saturating_mul(SECONDS_OF_A_DAY)));
    let mut total = 0;
    for step in 0..expired::STEPS {
        loop {
            let deleted =
                app.store().write(move |tx| expired::delete(tx, step, moments, BATCH)).await?;
            total += deleted;
            if deleted == 0 {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
    tracing::debug!(rows = total, "removed what has expired");
    Ok(total)
}
