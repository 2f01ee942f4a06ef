//! Backups that the server makes: on a schedule, and when an administrator asks for one. All servers
//! of a database share one lease, so that one backup is made at a time, and another one for the
//! verification of the newest.

mod lease;
mod make;
mod schedule;
mod target;
mod verification;

pub(super) use lease::while_renewing;
pub(super) use make::make;
pub(super) use schedule::run;
pub use target::{TargetFault, check_target, create_target};
pub(super) use verification::run as run_verification;
