//! Open connections: how many there may be, whose they are, and which of them makes room.
//!
//! Nobody waits for a place. An address that has its share makes room among its own connections, and when
//! all places are taken, the connection that has been idle for longest is closed, or else the oldest one of the
//! network that has most: whoever opens thousands of connections closes their own. Proxies that `TRUST_PROXY` names speak for many and have no share of the
//! connections; requests and answers count for whoever they speak for.

mod activity;
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
use long_heads::{Asker, LongHeads};
use shares::{Client, Shares};
pub(super) use stream::Stream;
use unsent::{Goal, Unsent};

/// So many connections are few: a network that has no more is never closed for somebody else's.
const FEW_CONNECTIONS: usize = 4;

/// All open connections.
#[derive(Debug)]
pub(super) struct Connections {
    places: usize,
    table: Mutex<Table>,
    shares: Arc<Shares>,
    /// Requests that are being answered.
    requests: AtomicUsize,
    long_heads: Arc<LongHeads>,
    unsent: Arc<Unsent>,
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

/// Who is at the other end.
#[derive(Debug, Clone, Copy)]
struct Peer {
    address: IpAddr,
    narrow: IpNet,
    wide: Option<IpNet>,
    is_proxy: bool,
}

impl Peer {
    /// The largest network that it counts for.
    fn widest(&self) -> IpNet {
        self.wide.unwrap_or(self.narrow)
    }
}

/// One open connection. Its place is free when it is dropped.
#[derive(Debug)]
pub(super) struct Connection {
    id: u64,
    all: Arc<Connections>,
    peer: Peer,
    /// What the peer counts for.
    client: Client,
    activity: Activity,
}

/// A request that is being answered. It counts until all who hold it are done: the work may go on when whoever
/// asked for it is gone.
#[derive(Debug)]
pub(super) struct Working {
    all: Arc<Connections>,
    client: Client,
    _in_flight: InFlight,
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
            shares: Arc::default(),
            requests: AtomicUsize::new(0),
            long_heads: LongHeads::with_places(limits::LONG_HEADS),
            unsent: Arc::default(),
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
        let client = self.shares.of(address);
        Some(Connection { id, all: Arc::clone(self), peer, client, activity })
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Whether there is a place, if need be after another connection was closed. Where few files can be open,
    /// the shares are smaller, too.
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

    /// Closes the oldest connection of the network that has most, at work or not, for one that has clearly
    /// less: few networks that keep all places at work must not shut everybody else out.
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

    /// Closes the connection that makes room most willingly, of those that may.
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
    /// The stream of this connection, watched.
    pub(super) fn watch(&self, stream: TcpStream) -> Stream {
        let speaks_for_itself = !self.peer.is_proxy;
        let long_heads = Asker {
            all: Arc::clone(&self.all.long_heads),
            network: speaks_for_itself.then(|| self.client.network()),
            share: speaks_for_itself.then(|| self.client.long_heads()),
            closer: self.activity.closer(),
        };
        Stream::new(stream, self.activity.clone(), long_heads)
    }

    /// The address of whoever is at the other end.
    pub(super) fn peer(&self) -> IpAddr {
        self.peer.address
    }

    /// Notes a request, until what is given back is dropped. Nothing when too many of this client are
    /// being answered; over HTTP/2 that takes few connections. When too many of all are, those go on that
    /// have few.
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

    /// Counts the bytes of an answer until they have left. Nothing when too much of this client waits to be
    /// taken.
    pub(super) fn hold(&self, client_ip: IpAddr, bytes: Bytes) -> Option<Bytes> {
        let (connection, activity) = (self.id, &self.activity);
        let goal = Goal { connection, activity, client: self.client(client_ip) };
        self.all.unsent.hold(bytes, &goal)
    }

    /// Has the connection closed only after what still comes in was read.
    pub(super) fn linger(&self) {
        self.activity.linger();
    }

    /// Waits until the connection is to be closed, and says why.
    pub(super) async fn end(&self) -> &'static str {
        self.activity.end().await
    }

    /// What an address counts for that the peer speaks for, if it is a proxy of ours.
    fn client(&self, address: IpAddr) -> Client {
        if self.client.is(address) {
            return self.client.clone();
        }
        self.all.shares.of(address)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // It is not there any more if it was closed to make room.
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
