//! Webhooks: tells receivers of events (Standard Webhooks 1.0).

mod deliver;
mod payload;
mod try_out;

pub(super) use deliver::deliver;
pub(super) use try_out::try_out;
