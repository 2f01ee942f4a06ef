//! Limits how many long request heads are in memory at once. When every place is taken, a network
//! with fewer places takes one from the network with the most, so that a few networks cannot hold
//! them all.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ipnet::IpNet;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

use super::closer::Closer;

/// The places for long heads.
#[derive(Debug)]
pub(super) struct LongHeads {
    places: Arc<Semaphore>,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    last_id: u64,
    /// Oldest first.
    holders: BTreeMap<u64, Holder>,
}

/// A connection that holds a place.
#[derive(Debug)]
struct Holder {
    network: Option<IpNet>,
    closer: Closer,
    place: OwnedSemaphorePermit,
}

/// A connection that requests a place for each long head it sends.
#[derive(Debug, Clone)]
pub(super) struct HeadSender {
    pub(super) all: Arc<LongHeads>,
    /// `None` for a trusted proxy: it speaks for many clients and never gives up a place.
    pub(super) network: Option<IpNet>,
    /// The share of its network.
    pub(super) share: Option<Arc<Semaphore>>,
    pub(super) closer: Closer,
}

/// A place that is held until dropped.
#[derive(Debug)]
pub(super) struct LongHead {
    id: u64,
    all: Arc<LongHeads>,
    _share: Option<OwnedSemaphorePermit>,
}

impl LongHeads {
    pub(super) fn with_places(places: usize) -> Arc<Self> {
        Arc::new(Self { places: Arc::new(Semaphore::new(places)), held: Mutex::default() })
    }

    /// Closes the oldest connection of the network with the most places and takes over its place.
    /// Does nothing unless that network has clearly more places than the asking one.
    fn take_over(&self, asking: Option<IpNet>) -> Option<OwnedSemaphorePermit> {
        let mut held = self.lock();
        let mut counts: HashMap<IpNet, usize> = HashMap::new();
        for network in held.holders.values().filter_map(|holder| holder.network) {
            *counts.entry(network).or_default() += 1;
        }
        let own = asking.and_then(|network| counts.get(&network).copied()).unwrap_or_default();
        let (heaviest, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
        if count <= own + 1 {
            return None;
        }
        let is_of_it = |holder: &Holder| holder.network == Some(heaviest);
        let oldest = held.holders.iter().find(|(_, holder)| is_of_it(holder)).map(|(id, _)| *id)?;
        let holder = held.holders.remove(&oldest)?;
        holder.closer.close();
        Some(holder.place)
    }

    /// Returns the number of free places.
    #[cfg(test)]
    pub(super) fn free(&self) -> usize {
        self.places.available_permits()
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HeadSender {
    /// Waits for a place. A network first needs one of its own share, so it cannot fill the common
    /// queue.
    pub(super) async fn acquire(self) -> Result<LongHead, AcquireError> {
        let _share = match self.share {
            Some(share) => Some(share.acquire_owned().await?),
            None => None,
        };
        let free = Arc::clone(&self.all.places).try_acquire_owned().ok();
        let place = match free.or_else(|| self.all.take_over(self.network)) {
            Some(place) => place,
            None => Arc::clone(&self.all.places).acquire_owned().await?,
        };
        let mut held = self.all.lock();
        held.last_id += 1;
        let id = held.last_id;
        held.holders.insert(id, Holder { network: self.network, closer: self.closer, place });
        drop(held);
        Ok(LongHead { id, all: self.all, _share })
    }
}

impl Drop for LongHead {
    fn drop(&mut self) {
        // The entry is gone if another connection took over the place.
        self.all.lock().holders.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{super::activity::Activity, *};

    const PLACES: usize = 128;

    /// Creates a connection and its asker.
    fn asker(all: &Arc<LongHeads>, network: Option<&str>) -> (Activity, HeadSender) {
        let activity = Activity::new();
        let network = network.map(|network| network.parse().unwrap());
        let (all, closer) = (Arc::clone(all), activity.closer());
        (activity, HeadSender { all, network, share: None, closer })
    }

    async fn acquire(asker: HeadSender) -> Option<LongHead> {
        let acquired = tokio::time::timeout(Duration::from_millis(50), asker.acquire()).await;
        acquired.ok().map(|place| place.unwrap())
    }

    /// Fills all places from this many networks.
    async fn fill(all: &Arc<LongHeads>, networks: usize) -> Vec<(Activity, LongHead)> {
        let mut held = Vec::new();
        for n in 0..PLACES {
            let network = format!("192.0.2.{}/32", n % networks);
            let (activity, asker) = asker(all, Some(&network));
            held.push((activity, acquire(asker).await.unwrap()));
        }
        held
    }

    #[tokio::test]
    async fn few_addresses_that_have_every_place_keep_nobody_else_waiting() {
        let all = LongHeads::with_places(PLACES);
        let held = fill(&all, 8).await;
        let mut others = Vec::new();
        for n in 0..20 {
            let (activity, asker) = asker(&all, Some(&format!("198.51.100.{n}/32")));
            others.push((activity, acquire(asker).await.unwrap()));
        }
        let closed = held.iter().filter(|(activity, _)| activity.is_told_to_close()).count();
        assert_eq!(closed, 20);
        assert!(!others.iter().any(|(activity, _)| activity.is_told_to_close()));

        // They gave up their places already, and release no other.
        drop(held);
        assert_eq!(all.free(), PLACES - 20);
        drop(others);
        assert_eq!(all.free(), PLACES);
    }

    #[tokio::test]
    async fn where_nobody_has_clearly_more_the_next_one_waits_its_turn() {
        let all = LongHeads::with_places(PLACES);
        let mut held = fill(&all, PLACES).await;
        let (_activity, other) = asker(&all, Some("198.51.100.1/32"));
        assert!(acquire(other.clone()).await.is_none());
        drop(held.pop());
        assert!(acquire(other).await.is_some());
        assert!(!held.iter().any(|(activity, _)| activity.is_told_to_close()));
    }

    #[tokio::test]
    async fn a_proxy_makes_room_for_nobody() {
        let all = LongHeads::with_places(2);
        let (proxy, asks) = asker(&all, None);
        let _held = (acquire(asks.clone()).await.unwrap(), acquire(asks).await.unwrap());
        let (_activity, other) = asker(&all, Some("198.51.100.1/32"));
        assert!(acquire(other).await.is_none());
        assert!(!proxy.is_told_to_close());
    }
}
