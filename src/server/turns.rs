//! Queues for expensive work, so that no caller delays the others for long.
//!
//! A limited number of jobs run at a time, and a limited number wait. Of these, one network, and
//! one client or user, may have only so many. A caller that finds no place is refused at once: a
//! program that is told to come back is better off than one that waits until it times out.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ipnet::IpNet;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::networks;
use crate::{
    model::{ClientId, ScimTokenId, UserId},
    store::{Store, StoreError, Tx},
};

/// The limits of a queue.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// How many jobs run at a time.
    pub(super) at_once: usize,
    /// How many places there are, for running and waiting jobs together.
    pub(super) places: usize,
    /// How many of them one network may have. A /48 may have twice as many.
    pub(super) of_network: usize,
    /// How many of them one client or one user may have.
    pub(super) of_one: usize,
}

/// The network, client or user that a place counts for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    All,
    Network(IpNet),
    Whom(Whom),
}

/// The client, program or user that the work is done for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Whom {
    /// Any caller.
    Anybody,
    /// A client.
    Client(ClientId),
    /// A program with a SCIM token.
    Scim(ScimTokenId),
    /// A signed-in user.
    User(UserId),
}

/// The queue for one kind of work.
#[derive(Debug)]
pub(super) struct Turns {
    bounds: Bounds,
    slots: Arc<Semaphore>,
    places: Mutex<HashMap<Key, usize>>,
}

/// A place in the queue, until it is dropped.
#[derive(Debug)]
pub(super) struct QueuePlace {
    turns: Arc<Turns>,
    keys: Vec<Key>,
}

impl Turns {
    pub(super) fn new(bounds: Bounds) -> Arc<Self> {
        let slots = Arc::new(Semaphore::new(bounds.at_once));
        Arc::new(Self { bounds, slots, places: Mutex::new(HashMap::new()) })
    }

    /// Takes a place. `None` if too many are taken.
    pub(super) fn line_up(self: &Arc<Self>, address: IpAddr, whom: Whom) -> Option<QueuePlace> {
        let Bounds { places, of_network, of_one, .. } = self.bounds;
        let narrow = (Key::Network(networks::narrow(address)), of_network);
        let wide = networks::wide(address).map(|network| (Key::Network(network), 2 * of_network));
        let wanted = [(Key::All, places), (Key::Whom(whom), of_one), narrow];
        let wanted: Vec<_> = wanted.into_iter().chain(wide).collect();
        let mut taken = self.lock();
        if wanted.iter().any(|(key, most)| taken.get(key).is_some_and(|count| count >= most)) {
            return None;
        }
        let keys: Vec<_> = wanted.into_iter().map(|(key, _)| key).collect();
        for key in &keys {
            *taken.entry(key.clone()).or_default() += 1;
        }
        Some(QueuePlace { turns: Arc::clone(self), keys })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, usize>> {
        // No code panics while it holds the lock.
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A turn, which lasts as long as this is held: by the thread that does the work, since a request
/// may be gone before its work ends.
#[derive(Debug)]
pub(super) struct Turn {
    _slot: OwnedSemaphorePermit,
    _place: QueuePlace,
}

impl QueuePlace {
    /// Waits for the turn, and reads on a thread of its own, which keeps the turn until it has ended.
    pub(super) async fn read<T, E>(
        self,
        store: &Store,
        read: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let turn = self.turn().await;
        let read = store.read_apart(move |tx| {
            let _turn = &turn;
            read(tx)
        });
        read.await
    }

    /// Waits for the turn of this place.
    pub(super) async fn turn(self) -> Turn {
        let slot = Arc::clone(&self.turns.slots).acquire_owned().await;
        Turn { _slot: slot.expect("the slots are never closed"), _place: self }
    }
}

impl Drop for QueuePlace {
    fn drop(&mut self) {
        let mut taken = self.turns.lock();
        for key in &self.keys {
            if let Some(count) = taken.get_mut(key) {
                *count -= 1;
                if *count == 0 {
                    taken.remove(key);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns() -> Arc<Turns> {
        Turns::new(Bounds { at_once: 1, places: 6, of_network: 2, of_one: 4 })
    }

    fn place(turns: &Arc<Turns>, address: &str, client: &str) -> Option<QueuePlace> {
        turns.line_up(address.parse().unwrap(), Whom::Client(client.parse().unwrap()))
    }

    #[test]
    fn one_network_has_few_places_and_leaves_the_rest_to_others() {
        let turns = turns();
        let held: Vec<_> =
            (0..100).filter_map(|_| place(&turns, "203.0.113.1", "grafana")).collect();
        assert_eq!(held.len(), 2);
        assert!(place(&turns, "203.0.113.2", "grafana").is_some());
        drop(held);
        assert!(place(&turns, "203.0.113.1", "grafana").is_some());
    }

    #[test]
    fn the_lines_of_one_wide_ipv6_network_have_twice_as_many() {
        let turns = turns();
        let from = |n: u32| place(&turns, &format!("2001:db8:1:{n:x}::1"), &format!("app{n}"));
        let held: Vec<_> = (0..100).filter_map(from).collect();
        assert_eq!(held.len(), 4);
    }

    #[test]
    fn one_client_does_not_take_the_places_of_others() {
        let turns = turns();
        let from = |n: u32, client| place(&turns, &format!("203.0.113.{n}"), client);
        let held: Vec<_> = (0..100).filter_map(|n| from(n, "attacked")).collect();
        assert_eq!(held.len(), 4);
        let (first, second) = (from(101, "other"), from(102, "other"));
        assert!(first.is_some() && second.is_some());
        assert!(from(103, "third").is_none(), "there are six places");
    }

    #[test]
    fn nothing_is_kept_of_who_has_left() {
        let turns = turns();
        drop(place(&turns, "2001:db8::1", "grafana"));
        assert!(turns.lock().is_empty());
    }
}
