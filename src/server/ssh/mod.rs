//! What hosts and laptops ask for SSH: certificates, the keys to trust, and what is revoked.

mod caller;
mod certificates;
mod keys;
mod krl;
mod own;
mod routes;

pub(super) use certificates::public_key;
pub(super) use krl::KrlCache;
pub(super) use routes::routes;
