//! Verifies the newest backup, as often as `BACKUP_VERIFY` says.

use std::{sync::Arc, time::Duration};

use super::lease::while_renewing;
use crate::{
    backup::{BackupError, Destination, Found, verify_found},
    model::{Actor, Concerned, EventKind, Place, Timestamp},
    operations::By,
    server::App,
    settings::VerifyEvery,
    store::{
        StoreError, Tx,
        backup_verifications::{self, BackupVerification, VerificationTurn},
        scheduled_backups,
    },
};

/// How often the clock is checked: it may be set, and machines may sleep.
const INTERVAL: Duration = Duration::from_secs(1);
/// The pause, in seconds, before the database is looked at again.
const LOOK_AGAIN: i64 = 60;
/// The pause, in seconds, before the folder is looked at again while it has no backup yet.
const AWAIT: i64 = 3_600;
/// How far in the future the time of a backup may be, in seconds: clocks differ.
const CLOCKS_APART: i64 = 60;

/// The backup to verify.
enum Newest {
    /// Nothing yet: no backup is there, and none was due.
    Awaited,
    /// A backup.
    Found(Destination, Found),
    /// None, although backups were made.
    Missing,
}

/// Verifies backups until it is aborted.
pub(in crate::server) async fn run(app: Arc<App>) {
    let settings = &app.settings().backup;
    let (Some(every), Some(target)) = (settings.verify, settings.target.clone()) else { return };
    let holder = app.new_request_id();
    let mut seen = app.now();
    let mut look_at = seen;
    loop {
        tokio::time::sleep(INTERVAL).await;
        let now = app.now();
        // The clock was set back: the time of the next look may be days away.
        let is_early = now < look_at && seen <= now;
        seen = now;
        if is_early {
            continue;
        }
        let looked = verify_if_due(&app, &holder, every, target.clone()).await;
        look_at = match looked {
            Ok(VerificationTurn::Later(due)) => due,
            Ok(VerificationTurn::Another | VerificationTurn::Ours) => now.plus(LOOK_AGAIN),
            Err(error) => {
                tracing::error!(%error, "could not begin to verify a backup");
                now.plus(LOOK_AGAIN)
            }
        };
    }
}

/// Verifies the newest backup if that is due and no other server is at it.
async fn verify_if_due(
    app: &Arc<App>,
    holder: &str,
    every: VerifyEvery,
    target: Place,
) -> Result<VerificationTurn, StoreError> {
    let (own, now) = (holder.to_owned(), app.now());
    let begun =
        app.store().write(move |tx| backup_verifications::begin(tx, &own, every.seconds(), now));
    let turn = begun.await?;
    if turn != VerificationTurn::Ours {
        return Ok(turn);
    }
    let working = Arc::clone(app);
    let work = move || verify_newest(&working, target, now);
    let verified = while_renewing(app, holder, backup_verifications::renew, work).await;
    let ended = verified
        .unwrap_or_else(|error| Some(BackupVerification::new(now, None, Some(error.to_string()))));
    let by = By::new(Actor::Program, app.now(), app.shared_rng());
    let recorded = by.act((holder.to_owned(), ended.clone()), move |act, (holder, ended)| {
        backup_verifications::give_up(act, holder)?;
        let Some(ended) = ended else { return Ok(()) };
        backup_verifications::record(act, ended)?;
        let (kind, data) = told(ended);
        act.audit(kind, Concerned::INSTALLATION, data)
    });
    app.store().write::<_, StoreError, _>(recorded).await?;
    let Some(ended) = ended else { return Ok(VerificationTurn::Later(now.plus(AWAIT))) };
    log(&ended, every);
    Ok(turn)
}

/// The entry of the audit log.
fn told(ended: &BackupVerification) -> (EventKind, Vec<(&'static str, String)>) {
    let name = ended.backup.clone().map(|name| ("name", name));
    let fault = ended.fault.clone().map(|fault| ("fault", fault));
    let kind = if fault.is_some() {
        EventKind::BackupVerificationFailed
    } else {
        EventKind::BackupVerified
    };
    (kind, name.into_iter().chain(fault).collect())
}

fn log(ended: &BackupVerification, every: VerifyEvery) {
    let (name, next) = (ended.backup.as_deref(), ended.next(every.seconds()));
    match &ended.fault {
        Some(error) => tracing::error!(name, %error, %next, "BACKUP VERIFICATION FAILED"),
        None => tracing::info!(name, %next, "verified a backup"),
    }
}

/// Verifies the newest backup. `None` when there is none to verify yet. Blocks the thread.
fn verify_newest(
    app: &App,
    target: Place,
    now: Timestamp,
) -> Result<Option<BackupVerification>, BackupError> {
    let (folder, found) = match find_newest(app, target, now)? {
        Newest::Awaited => return Ok(None),
        Newest::Found(folder, found) => (folder, found),
        Newest::Missing => {
            let fault = "BACKUP_TARGET has no backup of this installation";
            return Ok(Some(BackupVerification::new(now, None, Some(fault.to_owned()))));
        }
    };
    let new_id = || app.new_id(now);
    let passphrase = app.settings().backup.passphrase.as_ref();
    let verified = verify_found(folder, &found, passphrase, &new_id);
    let fault = verified.err().map(|error| error.to_string());
    Ok(Some(BackupVerification::new(now, Some(found.name), fault)))
}

/// Finds the newest backup that is this installation's: one that its servers made on schedule, or
/// else one that has no installation in its name.
fn find_newest(app: &App, target: Place, now: Timestamp) -> Result<Newest, BackupError> {
    let (own, is_awaited) = app.store().read_blocking(|tx: &mut Tx<'_>| {
        let is_awaited = scheduled_backups::last_begun_at(tx)?.is_none();
        Ok::<_, StoreError>((scheduled_backups::known_installation(tx)?, is_awaited))
    })?;
    let folder = Destination::folder(target, app.settings().backup.s3.as_ref())?;
    let mut found = folder.list()?;
    // A backup of the future was made with a wrong clock, and is not the newest.
    found.retain(|found| found.parsed.created_at <= now.plus(CLOCKS_APART));
    let newest_of = |installation| {
        found.iter().find(|found| found.parsed.installation == installation).cloned()
    };
    let newest = own.and_then(|own| newest_of(Some(own))).or_else(|| newest_of(None));
    Ok(match newest {
        Some(newest) => Newest::Found(folder, newest),
        None if is_awaited => Newest::Awaited,
        None => Newest::Missing,
    })
}
