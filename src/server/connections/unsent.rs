//! Answers that were not sent yet. Their bytes are limited per network and in total. When the total
//! is reached, the network with the most bytes loses a connection, so that no newcomer is refused.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use ipnet::IpNet;

use super::{super::limits, activity, activity::Activity, shares::ClientShares};

/// The minimum size that an answer counts as, in bytes: it has a head too, and an HTTP/2 connection
/// may have 64 answers.
const SMALLEST: usize = 1_024;

/// All unsent answers.
#[derive(Debug, Default)]
pub(super) struct UnsentAnswers(Mutex<Ledger>);

#[derive(Debug, Default)]
struct Ledger {
    last_id: u64,
    /// The total in bytes, without connections that are being closed.
    total: usize,
    answers: HashMap<u64, Answer>,
}

#[derive(Debug)]
struct Answer {
    bytes: usize,
    network: IpNet,
    connection: u64,
    activity: Activity,
}

/// The destination of an answer.
#[derive(Debug)]
pub(super) struct Goal<'a> {
    pub(super) connection: u64,
    pub(super) activity: &'a Activity,
    pub(super) client: ClientShares,
}

/// An unsent answer.
#[derive(Debug)]
struct Held {
    id: u64,
    bytes: Bytes,
    size: usize,
    all: Arc<UnsentAnswers>,
    client: ClientShares,
    _unsent: activity::UnsentAnswer,
}

impl UnsentAnswers {
    /// Counts the bytes of an answer until they are sent. Returns `None` if too many bytes of this
    /// client are unsent. Shared bytes, such as compiled-in assets, take no additional memory and
    /// are not counted. The server cannot tell when an answer without counted bytes is sent
    /// (`docs/limits.md` describes its bounds).
    pub(super) fn hold(self: &Arc<Self>, bytes: Bytes, goal: &Goal<'_>) -> Option<Bytes> {
        if bytes.is_empty() || !bytes.is_unique() {
            return Some(bytes);
        }
        let client = goal.client.clone();
        let size = bytes.len().max(SMALLEST);
        let taken = client.add_unsent(size);
        if !taken.fits(limits::UNSENT_OF_ONE, limits::UNSENT_OF_CUSTOMER) {
            client.remove_unsent(size);
            return None;
        }
        let id = self.lock().add(Answer {
            bytes: size,
            network: client.network(),
            connection: goal.connection,
            activity: goal.activity.clone(),
        });
        let all = Arc::clone(self);
        Some(Bytes::from_owner(Held {
            id,
            bytes,
            size,
            all,
            client,
            _unsent: goal.activity.answer(),
        }))
    }

    /// Returns the total number of unsent bytes.
    #[cfg(test)]
    pub(super) fn total(&self) -> usize {
        self.lock().total
    }

    fn lock(&self) -> MutexGuard<'_, Ledger> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger {
    fn add(&mut self, answer: Answer) -> u64 {
        while self.total + answer.bytes > limits::UNSENT && self.close_heaviest() {}
        self.last_id += 1;
        self.total += answer.bytes;
        self.answers.insert(self.last_id, answer);
        self.last_id
    }

    /// Closes the connection with the most bytes of the network with the most bytes. Returns
    /// whether there was one.
    fn close_heaviest(&mut self) -> bool {
        let network = heaviest(self.answers.values().map(|answer| (answer.network, answer.bytes)));
        let of_it = self.answers.values().filter(|answer| Some(answer.network) == network);
        let heaviest = heaviest(of_it.map(|answer| (answer.connection, answer.bytes)));
        let Some(connection) = heaviest else { return false };
        let total = &mut self.total;
        self.answers.retain(|_, answer| {
            let stays = answer.connection != connection;
            if !stays {
                *total -= answer.bytes;
                answer.activity.close();
            }
            stays
        });
        true
    }
}

/// Returns the key with the most bytes.
fn heaviest<K: std::hash::Hash + Eq>(parts: impl Iterator<Item = (K, usize)>) -> Option<K> {
    let mut sums = HashMap::new();
    for (key, bytes) in parts {
        *sums.entry(key).or_insert(0) += bytes;
    }
    sums.into_iter().max_by_key(|(_, bytes)| *bytes).map(|(key, _)| key)
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.client.remove_unsent(self.size);
        let mut ledger = self.all.lock();
        if let Some(answer) = ledger.answers.remove(&self.id) {
            ledger.total -= answer.bytes;
        }
    }
}
