//! Signing in on a device that has no browser, with the browser of another one (RFC 8628).

pub(in crate::server) mod authorization;
pub(in crate::server) mod verification;
