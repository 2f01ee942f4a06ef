//! Open connections: how many are allowed, which network they count for, and which one is closed to
//! make room.
//!
//! A new connection never waits for a place. An address at its limit loses one of its own
//! connections. When all places are taken, the connection that has been idle for longest is closed,
//! or else the oldest connection of the network with the most. So a network that opens thousands of
//! connections only closes its own. Proxies in `TRUST_PROXY` speak for many clients and have no
//! limit on connections; their requests and answers count for the clients behind them.

mod activity;
mod closer;
mod long_heads;
mod open_files;
mod shares;
mod stream;
mod unsent;

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
use tokio::net::TcpStream;

use super::{limits, networks};
use activity::{Activity, InFlight};
use long_heads::{HeadSender, LongHeads};
use shares::{ClientShares, Shares};
pub(super) use stream::Stream;
use unsent::{Goal, UnsentAnswers};

/// A network with no more connections than this never makes room as the heaviest network.
const FEW_CONNECTIONS: usize = 4;

/// All open connections.
#[derive(Debug)]
pub(super) struct Connections {
    places: usize,
    table: Mutex<Table>,
    shares: Arc<Shares>,
    /// The number of requests in progress.
    requests: AtomicUsize,
    long_heads: Arc<LongHeads>,
    unsent: Arc<UnsentAnswers>,
}

#[derive(Debug, Default)]
struct Table {
    last_id: u64,
    open: HashMap<u64, Open>,
}

#[derive(Debug)]
struct Open {
    peer: Peer,
    activity: Activity,
}

/// The peer at the other end of a connection.
#[derive(Debug, Clone, Copy)]
struct Peer {
    address: IpAddr,
    narrow: IpNet,
    wide: Option<IpNet>,
    is_proxy: bool,
}

impl Peer {
    /// Returns the largest network that the peer counts for.
    fn widest(&self) -> IpNet {
        self.wide.unwrap_or(self.narrow)
    }
}

/// One open connection. Dropping it frees its place.
#[derive(Debug)]
pub(super) struct Connection {
    id: u64,
    all: Arc<Connections>,
    peer: Peer,
    /// The networks that the peer counts for.
    client: ClientShares,
    activity: Activity,
}

/// A request in progress. It counts until all its holders are dropped: the work may continue after
/// the client has disconnected.
#[derive(Debug)]
pub(super) struct Working {
    all: Arc<Connections>,
    client: ClientShares,
    _in_flight: InFlight,
}

impl Connections {
    /// Allows as many connections as file descriptors permit. Raises the limit on open files as far
    /// as needed.
    pub(super) fn new() -> Arc<Self> {
        Self::with_places(open_files::places())
    }

    fn with_places(places: usize) -> Arc<Self> {
        Arc::new(Self {
            places,
            table: Mutex::default(),
            shares: Arc::default(),
            requests: AtomicUsize::new(0),
            long_heads: LongHeads::with_places(limits::LONG_HEADS),
            unsent: Arc::default(),
        })
    }

    /// Admits a new connection. Returns `None` if every connection that could be closed for it is
    /// serving a recent request.
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
        let client = self.shares.of(address);
        Some(Connection { id, all: Arc::clone(self), peer, client, activity })
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Returns whether there is a place, after closing another connection if necessary. The limits
    /// per network shrink if few files can be open.
    fn make_room_for(&mut self, peer: Peer, places: usize) -> bool {
        let of_address = |other: &Peer| !other.is_proxy && other.narrow == peer.narrow;
        let of_customer = |other: &Peer| !other.is_proxy && other.wide == peer.wide;
        let of_one = limits::CONNECTIONS_OF_ONE.min(places / 4).max(1);
        let of_one_customer = limits::CONNECTIONS_OF_CUSTOMER.min(places / 2).max(1);
        if !peer.is_proxy {
            if self.count(of_address) >= of_one && !self.close_one(of_address) {
                return false;
            }
            if peer.wide.is_some()
                && self.count(of_customer) >= of_one_customer
                && !self.close_one(of_customer)
            {
                return false;
            }
        }
        self.open.len() < places || self.close_one(|_| true) || self.close_of_heaviest(peer)
    }

    /// Closes the oldest connection of the network with the most connections, busy or not, for a
    /// newcomer from a network with clearly fewer. A few networks with busy connections must not
    /// shut out all others.
    fn close_of_heaviest(&mut self, newcomer: Peer) -> bool {
        let mut counts: HashMap<IpNet, usize> = HashMap::new();
        for open in self.open.values().filter(|open| !open.peer.is_proxy) {
            *counts.entry(open.peer.widest()).or_default() += 1;
        }
        let own = counts.get(&newcomer.widest()).copied().unwrap_or_default();
        let Some((heaviest, count)) = counts.into_iter().max_by_key(|(_, count)| *count) else {
            return false;
        };
        if count <= FEW_CONNECTIONS + 2 * own {
            return false;
        }
        let is_of_it = |open: &Open| !open.peer.is_proxy && open.peer.widest() == heaviest;
        let oldest = self.open.iter().filter(|(_, open)| is_of_it(open)).map(|(id, _)| *id).min();
        if let Some(open) = oldest.and_then(|id| self.open.remove(&id)) {
            open.activity.close();
        }
        true
    }

    fn count(&self, of: impl Fn(&Peer) -> bool) -> usize {
        self.open.values().filter(|open| of(&open.peer)).count()
    }

    /// Closes the connection with the smallest rank, of those that `may` selects.
    fn close_one(&mut self, may: impl Fn(&Peer) -> bool) -> bool {
        let ranked = self
            .open
            .iter()
            .filter(|(_, open)| may(&open.peer))
            .filter_map(|(id, open)| Some((open.activity.rank(open.peer.is_proxy)?, *id)));
        let Some((_, id)) = ranked.min() else { return false };
        if let Some(open) = self.open.remove(&id) {
            open.activity.close();
        }
        true
    }
}

impl Connection {
    /// Wraps the stream to track its activity.
    pub(super) fn watch(&self, stream: TcpStream) -> Stream {
        let speaks_for_itself = !self.peer.is_proxy;
        let long_heads = HeadSender {
            all: Arc::clone(&self.all.long_heads),
            network: speaks_for_itself.then(|| self.client.network()),
            share: speaks_for_itself.then(|| self.client.long_heads()),
            closer: self.activity.closer(),
        };
        Stream::new(stream, self.activity.clone(), long_heads)
    }

    /// Returns the address of the peer.
    pub(super) fn peer(&self) -> IpAddr {
        self.peer.address
    }

    /// Records that a request is being received, until the returned guard is dropped: bytes of its
    /// body do not count as the head of the next request.
    pub(super) fn receive(&self) -> impl Drop + Send + use<> {
        self.activity.request()
    }

    /// Records a request, until the returned guard is dropped. Returns `None` if too many requests
    /// of this client are in progress; with HTTP/2 a few connections suffice for that. If too many
    /// are in progress in total, only clients with few requests are served.
    pub(super) fn begin(&self, client_ip: IpAddr) -> Option<Arc<Working>> {
        let client = self.client(client_ip);
        let taken = client.add_request();
        let of_all = self.all.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let _in_flight = self.activity.request();
        let working = Working { all: Arc::clone(&self.all), client, _in_flight };
        let has_room = of_all <= limits::REQUESTS || taken.widest() <= limits::REQUESTS_KEPT;
        let fits = taken.fits(limits::REQUESTS_OF_ONE, limits::REQUESTS_OF_CUSTOMER);
        (fits && has_room).then(|| Arc::new(working))
    }

    /// Counts the bytes of an answer until they are sent. Returns `None` if too many bytes of this
    /// client are unsent.
    pub(super) fn hold(&self, client_ip: IpAddr, bytes: Bytes) -> Option<Bytes> {
        let (connection, activity) = (self.id, &self.activity);
        let goal = Goal { connection, activity, client: self.client(client_ip) };
        self.all.unsent.hold(bytes, &goal)
    }

    /// Requests that the connection drains remaining input before it closes.
    pub(super) fn linger(&self) {
        self.activity.linger();
    }

    /// Waits until the connection has to be closed, and returns the reason.
    pub(super) async fn end(&self) -> &'static str {
        self.activity.end().await
    }

    /// Returns the networks that a client address counts for. It differs from the peer's address if
    /// the peer is a trusted proxy.
    fn client(&self, address: IpAddr) -> ClientShares {
        if self.client.is(address) {
            return self.client.clone();
        }
        self.all.shares.of(address)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // The entry is gone if the connection was closed to make room.
        self.all.lock().open.remove(&self.id);
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.all.requests.fetch_sub(1, Ordering::Relaxed);
        self.client.remove_request();
    }
}

#[cfg(test)]
mod tests;
