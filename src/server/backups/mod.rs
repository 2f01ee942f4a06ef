//! Backups that the server makes: on a schedule, and when an administrator asks for one. All servers
//! of a database share one lease, so that one backup is made at a time, and another one for the
//! verification of the newest.

mod lease;
mod make;
mod schedule;
mod verification;

pub(super) use lease::while_renewing;
pub(super) use make::make;
pub(super) use schedule::run;
pub(super) use verification::run as run_verification;

use crate::model::{Place, Schedule};

/// Checks that the backup folder exists, so that a missing one is reported before it is needed.
pub fn check_target(schedule: Option<&Schedule>, target: Option<&Place>) -> Result<(), String> {
    match (schedule, target) {
        (Some(_), Some(Place::Path(folder))) if !folder.is_dir() => {
            Err(format!("BACKUP_TARGET is not a folder: {}", folder.display()))
        }
        _ => Ok(()),
    }
}
