//! Bounds on what comes from outside.

use std::time::Duration;

/// A token request, in bytes.
pub(super) const TOKEN: usize = 16 * 1024;
/// An authorization request by POST, in bytes.
pub(super) const AUTHORIZE: usize = 32 * 1024;
/// A JSON body of the account and set-up endpoints, in bytes.
pub(super) const JSON: usize = 16 * 1024;
/// The answer of an authenticator, in bytes; attestations with certificates take a few thousand.
pub(super) const CEREMONY: usize = 64 * 1024;
/// The line and headers of a request, in bytes.
pub(super) const HEADERS: usize = 64 * 1024;
/// The number of headers.
pub(super) const HEADER_COUNT: usize = 100;
/// How long a new connection may take to ask for something.
pub(super) const FIRST_REQUEST_TIME: Duration = Duration::from_secs(10);
/// How long the headers of a request may take; on a kept connection also how long it may be idle.
pub(super) const HEADER_TIME: Duration = Duration::from_secs(75);
/// How long a request may take as a whole.
pub(super) const REQUEST_TIME: Duration = Duration::from_secs(30);
/// How long running requests may go on after the server was told to stop.
pub(super) const SHUTDOWN_TIME: Duration = Duration::from_secs(5);
/// How many connections are open at once; the next one waits.
pub(super) const CONNECTIONS: usize = 4_096;
