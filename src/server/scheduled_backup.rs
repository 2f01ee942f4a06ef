//! Backups that are made by themselves, when `BACKUP_SCHEDULE` says so.

use std::{sync::Arc, time::Duration};

use super::{
    App,
    encryption_key::{KeyToSave, key_to_save},
};
use crate::{
    backup::{BackupError, Destination, Facts, Protection, Stored, Unseen},
    model::{Place, Schedule, Timestamp},
    store::{StoreError, leases},
};

/// The lease that says which server does it.
const LEASE: &str = "backup";
/// How often the clock is looked at: it may be set, and machines may sleep.
const INTERVAL: Duration = Duration::from_secs(1);
/// How long before the next time the lease ends, in seconds; so whoever is there then takes it.
const LEASE_MARGIN: i64 = 20;

/// Makes backups until it is aborted.
pub(super) async fn run(app: Arc<App>) {
    let settings = &app.settings().backup;
    let (Some(schedule), Some(target)) = (settings.schedule.clone(), settings.target.clone())
    else {
        return;
    };
    let holder = app.new_request_id();
    let Some(mut due) = schedule.next_after(app.now()) else { return };
    tracing::info!(next = %due, "backups are made by themselves");
    loop {
        tokio::time::sleep(INTERVAL.min(until(due, app.now()))).await;
        let now = app.now();
        if now < due {
            continue;
        }
        let Some(next) = schedule.next_after(now) else { return };
        due = next;
        if let Err(error) = back_up_if_leased(&app, &holder, (now, due), target.clone()).await {
            tracing::error!(%error, next = %due, "THE BACKUP WAS NOT MADE");
        }
    }
}

fn until(due: Timestamp, now: Timestamp) -> Duration {
    Duration::from_secs(u64::try_from(due.seconds_since(now)).unwrap_or_default())
}

/// Of several servers on one database, the one with the lease does it.
async fn back_up_if_leased(
    app: &Arc<App>,
    holder: &str,
    (now, next): (Timestamp, Timestamp),
    target: Place,
) -> Result<(), BackupError> {
    let holder = holder.to_owned();
    let term = (now, now.plus((next.seconds_since(now) - LEASE_MARGIN).max(LEASE_MARGIN)));
    let is_ours = app.store().write(move |tx| leases::take(tx, LEASE, &holder, term)).await?;
    if !is_ours {
        tracing::debug!("another server makes the backup");
        return Ok(());
    }
    let app = Arc::clone(app);
    let made = tokio::task::spawn_blocking(move || back_up(&app, target, now));
    made.await.unwrap_or_else(|_| Err(StoreError::Stopped.into()))
}

/// Makes a backup, and removes the oldest ones when that is done.
fn back_up(app: &App, target: Place, now: Timestamp) -> Result<(), BackupError> {
    let settings = &app.settings().backup;
    let destination = Destination::folder(target, settings.s3.as_ref())?;
    let key = match key_to_save(app.settings(), app.store())? {
        KeyToSave::Elsewhere => None,
        KeyToSave::Kept(key) => Some(key),
        KeyToSave::Unknown(path) => {
            let path = path.display();
            tracing::warn!(%path, "the key of the database is not there, nor in the backup");
            None
        }
    };
    let facts = Facts {
        created_at: now,
        engine: app.settings().database.engine(),
        app_url: app.settings().app_url.as_str(),
        encryption_key: key.as_ref(),
    };
    let passphrase = settings.passphrase.as_ref();
    let protection = passphrase.map(|passphrase| Protection { passphrase, rng: app.rng() });
    let id = app.new_id(now);
    let Stored { place, size, manifest } =
        destination.store((app.store(), &facts), protection, id, &Unseen)?;
    tracing::info!(%place, bytes = size, rows = manifest.rows(), "made a backup");
    if let Some(keep) = settings.keep {
        for name in destination.prune(keep)? {
            tracing::info!(name, "removed an old backup");
        }
    }
    Ok(())
}

/// Whether there can be a first backup: a folder that is not there is found before it is needed.
pub fn check_target(schedule: Option<&Schedule>, target: Option<&Place>) -> Result<(), String> {
    match (schedule, target) {
        (Some(_), Some(Place::Path(folder))) if !folder.is_dir() => {
            Err(format!("BACKUP_TARGET names no folder: {}", folder.display()))
        }
        _ => Ok(()),
    }
}
