//! The current resource use of each network.

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

/// The networks that use resources.
#[derive(Debug, Default)]
pub(super) struct Shares(Mutex<HashMap<IpNet, Weak<Share>>>);

/// The resource use of one network.
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
pub(super) struct ClientShares {
    narrow: Arc<Share>,
    wide: Option<Arc<Share>>,
}

/// The use of one resource by a client's networks.
#[derive(Debug, Clone, Copy)]
pub(super) struct TakenShare {
    narrow: usize,
    wide: Option<usize>,
}

impl Shares {
    /// Returns the networks that an address counts for.
    pub(super) fn of(self: &Arc<Self>, address: IpAddr) -> ClientShares {
        let narrow = self.share(networks::narrow(address));
        ClientShares { narrow, wide: networks::wide(address).map(|network| self.share(network)) }
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
        // A new share may already have replaced this one.
        if shares.get(&self.network).is_some_and(|share| share.strong_count() == 0) {
            shares.remove(&self.network);
        }
    }
}

impl ClientShares {
    /// Returns the widest network that the client counts for: the address itself for IPv4, a /48
    /// for IPv6.
    pub(super) fn network(&self) -> IpNet {
        self.widest().network
    }

    /// Returns the places for long heads of the client's widest network.
    pub(super) fn long_heads(&self) -> Arc<Semaphore> {
        Arc::clone(&self.widest().long_heads)
    }

    /// Returns whether an address counts for the same narrow network.
    pub(super) fn is(&self, address: IpAddr) -> bool {
        self.narrow.network == networks::narrow(address)
    }

    /// Counts a request and returns the new totals.
    pub(super) fn add_request(&self) -> TakenShare {
        self.add(1, |share| &share.requests)
    }

    /// Removes a request from the totals.
    pub(super) fn remove_request(&self) {
        self.remove(1, |share| &share.requests);
    }

    /// Counts bytes of an answer and returns the new totals.
    pub(super) fn add_unsent(&self, bytes: usize) -> TakenShare {
        self.add(bytes, |share| &share.unsent)
    }

    /// Removes bytes of an answer from the totals.
    pub(super) fn remove_unsent(&self, bytes: usize) {
        self.remove(bytes, |share| &share.unsent);
    }

    fn widest(&self) -> &Arc<Share> {
        self.wide.as_ref().unwrap_or(&self.narrow)
    }

    fn add(&self, number: usize, of: impl Fn(&Share) -> &AtomicUsize) -> TakenShare {
        let add = |share: &Arc<Share>| of(share).fetch_add(number, Ordering::Relaxed) + number;
        TakenShare { narrow: add(&self.narrow), wide: self.wide.as_ref().map(add) }
    }

    fn remove(&self, number: usize, of: impl Fn(&Share) -> &AtomicUsize) {
        for share in [Some(&self.narrow), self.wide.as_ref()].into_iter().flatten() {
            of(share).fetch_sub(number, Ordering::Relaxed);
        }
    }
}

impl TakenShare {
    /// Returns whether both networks are within their limits.
    pub(super) fn fits(self, of_one: usize, of_customer: usize) -> bool {
        self.narrow <= of_one && self.wide.is_none_or(|wide| wide <= of_customer)
    }

    /// Returns the use of the widest network.
    pub(super) fn widest(self) -> usize {
        self.wide.unwrap_or(self.narrow)
    }
}
