//! Reads the figures of the database, not more often than every ten seconds.

use std::time::{Duration, Instant};

use super::{
    last::{Figures, LastRead},
    text::Exposition,
};
use crate::{
    server::App,
    store::{StoreError, Tx, backup_verifications, figures, meta, outbox, scheduled_backups},
};

/// How long the figures are reused. Authorised readers may ask often.
const FRESH: Duration = Duration::from_secs(10);
/// How long before its end something expires soon, in seconds.
const SOON: i64 = 14 * 86_400;

/// Writes the figures, which are read before if they are old.
pub(super) async fn write(app: &App, out: &mut Exposition) {
    let mut last = app.last_figures().0.lock().await;
    if last.as_ref().is_none_or(|last| last.at.elapsed() >= FRESH) {
        let figures = read(app).await.inspect_err(|error| {
            tracing::debug!(%error, "could not read the figures of the database");
        });
        *last = Some(LastRead { at: Instant::now(), figures: figures.ok() });
    }
    let figures = last.as_ref().and_then(|last| last.figures.as_ref());
    let up = u8::from(figures.is_some());
    out.gauge("pocketid_database_up", "Whether the database can be read.", up);
    if let Some(figures) = figures {
        figures.write(out);
    }
}

async fn read(app: &App) -> Result<Figures, StoreError> {
    let begun = Instant::now();
    app.store().read(|tx| meta::find(tx, meta::KEY_CHECK)).await?;
    let probe = begun.elapsed();
    let now = app.now();
    let read = app.store().read_apart(move |tx: &mut Tx<'_>| {
        Ok::<_, StoreError>(Figures {
            probe,
            store: figures::read(tx, now, now.plus(SOON))?,
            waiting: outbox::count_waiting(tx)?,
            backup: scheduled_backups::last_begun_at(tx)?,
            verification: backup_verifications::last(tx)?,
        })
    });
    read.await
}
