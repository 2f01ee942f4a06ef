//! Changes that a session alone must not make: they want a recent use of the passkey, whichever endpoint they come
//! through, so that the thief of a session cookie keeps nothing when the session ends.

mod change;
pub(in crate::server) mod ssh_access;
pub(in crate::server) mod trusted_servers;

pub(in crate::server) use change::{
    Asker, GuardedChange, InPerson, allow_backup, allow_passkey, check_may_begin_passkey,
};
