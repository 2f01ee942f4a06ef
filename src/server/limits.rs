//! Limits on input from outside.
//!
//! Together they bound the memory that unauthenticated callers can take: some 50 KiB for each of
//! 1,024 connections, 64 KiB for each of 128 long heads, some 26 KiB for the head of each of 2,048
//! requests over HTTP/2 (16 KiB of text in 100 headers), a body of at most 96 KiB for each of them,
//! and 64 MiB of unsent answers.

use std::time::Duration;

use super::turns::Bounds;
use crate::{
    model::{Image, ProfilePicture},
    outbound::LOOKUPS,
};

/// A text in the log, in characters: part of it may come from an unauthenticated caller.
pub(super) const LOGGED: usize = 500;
/// A body, in bytes, unless its route sets another limit.
pub(super) const BODY: usize = 16 * 1024;
/// An authorization or logout request by POST, in bytes: an ID token of 48 KiB, a state of 8 KiB,
/// and the other parameters.
pub(super) const AUTHORIZE: usize = 96 * 1024;
/// The application configuration, in bytes: lists of claims, groups and addresses have 20,000 bytes
/// each, and are strings in JSON.
pub(super) const APP_CONFIG: usize = 160 * 1024;
/// A client, in bytes: hundreds of callback URLs, and keys of 64 KiB.
pub(super) const CLIENT: usize = 256 * 1024;
/// The configuration of an installation, in bytes: a few thousand users, groups and clients, or
/// some logos.
pub(super) const CONFIGURATION: usize = 8 * 1024 * 1024;
/// A list of ids, in bytes: twenty thousand members of a group.
pub(super) const ID_LIST: usize = 1024 * 1024;
/// The profile of an account, in bytes: programs send back all fields of the answer, and more.
pub(super) const PROFILE: usize = 64 * 1024;
/// A list of an API's permissions, or of their ids, in bytes: a thousand of them with their
/// descriptions.
pub(super) const PERMISSION_LIST: usize = 256 * 1024;
/// The maximum overhead of the form around the file, in bytes.
pub(super) const UPLOAD_FORM: usize = 16 * 1024;
/// An uploaded picture of the installation with the form around it, in bytes: enough for the
/// largest one, a background.
pub(super) const APPLICATION_IMAGE: usize = Image::MAX_BACKGROUND_SIZE + UPLOAD_FORM;
/// A logo and the form around it, in bytes.
pub(super) const LOGO: usize = Image::MAX_SIZE + UPLOAD_FORM;
/// A photograph and the form around it, in bytes.
pub(super) const PROFILE_PICTURE: usize = ProfilePicture::MAX_UPLOAD + UPLOAD_FORM;
/// The answer of an authenticator, in bytes; attestations with certificates take a few thousand.
pub(super) const CEREMONY: usize = 64 * 1024;
/// A group over SCIM, in bytes: twenty thousand members with what programs send of each.
pub(super) const SCIM_GROUP: usize = 4 * 1024 * 1024;
/// A request for an SSH certificate, in bytes: a key of 8 KiB and hundreds of accounts.
pub(super) const SSH_KEY: usize = 32 * 1024;
/// The unread rest of a body, in bytes. If it is longer, the connection is closed.
pub(super) const UNREAD_BODY: usize = 64 * 1024;
/// How long reading that rest may take.
pub(super) const UNREAD_BODY_TIME: Duration = Duration::from_secs(1);

/// The request line and headers of a request, in bytes. ID tokens with hundreds of groups come back
/// in them.
pub(super) const HEADERS: usize = 64 * 1024;
/// The same over HTTP/2, which is mostly spoken by proxies that seldom send such long headers.
pub(super) const HTTP2_HEADERS: u32 = 16 * 1024;
/// The number of headers.
pub(super) const HEADER_COUNT: usize = 100;
/// The head that every connection may send, in bytes. Few connections at a time may send more.
pub(super) const SMALL_HEAD: usize = 8 * 1024 - 1;
/// How many connections may send a longer head at once.
pub(super) const LONG_HEADS: usize = 128;
/// How many of them one IPv4 address or one /48 of IPv6 may have.
pub(super) const LONG_HEADS_OF_ONE: usize = 16;
/// Concurrent requests on one HTTP/2 connection.
pub(super) const HTTP2_STREAMS: u32 = 64;
/// The flow-control window of an HTTP/2 connection, and its send buffer, in bytes.
pub(super) const HTTP2_WINDOW: u32 = 64 * 1024;

/// How long a new connection may take to begin its first request.
pub(super) const FIRST_REQUEST_TIME: Duration = Duration::from_secs(10);
/// How long the head of a request may take from its first byte.
pub(super) const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long a connection may be idle between requests. Proxies keep theirs for 90 to 120 s and send
/// the next request without checking. If this server had just closed it, a POST would fail with
/// 502. So the proxy must close it first. Idle connections cost little: when places are scarce, the
/// one idle for longest is closed.
pub(super) const IDLE_TIME: Duration = Duration::from_secs(180);
/// How long a request may take as a whole.
pub(super) const REQUEST_TIME: Duration = Duration::from_secs(30);
/// How long a request is safe from being dropped for a new connection when all others are busy,
/// too.
pub(super) const BUSY_TIME: Duration = Duration::from_secs(2);
/// How long the client may go without taking any bytes of an answer.
pub(super) const BLOCKED_TIME: Duration = Duration::from_secs(30);
/// How long sending the whole answer may take, such as a background of 8 MiB.
pub(super) const ANSWER_TIME: Duration = Duration::from_secs(120);
/// How long running requests may go on after the server is told to stop.
pub(super) const SHUTDOWN_TIME: Duration = Duration::from_secs(5);

/// How many connections are open at once, if there are enough file descriptors. A server answers
/// more than a thousand requests a second, each within milliseconds. The others are idle, and the
/// one idle for longest makes room.
pub(super) const CONNECTIONS: usize = 1_024;
/// How many of them one IPv4 address or one /64 of IPv6 may have, but at most a quarter of all
/// places. Trusted proxies may have all.
pub(super) const CONNECTIONS_OF_ONE: usize = 256;
/// How many of them one /48 of IPv6 may have, but at most half of all places.
pub(super) const CONNECTIONS_OF_CUSTOMER: usize = 512;
/// Concurrent requests: in total, of one address, and of one /48 of IPv6.
pub(super) const REQUESTS: usize = 2_048;
pub(super) const REQUESTS_OF_ONE: usize = 256;
pub(super) const REQUESTS_OF_CUSTOMER: usize = 512;
/// Requests that each network may still have when the total is reached.
pub(super) const REQUESTS_KEPT: usize = 4;
/// Unsent answers, in bytes: in total, of one address, and of one /48 of IPv6.
pub(super) const UNSENT: usize = 64 * 1024 * 1024;
pub(super) const UNSENT_OF_ONE: usize = 24 * 1024 * 1024;
pub(super) const UNSENT_OF_CUSTOMER: usize = 32 * 1024 * 1024;

/// The queue for fetching documents. One network gets few turns at once, so naming slow addresses
/// delays few others.
pub(super) const METADATA_FETCHES: Bounds =
    Bounds { at_once: 10, places: 40, of_network: 3, of_one: 40 };
/// The bounds of the queue for logos and backgrounds, which may have megabytes. They are public, and a
/// page of applications shows many; but others wait while a few networks fill the queue.
pub(super) const IMAGES: Bounds = Bounds { at_once: 2, places: 512, of_network: 64, of_one: 512 };
/// The bounds of the queue for lists. Each may read many rows, on a thread of its own.
pub(super) const LISTS: Bounds = Bounds { at_once: 2, places: 128, of_network: 32, of_one: 16 };
/// The bounds on listing and verifying backups.
pub(super) const BACKUPS: Bounds = Bounds { at_once: 1, places: 4, of_network: 4, of_one: 2 };
/// The bounds on downloading backups. Nobody waits for the download of another one.
pub(super) const BACKUP_DOWNLOADS: Bounds =
    Bounds { at_once: 4, places: 4, of_network: 4, of_one: 2 };
/// The bounds on reading and changing whole configurations. The tree of a document takes many times
/// the memory of its text.
pub(super) const CONFIGURATIONS: Bounds =
    Bounds { at_once: 1, places: 4, of_network: 4, of_one: 2 };
/// The values in a configuration: lists, mappings, and what is in them.
pub(super) const CONFIGURATION_VALUES: usize = 190_000;
/// The changes that one configuration may make. They are one transaction, and other writers wait
/// for it.
pub(super) const CONFIGURATION_CHANGES: usize = 10_000;
/// The bounds on changing groups over SCIM. The tree of a body takes many times the memory of its text.
pub(super) const SCIM_GROUPS: Bounds =
    Bounds { at_once: 2, places: 64, of_network: 32, of_one: 32 };
/// The bounds on looking for faults. The whole database is read each time.
pub(super) const EXAMINATIONS: Bounds = Bounds { at_once: 1, places: 4, of_network: 4, of_one: 2 };
/// The bounds on making signing keys. An RSA key takes a second of a core.
pub(super) const KEY_ROTATIONS: Bounds = Bounds { at_once: 1, places: 4, of_network: 4, of_one: 2 };
/// The bounds on decoding profile pictures. Each takes a core and the memory below, so one is
/// decoded at a time. No network has half of the places, a /48 neither.
pub(super) const PICTURES: Bounds = Bounds { at_once: 1, places: 9, of_network: 2, of_one: 2 };
/// The address space of the process that decodes one, in bytes. The largest photograph, a progressive
/// JPEG of 16 megapixels, needs 220 MiB.
pub(super) const PICTURE_MEMORY: u64 = 256 * 1024 * 1024;
/// A build for tests decodes several times slower, and runs where many tests keep the cores busy.
const SLOWNESS: u64 = if cfg!(debug_assertions) { 5 } else { 1 };
/// How many seconds this process may compute: those of all places together are less than the time that a
/// request may take.
pub(super) const PICTURE_CPU_SECONDS: u64 = 3 * SLOWNESS;
/// How long it may take as a whole, where other programs keep the cores busy.
pub(super) const PICTURE_TIME: Duration = Duration::from_secs(10 * SLOWNESS);
/// The bounds of the queue for bcrypt checks.
pub(super) const SLOW_SECRETS: Bounds = Bounds { at_once: 2, places: 16, of_network: 2, of_one: 8 };
/// The bounds on uploads of administrators. Each upload is in memory as a whole, so only a few run
/// at once.
pub(super) const UPLOADS: Bounds = Bounds { at_once: 4, places: 64, of_network: 16, of_one: 4 };
/// The same for users who do not administer: one upload of each at a time.
pub(super) const USER_UPLOADS: Bounds = Bounds { at_once: 4, places: 32, of_network: 8, of_one: 1 };

/// How many blocking threads the queues above, and look-ups of names, may keep busy at once.
pub const QUEUED_THREADS: usize = LISTS.at_once
    + IMAGES.at_once
    + BACKUPS.at_once
    + BACKUP_DOWNLOADS.at_once
    + CONFIGURATIONS.at_once
    + EXAMINATIONS.at_once
    + KEY_ROTATIONS.at_once
    + SLOW_SECRETS.at_once
    + LOOKUPS;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_network_takes_half_of_the_places_for_pictures() {
        let Bounds { places, of_network, .. } = PICTURES;
        assert!(2 * 2 * of_network < places, "a /48 has twice as many");
    }
}
