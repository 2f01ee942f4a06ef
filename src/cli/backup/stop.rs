//! Runs work that needs every server stopped.

use std::{thread::sleep, time::Duration};

use super::super::{context::Context, error::CliError};
use crate::{
    backup::BackupError,
    model::Database,
    store::{StoreError, server_stop},
};

/// How long servers may take to stop: they check twice a second, and finish running requests first.
const PATIENCE: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(100);

/// Asks the servers to stop, and retries the work until they have. If it fails, servers may start
/// again.
pub fn without_servers<T>(
    ctx: &Context,
    mut work: impl FnMut() -> Result<T, BackupError>,
) -> Result<T, CliError> {
    if let Database::Sqlite(path) = &ctx.settings()?.database
        && !path.exists()
    {
        return Ok(work()?);
    }
    let until = ctx.now().plus(PATIENCE.as_secs() as i64);
    let store = ctx.open_store()?;
    store.write_blocking(move |tx| server_stop::ask(tx, until))?;
    ctx.report().note("The servers are stopping.");
    let result = try_until_alone(&mut work);
    if result.is_err() {
        store.write_blocking(server_stop::withdraw)?;
    }
    Ok(result?)
}

fn try_until_alone<T>(work: &mut impl FnMut() -> Result<T, BackupError>) -> Result<T, BackupError> {
    for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
        match work() {
            Err(BackupError::Store(StoreError::Served { .. })) => sleep(PAUSE),
            ended => return ended,
        }
    }
    work()
}
