//! Webhooks: tells receivers of events (Standard Webhooks 1.0).

mod deliver;
mod payload;

pub(super) use deliver::deliver;
