//! SSH for hosts and laptops: certificates, the keys to trust, and the revocation list.

mod cache;
mod caller;
mod certificates;
mod keys;
mod krl;
mod own;
mod routes;

pub(super) use cache::KrlCache;
pub(super) use certificates::public_key;

pub(super) use routes::routes;
