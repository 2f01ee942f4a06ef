//! Webhooks (Standard Webhooks 1.0).

mod bad_receivers;
mod delivery;
mod doors;
mod keeping;
mod receiver;
mod signature;
