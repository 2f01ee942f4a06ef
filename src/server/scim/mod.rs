//! SCIM 2.0: provisions the users and groups of clients at their endpoints (RFC 7644).

mod deliver;
mod schedule;
mod synchronise;

pub(super) use deliver::deliver;
pub(super) use schedule::schedule;
pub(super) use synchronise::synchronise;
