//! Bounds on what comes from outside.
//!
//! Together they bound the memory that strangers can take: some 50 KiB for each of 1,024 connections, 64 KiB for
//! each of 128 long heads, some 26 KiB for the head of each of 2,048 requests over HTTP/2 (16 KiB of text in 100
//! headers), a body of at most 96 KiB for each of them, and 64 MiB of answers that nobody takes.

use std::time::Duration;

use super::http::upload;
use crate::model::Image;

/// A body, in bytes, unless the row of its endpoint says otherwise.
pub(super) const BODY: usize = 16 * 1024;
/// An authorization or logout request by POST, in bytes: an ID token of 48 KiB, a state of 8 KiB, and the
/// rest.
pub(super) const AUTHORIZE: usize = 96 * 1024;
/// The application configuration, in bytes: lists of claims, groups and addresses have 20,000 bytes each, and are
/// texts in JSON.
pub(super) const APP_CONFIG: usize = 160 * 1024;
/// A client, in bytes: hundreds of callback URLs, and keys of 64 KiB.
pub(super) const CLIENT: usize = 256 * 1024;
/// A list of ids, in bytes: twenty thousand members of a group.
pub(super) const ID_LIST: usize = 1024 * 1024;
/// What is known of an account, in bytes: programs send back everything that they were told, and more.
pub(super) const PROFILE: usize = 64 * 1024;
/// A list of permissions of an API, or of their ids, in bytes: a thousand of them with their descriptions.
pub(super) const PERMISSION_LIST: usize = 256 * 1024;
/// A picture of the installation and the form around it, in bytes: as much as the largest one, a background.
pub(super) const APPLICATION_IMAGE: usize = Image::MAX_BACKGROUND_SIZE + upload::AROUND;
/// The answer of an authenticator, in bytes; attestations with certificates take a few thousand.
pub(super) const CEREMONY: usize = 64 * 1024;
/// The rest of a body that nobody wanted to read, in bytes. If it is longer, the connection is closed.
pub(super) const UNREAD_BODY: usize = 64 * 1024;
/// How long that rest may take.
pub(super) const UNREAD_BODY_TIME: Duration = Duration::from_secs(1);

/// The line and headers of a request, in bytes. ID tokens with hundreds of groups come back in them.
pub(super) const HEADERS: usize = 64 * 1024;
/// The same over HTTP/2, which proxies speak that have such headers seldom.
pub(super) const HTTP2_HEADERS: u32 = 16 * 1024;
/// The number of headers.
pub(super) const HEADER_COUNT: usize = 100;
/// What every connection may send of a head, in bytes; few at a time may send more.
pub(super) const SMALL_HEAD: usize = 8 * 1024 - 1;
/// How many connections may send a longer head at once.
pub(super) const LONG_HEADS: usize = 128;
/// How many of them are of one IPv4 address or one /48 of IPv6.
pub(super) const LONG_HEADS_OF_ONE: usize = 16;
/// Requests that one HTTP/2 connection may have going.
pub(super) const HTTP2_STREAMS: u32 = 64;
/// What one HTTP/2 connection may send of bodies that nobody reads yet, and what is buffered of an answer.
pub(super) const HTTP2_WINDOW: u32 = 64 * 1024;

/// How long a new connection may take to ask for something.
pub(super) const FIRST_REQUEST_TIME: Duration = Duration::from_secs(10);
/// How long the head of a request may take from its first byte.
pub(super) const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long a connection may be idle between requests. Proxies keep theirs for 90 to 120 s and send the next
/// request without a look; if it was closed here at that moment, a POST fails with 502. So it is closed
/// there first. Idle connections cost little: when places are scarce, the longest idle is closed.
pub(super) const IDLE_TIME: Duration = Duration::from_secs(180);
/// How long a request may take as a whole.
pub(super) const REQUEST_TIME: Duration = Duration::from_secs(30);
/// How long a request is safe from making room for a new connection when all others are busy, too.
pub(super) const BUSY_TIME: Duration = Duration::from_secs(2);
/// How long the other side may take nothing of an answer.
pub(super) const BLOCKED_TIME: Duration = Duration::from_secs(30);
/// How long it may take to fetch the whole answer, such as a background of 8 MiB.
pub(super) const ANSWER_TIME: Duration = Duration::from_secs(120);
/// How long running requests may go on after the server was told to stop.
pub(super) const SHUTDOWN_TIME: Duration = Duration::from_secs(5);

/// How many connections are open at once, if there are files for them. A server answers more than a thousand
/// requests a second, each within milliseconds; the others are idle, and the longest idle makes room.
pub(super) const CONNECTIONS: usize = 1_024;
/// How many of them one IPv4 address or one /64 of IPv6 may have, if that is no more than a quarter; proxies of ours
/// may have all.
pub(super) const CONNECTIONS_OF_ONE: usize = 256;
/// How many of them one /48 of IPv6 may have, if that is no more than half.
pub(super) const CONNECTIONS_OF_CUSTOMER: usize = 512;
/// Requests that are answered at once: of all, of one address, and of one /48 of IPv6.
pub(super) const REQUESTS: usize = 2_048;
pub(super) const REQUESTS_OF_ONE: usize = 256;
pub(super) const REQUESTS_OF_CUSTOMER: usize = 512;
/// What each network may have when those of all are taken.
pub(super) const REQUESTS_KEPT: usize = 4;
/// Answers that nobody has taken yet, in bytes: of all, of one address, and of one /48 of IPv6.
pub(super) const UNSENT: usize = 64 * 1024 * 1024;
pub(super) const UNSENT_OF_ONE: usize = 24 * 1024 * 1024;
pub(super) const UNSENT_OF_CUSTOMER: usize = 32 * 1024 * 1024;
