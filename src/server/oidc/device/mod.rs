//! Signs in on a device without a browser, with the browser of another device (RFC 8628).

pub(in crate::server) mod authorization;
pub(in crate::server) mod verification;
