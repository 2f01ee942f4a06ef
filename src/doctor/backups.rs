//! Checks that scheduled backups are made, and that the newest one was verified.

use super::{Finding, Surroundings};
use crate::{
    model::Timestamp,
    settings::VerifyEvery,
    store::{
        StoreError, Tx,
        backup_verifications::{self, BackupVerification},
        scheduled_backups,
    },
};

/// How late a verification may be, in seconds.
const GRACE: i64 = 86_400;

pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let Some(store) = around.store() else { return Ok(Vec::new()) };
    let (made, verified) = store.read_blocking(|tx: &mut Tx<'_>| {
        let made = scheduled_backups::last_begun_at(tx)?;
        Ok::<_, StoreError>((made, backup_verifications::last(tx)?))
    })?;
    let mut found = Vec::new();
    found.extend(missed(around, made));
    if let Some(every) = around.settings.backup.verify {
        found.push(verification(every, verified.as_ref(), made, around.now));
    }
    Ok(found)
}

/// Tells of two scheduled backups that were not made. One may be under way.
fn missed(around: &Surroundings<'_>, made: Option<Timestamp>) -> Option<Finding> {
    let (schedule, made) = (around.settings.backup.schedule.as_ref()?, made?);
    let second = schedule.next_after(made).and_then(|first| schedule.next_after(first))?;
    let told = format!("the last scheduled backup was made at {made}");
    Some(if second <= around.now {
        let mend = "look for BACKUP FAILED in the log of the server, and start the server if it \
                    does not run";
        Finding::problem(format!("{told}, and those since then were not"), mend)
    } else {
        Finding::ok(told)
    })
}

fn verification(
    every: VerifyEvery,
    last: Option<&BackupVerification>,
    made: Option<Timestamp>,
    now: Timestamp,
) -> Finding {
    const OVERDUE: &str = "start the server with BACKUP_VERIFY and BACKUP_TARGET set; or verify a \
                           backup by hand: pocketid backup verify PATH";
    let Some(last) = last else {
        return match made {
            Some(made) if made.plus(every.seconds() + GRACE) < now => Finding::warning(
                "no backup has been verified, although BACKUP_VERIFY is set",
                OVERDUE,
            ),
            _ => Finding::ok("no backup has been verified yet"),
        };
    };
    let (begun_at, name) = (last.begun_at(), last.backup.as_deref().unwrap_or("the newest backup"));
    if let Some(fault) = &last.fault {
        return Finding::problem(
            format!("{name} could not be verified at {begun_at}: {fault}"),
            "make another backup, and verify it: pocketid backup; the server verifies the newest \
             one every day until it succeeds",
        );
    }
    if last.next(every.seconds()).plus(GRACE) < now {
        let told = format!("the last backup that was verified is {name}, at {begun_at}");
        return Finding::warning(told, OVERDUE);
    }
    Finding::ok(format!("{name} was verified at {begun_at}"))
}
