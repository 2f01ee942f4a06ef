//! Open connections: how many there may be, whose they are, and which of them makes room.
//!
//! Nobody waits for a place. An address that has its share makes room among its own connections, and when
//! all places are taken, the connection that has been idle for longest is closed: whoever opens thousands of
//! connections closes their own. Proxies that `TRUST_PROXY` names speak for many and have no share.

mod activity;
mod open_files;
mod stream;

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use ipnet::IpNet;
use tokio::{net::TcpStream, sync::Semaphore};

use super::{limits, networks};
use activity::{Activity, InFlight, Unsent};
pub(super) use stream::Stream;

/// Smaller answers are not counted as long as they are unsent, in bytes.
const SMALL_ANSWER: usize = 1_024;

/// All open connections.
#[derive(Debug)]
pub(super) struct Connections {
    places: usize,
    table: Mutex<Table>,
    /// Heads that may be longer than the others, at once.
    long_heads: Arc<Semaphore>,
    unsent: AtomicUsize,
}

#[derive(Debug, Default)]
struct Table {
    last_id: u64,
    open: HashMap<u64, Open>,
    shares: HashMap<IpNet, Arc<Share>>,
}

#[derive(Debug)]
struct Open {
    peer: Peer,
    activity: Activity,
}

/// Who is at the other end.
#[derive(Debug, Clone, Copy)]
struct Peer {
    address: IpAddr,
    narrow: IpNet,
    wide: Option<IpNet>,
    is_proxy: bool,
}

/// What one network takes up.
#[derive(Debug, Default)]
struct Share {
    connections: AtomicUsize,
    requests: AtomicUsize,
    unsent: AtomicUsize,
}

/// One open connection. Its place is free when it is dropped.
#[derive(Debug)]
pub(super) struct Connection {
    id: u64,
    all: Arc<Connections>,
    peer: Peer,
    share: Arc<Share>,
    activity: Activity,
}

/// A request that is being answered.
#[derive(Debug)]
pub(super) struct Working {
    share: Arc<Share>,
    _in_flight: InFlight,
}

/// An answer that has not left yet.
#[derive(Debug)]
struct Held {
    bytes: Bytes,
    all: Arc<Connections>,
    share: Arc<Share>,
    _unsent: Unsent,
}

impl Connections {
    /// As many as there are files for; the limit on open files is raised as far as is needed.
    pub(super) fn new() -> Arc<Self> {
        Self::with_places(open_files::places())
    }

    fn with_places(places: usize) -> Arc<Self> {
        Arc::new(Self {
            places,
            table: Mutex::default(),
            long_heads: Arc::new(Semaphore::new(limits::LONG_HEADS)),
            unsent: AtomicUsize::new(0),
        })
    }

    /// Gives a new connection a place. Nothing when every one that could make room for it is being
    /// answered.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr, is_proxy: bool) -> Option<Connection> {
        let peer = Peer {
            address,
            narrow: networks::narrow(address),
            wide: networks::wide(address),
            is_proxy,
        };
        let mut table = self.lock();
        if !table.make_room_for(peer, self.places) {
            return None;
        }
        table.last_id += 1;
        let (id, activity) = (table.last_id, Activity::new());
        table.open.insert(id, Open { peer, activity: activity.clone() });
        let share = Arc::clone(table.shares.entry(peer.narrow).or_default());
        share.connections.fetch_add(1, Ordering::Relaxed);
        Some(Connection { id, all: Arc::clone(self), peer, share, activity })
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Whether there is a place, if need be after another connection was closed.
    fn make_room_for(&mut self, peer: Peer, places: usize) -> bool {
        let of_address = |other: &Peer| !other.is_proxy && other.narrow == peer.narrow;
        let of_customer = |other: &Peer| !other.is_proxy && other.wide == peer.wide;
        if !peer.is_proxy {
            let share = self.shares.get(&peer.narrow);
            let has = share.map_or(0, |share| share.connections.load(Ordering::Relaxed));
            if has >= limits::CONNECTIONS_OF_ONE && !self.close_one(of_address) {
                return false;
            }
            if peer.wide.is_some()
                && self.open.values().filter(|open| of_customer(&open.peer)).count()
                    >= limits::CONNECTIONS_OF_CUSTOMER
                && !self.close_one(of_customer)
            {
                return false;
            }
        }
        self.open.len() < places || self.close_one(|_| true)
    }

    /// Closes the connection that makes room most willingly, of those that may.
    fn close_one(&mut self, may: impl Fn(&Peer) -> bool) -> bool {
        let ranked = self
            .open
            .iter()
            .filter(|(_, open)| may(&open.peer))
            .filter_map(|(id, open)| Some((open.activity.rank(open.peer.is_proxy)?, *id)));
        let Some((_, id)) = ranked.min() else { return false };
        if let Some(open) = self.remove(id) {
            open.activity.close();
        }
        true
    }

    fn remove(&mut self, id: u64) -> Option<Open> {
        let open = self.open.remove(&id)?;
        let narrow = open.peer.narrow;
        if let Some(share) = self.shares.get(&narrow)
            && share.connections.fetch_sub(1, Ordering::Relaxed) == 1
        {
            self.shares.remove(&narrow);
        }
        Some(open)
    }
}

impl Connection {
    /// The stream of this connection, watched.
    pub(super) fn watch(&self, stream: TcpStream) -> Stream {
        Stream::new(stream, self.activity.clone(), Arc::clone(&self.all.long_heads))
    }

    /// The address of whoever is at the other end.
    pub(super) fn peer(&self) -> IpAddr {
        self.peer.address
    }

    /// Notes a request, until what is given back is dropped. Nothing when too many of this address are
    /// being answered; over HTTP/2 that takes few connections.
    pub(super) fn begin(&self) -> Option<Working> {
        let in_flight = self.activity.request();
        let working = Working { share: Arc::clone(&self.share), _in_flight: in_flight };
        let others = self.share.requests.fetch_add(1, Ordering::Relaxed);
        (self.peer.is_proxy || others < limits::REQUESTS_OF_ONE).then_some(working)
    }

    /// Counts the bytes of an answer until they have left. Nothing when too much waits to be taken.
    pub(super) fn hold(&self, bytes: Bytes) -> Option<Bytes> {
        if bytes.len() <= SMALL_ANSWER {
            return Some(bytes);
        }
        let held = Held {
            all: Arc::clone(&self.all),
            share: Arc::clone(&self.share),
            _unsent: self.activity.answer(),
            bytes,
        };
        let size = held.bytes.len();
        let of_all = held.all.unsent.fetch_add(size, Ordering::Relaxed) + size;
        let of_one = held.share.unsent.fetch_add(size, Ordering::Relaxed) + size;
        let fits =
            of_all <= limits::UNSENT && (self.peer.is_proxy || of_one <= limits::UNSENT_OF_ONE);
        fits.then(|| Bytes::from_owner(held))
    }

    /// Has the connection closed only after what still comes in was read.
    pub(super) fn linger(&self) {
        self.activity.linger();
    }

    /// Waits until the connection is to be closed, and says why.
    pub(super) async fn end(&self) -> &'static str {
        self.activity.end().await
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // It is not there any more if it was closed to make room.
        self.all.lock().remove(self.id);
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.share.requests.fetch_sub(1, Ordering::Relaxed);
    }
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.all.unsent.fetch_sub(self.bytes.len(), Ordering::Relaxed);
        self.share.unsent.fetch_sub(self.bytes.len(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn is_closed(connection: &Connection) -> bool {
        !connection.all.lock().open.contains_key(&connection.id)
    }

    #[test]
    fn an_address_that_has_its_share_makes_room_among_its_own() {
        let all = Connections::with_places(1_000);
        let other = all.admit(ip("192.0.2.2"), false).unwrap();
        let own: Vec<_> = (0..limits::CONNECTIONS_OF_ONE + 3)
            .map(|_| all.admit(ip("192.0.2.1"), false).unwrap())
            .collect();
        assert!(!is_closed(&other), "others are left alone, however idle");
        assert_eq!(own.iter().filter(|connection| is_closed(connection)).count(), 3);
        assert!(own[..3].iter().all(is_closed), "the longest idle");
        let proxied: Vec<_> = (0..limits::CONNECTIONS_OF_ONE + 3)
            .map(|_| all.admit(ip("192.0.2.9"), true).unwrap())
            .collect();
        assert!(!proxied.iter().any(is_closed), "a proxy speaks for many");
    }

    #[test]
    fn one_customer_with_many_ipv6_networks_has_a_share_too() {
        let all = Connections::with_places(10_000);
        let open: Vec<_> = (0..limits::CONNECTIONS_OF_CUSTOMER + 5)
            .map(|n| all.admit(ip(&format!("2001:db8:1:{n:x}::1")), false).unwrap())
            .collect();
        assert_eq!(open.iter().filter(|connection| is_closed(connection)).count(), 5);
    }

    #[test]
    fn when_all_places_are_taken_the_longest_idle_makes_room_but_no_work() {
        let all = Connections::with_places(3);
        let proxy = all.admit(ip("192.0.2.9"), true).unwrap();
        let busy = all.admit(ip("192.0.2.1"), false).unwrap();
        let work = busy.begin().unwrap();
        let idle = all.admit(ip("192.0.2.2"), false).unwrap();
        let next = all.admit(ip("192.0.2.3"), false).unwrap();
        assert!(is_closed(&idle) && !is_closed(&proxy) && !is_closed(&busy));

        let work = (work, next.begin().unwrap(), proxy.begin().unwrap());
        assert!(all.admit(ip("192.0.2.4"), false).is_none(), "all were asked just now");
        drop((work, next));
        assert!(all.admit(ip("192.0.2.4"), false).is_some());
        drop((proxy, busy, idle));
        let table = all.lock();
        assert!(table.open.is_empty() && table.shares.is_empty(), "{table:?}");
    }

    #[test]
    fn unsent_answers_and_requests_of_one_address_are_bounded() {
        let all = Connections::with_places(10);
        let connection = all.admit(ip("192.0.2.1"), false).unwrap();
        let answer = Bytes::from(vec![0; limits::UNSENT_OF_ONE / 2]);
        let held = (connection.hold(answer.clone()).unwrap(), connection.hold(answer.clone()));
        assert!(held.1.is_some() && connection.hold(answer.clone()).is_none());
        let other = all.admit(ip("192.0.2.2"), false).unwrap();
        assert!(other.hold(answer.clone()).is_some());
        drop(held);
        assert!(connection.hold(answer).is_some(), "what has left is not counted");
        assert_eq!(all.unsent.load(Ordering::Relaxed), 0);

        let working: Vec<_> = (0..limits::REQUESTS_OF_ONE).map(|_| connection.begin()).collect();
        assert!(working.iter().all(Option::is_some) && connection.begin().is_none());
        drop(working);
        assert!(connection.begin().is_some());
    }
}
