//! What one network takes up at this moment.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicUsize, Ordering},
    },
};

use ipnet::IpNet;
use tokio::sync::Semaphore;

use super::super::{limits, networks};

/// The networks that take up something.
#[derive(Debug, Default)]
pub(super) struct Shares(Mutex<HashMap<IpNet, Weak<Share>>>);

/// What one network takes up.
#[derive(Debug)]
pub(super) struct Share {
    network: IpNet,
    all: Arc<Shares>,
    requests: AtomicUsize,
    /// In bytes.
    unsent: AtomicUsize,
    long_heads: Arc<Semaphore>,
}

/// The networks that one client counts for.
#[derive(Debug, Clone)]
pub(super) struct Client {
    narrow: Arc<Share>,
    wide: Option<Arc<Share>>,
}

/// How much of something the networks of a client have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    narrow: usize,
    wide: Option<usize>,
}

impl Shares {
    /// The networks that an address counts for.
    pub(super) fn of(self: &Arc<Self>, address: IpAddr) -> Client {
        let narrow = self.share(networks::narrow(address));
        Client { narrow, wide: networks::wide(address).map(|network| self.share(network)) }
    }

    fn share(self: &Arc<Self>, network: IpNet) -> Arc<Share> {
        let mut shares = self.lock();
        let known = shares.get(&network).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let share = Arc::new(Share {
                network,
                all: Arc::clone(self),
                requests: AtomicUsize::new(0),
                unsent: AtomicUsize::new(0),
                long_heads: Arc::new(Semaphore::new(limits::LONG_HEADS_OF_ONE)),
            });
            shares.insert(network, Arc::downgrade(&share));
            share
        })
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpNet, Weak<Share>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut shares = self.all.lock();
        // Another one may have taken its place already.
        if shares.get(&self.network).is_some_and(|share| share.strong_count() == 0) {
            shares.remove(&self.network);
        }
    }
}

impl Client {
    /// The widest network that can be blamed: the address itself for IPv4, a /48 for IPv6.
    pub(super) fn network(&self) -> IpNet {
        self.widest().network
    }

    /// The long heads that this network may still send.
    pub(super) fn long_heads(&self) -> Arc<Semaphore> {
        Arc::clone(&self.widest().long_heads)
    }

    /// Whether it is about this address, or one that counts like it.
    pub(super) fn is(&self, address: IpAddr) -> bool {
        self.narrow.network == networks::narrow(address)
    }

    /// Counts a request; gives how many there are.
    pub(super) fn add_request(&self) -> Taken {
        self.add(1, |share| &share.requests)
    }

    /// Does not count a request any more.
    pub(super) fn remove_request(&self) {
        self.remove(1, |share| &share.requests);
    }

    /// Counts bytes of an answer; gives how many there are.
    pub(super) fn add_unsent(&self, bytes: usize) -> Taken {
        self.add(bytes, |share| &share.unsent)
    }

    /// Does not count bytes of an answer any more.
    pub(super) fn remove_unsent(&self, bytes: usize) {
        self.remove(bytes, |share| &share.unsent);
    }

    fn widest(&self) -> &Arc<Share> {
        self.wide.as_ref().unwrap_or(&self.narrow)
    }

    fn add(&self, number: usize, of: impl Fn(&Share) -> &AtomicUsize) -> Taken {
        let add = |share: &Arc<Share>| of(share).fetch_add(number, Ordering::Relaxed) + number;
        Taken { narrow: add(&self.narrow), wide: self.wide.as_ref().map(add) }
    }

    fn remove(&self, number: usize, of: impl Fn(&Share) -> &AtomicUsize) {
        for share in [Some(&self.narrow), self.wide.as_ref()].into_iter().flatten() {
            of(share).fetch_sub(number, Ordering::Relaxed);
        }
    }
}

impl Taken {
    /// Whether neither network has more than it may.
    pub(super) fn fits(self, of_one: usize, of_customer: usize) -> bool {
        self.narrow <= of_one && self.wide.is_none_or(|wide| wide <= of_customer)
    }

    /// What the widest network has.
    pub(super) fn widest(self) -> usize {
        self.wide.unwrap_or(self.narrow)
    }
}
