//! Automatic backups on the schedule in `BACKUP_SCHEDULE`.

use std::{sync::Arc, time::Duration};

use super::{lease::while_renewing, make::make};
use crate::{
    backup::{BackupError, BackupName, Destination, Pruned},
    model::{Actor, Concerned, EventKind, InstallationId, Place, Timestamp},
    operations::{Act, By},
    server::App,
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

/// Makes scheduled backups until it is aborted.
pub(in crate::server) async fn run(app: Arc<App>) {
    let settings = &app.settings().backup;
    let (Some(schedule), Some(target)) = (settings.schedule.clone(), settings.target.clone())
    else {
        return;
    };
    let holder = app.new_request_id();
    // What became due before this task first ran is made, too.
    let mut seen = app.started_at();
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
        let turn = back_up_if_our_turn(&app, &holder, due, now, target.clone()).await;
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
    due: Timestamp,
    now: Timestamp,
    target: Place,
) -> Result<BackupTurn, BackupError> {
    let own = holder.to_owned();
    let begun = app.store().write(move |tx| scheduled_backups::begin(tx, &own, due, now));
    let turn = begun.await?;
    if turn != BackupTurn::Ours {
        return Ok(turn);
    }
    let (working, own) = (Arc::clone(app), holder.to_owned());
    let work = move || take_turn(&working, own, target, now);
    while_renewing(app, holder, scheduled_backups::renew, work).await.map(|()| turn)
}

/// Makes a backup, records it, and removes the oldest ones.
fn take_turn(app: &App, holder: String, target: Place, now: Timestamp) -> Result<(), BackupError> {
    let made = back_up(app, target, now);
    let fault = made.as_ref().err().map(ToString::to_string);
    let by = By::new(Actor::Program, app.now(), app.shared_rng());
    let noted = by.act((holder, fault), move |act, (holder, fault)| match fault {
        None => scheduled_backups::finish(act, holder, now),
        Some(fault) => note_failure(act, holder, fault),
    });
    if let Err(error) = app.store().write_blocking(noted) {
        tracing::warn!(%error, "could not store the result of the backup; another server may make \
                                one as well");
    }
    let (destination, name) = made?;
    if let Err(error) = prune(app, &destination, &name) {
        tracing::error!(%error, "made the backup, but could not remove old ones");
    }
    Ok(())
}

/// Releases the lease after a failure. Only the first one after a success is told.
fn note_failure(act: &mut Act<'_, '_>, holder: &str, fault: &str) -> Result<(), StoreError> {
    scheduled_backups::give_up(act, holder)?;
    let now = act.now();
    if scheduled_backups::record_failure(act, now)? {
        let data = [("fault", fault.to_owned())];
        act.audit(EventKind::BackupFailed, Concerned::INSTALLATION, data)?;
    }
    Ok(())
}

/// Makes a backup with the id of this installation in its name.
fn back_up(
    app: &App,
    target: Place,
    now: Timestamp,
) -> Result<(Destination, BackupName), BackupError> {
    let drawn = InstallationId(app.rng().bytes());
    let installation =
        app.store().write_blocking(move |tx| scheduled_backups::installation(tx, drawn))?;
    let (destination, stored) = make(app, target, Some(installation), now)?;
    Ok((destination, stored.name))
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
