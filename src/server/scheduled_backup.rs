//! Automatic backups on the schedule in `BACKUP_SCHEDULE`.

use std::{sync::Arc, time::Duration};

use super::App;
use crate::{
    backup::{BackupError, BackupName, Destination, Facts, Protection, Pruned, Stored, Unseen},
    encryption_key::{KeyToSave, key_to_save},
    model::{InstallationId, Place, Schedule, Timestamp},
    store::{
        StoreError,
        scheduled_backups::{self, BackupTurn},
        users,
    },
};

/// How often the clock is checked: it may be set, and machines may sleep.
const INTERVAL: Duration = Duration::from_secs(1);
/// The pause before checking again whether another server has made the backup.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// How often the lease is renewed during a backup: several times before it ends.
const RENEW: Duration = Duration::from_secs(15);

/// Makes scheduled backups until it is aborted.
pub(super) async fn run(app: Arc<App>) {
    let settings = &app.settings().backup;
    let (Some(schedule), Some(target)) = (settings.schedule.clone(), settings.target.clone())
    else {
        return;
    };
    let holder = app.new_request_id();
    let mut seen = app.now();
    let Some(mut due) = schedule.next_after(seen) else { return };
    tracing::info!(next = %due, "scheduled the next backup");
    let mut waits_for_another = false;
    loop {
        tokio::time::sleep(INTERVAL.min(until(due, app.now()))).await;
        let now = app.now();
        if now < seen {
            // The clock was set back: the scheduled time may be days away.
            let Some(next) = schedule.next_after(now) else { return };
            due = next;
        }
        seen = now;
        if now < due {
            continue;
        }
        let turn = back_up_if_our_turn(&app, &holder, (due, now), target.clone()).await;
        if matches!(turn, Ok(BackupTurn::Another)) {
            if !waits_for_another {
                tracing::info!(%due, "another server is making the backup");
            }
            waits_for_another = true;
            tokio::time::sleep(LOOK_AGAIN).await;
            continue;
        }
        waits_for_another = false;
        let Some(next) = schedule.next_after(now) else { return };
        match turn {
            Ok(BackupTurn::Made) => tracing::info!(%due, %next, "another server made the backup"),
            Ok(_) => {}
            Err(error) => tracing::error!(%error, %next, "BACKUP FAILED"),
        }
        due = next;
    }
}

fn until(due: Timestamp, now: Timestamp) -> Duration {
    Duration::from_secs(u64::try_from(due.seconds_since(now)).unwrap_or_default())
}

/// Makes the backup if it is this server's turn. Of several servers on one database, one makes it,
/// and another one if that fails. The lease is short, so that a crashed server blocks the others
/// only briefly.
async fn back_up_if_our_turn(
    app: &Arc<App>,
    holder: &str,
    (due, now): (Timestamp, Timestamp),
    target: Place,
) -> Result<BackupTurn, BackupError> {
    let own = holder.to_owned();
    let begun = app.store().write(move |tx| scheduled_backups::begin(tx, &own, due, now));
    let turn = begun.await?;
    if turn != BackupTurn::Ours {
        return Ok(turn);
    }
    let (working, own) = (Arc::clone(app), holder.to_owned());
    let mut work = tokio::task::spawn_blocking(move || take_turn(&working, own, target, now));
    loop {
        tokio::select! {
            made = &mut work => {
                return made.unwrap_or_else(|_| Err(StoreError::Stopped.into())).map(|()| turn);
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

/// Makes a backup, records it, and removes the oldest ones. It runs to its end even if the server
/// stops meanwhile.
fn take_turn(app: &App, holder: String, target: Place, now: Timestamp) -> Result<(), BackupError> {
    let made = back_up(app, target, now);
    let is_made = made.is_ok();
    let noted = app.store().write_blocking(move |tx| {
        if is_made {
            scheduled_backups::finish(tx, &holder, now)
        } else {
            scheduled_backups::give_up(tx, &holder)
        }
    });
    if let Err(error) = noted {
        tracing::warn!(%error, "could not store the result of the backup; another server may make \
                                one as well");
    }
    let (destination, name) = made?;
    if let Err(error) = prune(app, &destination, &name) {
        tracing::error!(%error, "made the backup, but could not remove old ones");
    }
    Ok(())
}

fn back_up(
    app: &App,
    target: Place,
    now: Timestamp,
) -> Result<(Destination, BackupName), BackupError> {
    let settings = &app.settings().backup;
    let destination = Destination::folder(target, settings.s3.as_ref())?;
    let key = match key_to_save(app.settings(), app.store())? {
        KeyToSave::Elsewhere => None,
        KeyToSave::Kept(key) => Some(key),
        KeyToSave::Unknown(path) => {
            let path = path.display();
            tracing::warn!(%path, "the encryption key file is missing, so the backup does not \
                                   contain the key");
            None
        }
    };
    let drawn = InstallationId(app.rng().bytes());
    let installation =
        app.store().write_blocking(move |tx| scheduled_backups::installation(tx, drawn))?;
    let facts = Facts {
        made_by_itself_of: Some(installation),
        created_at: now,
        engine: app.settings().database.engine(),
        app_url: app.settings().app_url.as_str(),
        encryption_key: key.as_ref(),
    };
    let passphrase = settings.passphrase.as_ref();
    let protection = passphrase.map(|passphrase| Protection { passphrase, rng: app.rng() });
    let id = app.new_id(now);
    let Stored { name, place, size, manifest } =
        destination.store((app.store(), &facts), protection, id, &Unseen)?;
    tracing::info!(%place, bytes = size, rows = manifest.rows(), "made a backup");
    Ok((destination, name))
}

/// Removes the oldest backups beyond the number to keep. A database without accounts may have lost
/// its data; then the old backups are kept.
fn prune(app: &App, destination: &Destination, just_made: &BackupName) -> Result<(), BackupError> {
    let Some(keep) = app.settings().backup.keep else { return Ok(()) };
    if !app.store().read_blocking(users::anybody_exists)? {
        tracing::warn!("kept old backups, because the database has no account");
        return Ok(());
    }
    let Pruned { removed, later } = destination.prune(just_made, keep)?;
    for name in removed {
        tracing::info!(name, "removed an old backup");
    }
    if let Some(name) = later.first() {
        tracing::warn!(
            name,
            count = later.len(),
            "kept backups that have a future time in their name: is the clock right?"
        );
    }
    Ok(())
}

/// Checks that the backup folder exists, so that a missing one is reported before it is needed.
pub fn check_target(schedule: Option<&Schedule>, target: Option<&Place>) -> Result<(), String> {
    match (schedule, target) {
        (Some(_), Some(Place::Path(folder))) if !folder.is_dir() => {
            Err(format!("BACKUP_TARGET is not a folder: {}", folder.display()))
        }
        _ => Ok(()),
    }
}
