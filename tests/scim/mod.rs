//! SCIM 2.0 (RFC 7643, RFC 7644).

mod bad_endpoints;
mod endpoint;
mod outbox;
mod provisioning;
pub(crate) mod real_endpoint;
