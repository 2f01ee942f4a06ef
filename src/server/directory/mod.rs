//! Users and groups from an LDAP directory: every hour, and when an administrator asks for it.

mod schedule;
mod sync;

pub(super) use schedule::run;
pub(super) use sync::{ServerSyncFault, read, sync};
