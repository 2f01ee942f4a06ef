//! The policy for rows that unauthenticated callers can make the server store.
//!
//! | | lives for | one network may store | at most in all |
//! |---|---|---|---|
//! | interactions | an hour | 300 KiB at once, 5 KiB a second | 32 MiB |
//! | pushed requests | 90 seconds | 300 KiB at once, 5 KiB a second | 16 MiB |
//! | ceremonies | five minutes | 300 KiB at once, 5 KiB a second | 16 MiB |
//! | device codes | a quarter of an hour | 30 KiB at once, half a KiB a second | 8 MiB |
//! | device logins | five minutes | 5 KiB at once, one KiB every ten seconds | 8 MiB |
//!
//! The size of a row is its content plus half a KiB. For the rate it is rounded up to whole KiB. A
//! network above its rate must wait (429). A full table refuses no row: instead, the oldest rows of
//! the owner with the most bytes are deleted. So a flood evicts its own rows, and other callers are
//! not locked out. Authenticated callers, that is confidential clients and users, have no rate
//! here, and own their rows.
//!
//! The sizes are kept in memory. So no query is needed, and PostgreSQL has no row that all writes
//! would conflict on. Each server counts its own rows from its start. Earlier rows expire within an
//! hour.

mod ledger;
mod room;

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{
    limiter::{Limiter, Policy},
    networks,
};
use crate::{
    model::{Client, ClientId, ClientType, Timestamp, UserId},
    store::room::{PendingTable, Room, RowId},
};
use ipnet::IpNet;
use ledger::{Ledger, LedgerEntry};

const KIB: u64 = 1_024;
const MIB: u64 = 1_024 * KIB;

/// The size of a row besides its text: its keys, digests and times, in the table and its indices.
const ROW: u64 = 512;

/// The rate of a network, and the limit for all rows in bytes.
fn rules(table: PendingTable) -> (Policy, u64) {
    match table {
        PendingTable::Ceremonies => (Policy::Ceremony, 16 * MIB),
        PendingTable::DeviceCodes => (Policy::DeviceCode, 8 * MIB),
        PendingTable::DeviceLogins => (Policy::DeviceLogin, 8 * MIB),
        PendingTable::Interactions => (Policy::Interaction, 32 * MIB),
        PendingTable::PushedRequests => (Policy::PushedRequest, 16 * MIB),
    }
}

/// The caller that a new row counts for.
#[derive(Debug, Clone)]
pub(super) enum Payer {
    /// An authenticated client.
    Client(ClientId),
    /// An unauthenticated caller, at this address.
    Stranger(IpAddr),
    /// A signed-in user.
    User(UserId),
}

impl Payer {
    /// A client that calls from this address. Only a registered client that authenticated itself
    /// counts separately. A client with a metadata document counts as a stranger: anyone can
    /// publish such a document with keys in it.
    pub(super) fn client(client: &Client, address: IpAddr) -> Self {
        match client.client_type {
            ClientType::Confidential if !client.id.is_url() => Self::Client(client.id.clone()),
            ClientType::Confidential | ClientType::Public => Self::Stranger(address),
        }
    }
}

/// How many bytes the parameters of a request take in the database.
pub(super) fn bytes_of(parameters: &BTreeMap<String, String>) -> usize {
    serde_json::to_string(parameters).map_or(0, |text| text.len())
}

/// A row that is about to be stored.
#[derive(Debug)]
pub(super) struct NewRow {
    /// Its id.
    pub(super) id: RowId,
    /// The size of its text, in bytes.
    pub(super) bytes: usize,
    /// The current time, and its expiry.
    pub(super) life: (Timestamp, Timestamp),
}

/// The owner of a row in the ledger. Strangers in one network or one /48 are one owner.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Owner {
    Client(ClientId),
    Network(IpNet),
    User(UserId),
}

impl From<Payer> for Owner {
    fn from(payer: Payer) -> Self {
        match payer {
            Payer::Client(id) => Self::Client(id),
            Payer::Stranger(address) => {
                Self::Network(networks::wide(address).unwrap_or_else(|| networks::narrow(address)))
            }
            Payer::User(id) => Self::User(id),
        }
    }
}

/// The pending rows of each table, by owner.
#[derive(Debug)]
pub(super) struct PendingRows {
    /// The ledgers by the position of their table.
    ledgers: [Arc<Ledger<Owner>>; PendingTable::ALL.len()],
    /// How many rows were deleted because a table was full, since the last log message about it.
    evicted: AtomicUsize,
}

impl PendingRows {
    pub(super) fn new() -> Self {
        let ledgers = PendingTable::ALL.map(|table| Arc::new(Ledger::new(rules(table).1)));
        Self { ledgers, evicted: AtomicUsize::new(0) }
    }

    /// The permission to store a row, unless its network has stored too much lately: then the
    /// seconds to wait.
    fn room_for(
        &self,
        limiter: &Limiter,
        table: PendingTable,
        payer: Payer,
        row: &NewRow,
    ) -> Result<Room, u64> {
        let (policy, _) = rules(table);
        let bytes = ROW + u64::try_from(row.bytes).unwrap_or(u64::MAX / 2);
        if let Payer::Stranger(address) = payer {
            let tokens = u32::try_from(bytes.div_ceil(KIB)).unwrap_or(u32::MAX);
            limiter.check_many(policy, address, tokens)?;
        }
        let entry = LedgerEntry { id: row.id, bytes, expires_at: row.life.1 };
        let (ledger, owner) = (Arc::clone(&self.ledgers[table as usize]), Owner::from(payer));
        let evicted = ledger.admit(owner.clone(), entry, row.life.0);
        self.evicted.fetch_add(evicted.len(), Ordering::Relaxed);
        let ids = evicted.iter().map(|row| row.entry.id).collect();
        Ok(Room::new(table, ids, move || ledger.take_back(owner, &entry.id, evicted)))
    }

    /// Logs how many rows were deleted because a table was full, in one message.
    pub(super) fn tell_evicted(&self) {
        let rows = self.evicted.swap(0, Ordering::Relaxed);
        if rows > 0 {
            tracing::warn!(
                rows,
                "a table of pending sign-ins was full; deleted the oldest rows of the network \
                 with the most rows: it floods the server, or TRUST_PROXY is missing and all \
                 visitors share one address"
            );
        }
    }

    /// Forgets expired rows.
    pub(super) fn forget_expired(&self, now: Timestamp) {
        for ledger in &self.ledgers {
            ledger.forget_expired(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SystemClock;

    #[test]
    fn a_table_stands_at_its_position() {
        for (position, table) in PendingTable::ALL.into_iter().enumerate() {
            assert_eq!(table as usize, position);
        }
    }

    /// How many of so many rows of a size get permission in succession.
    fn stored(payer: &Payer, tries: u128, bytes: usize) -> usize {
        let (pending, limiter) = (PendingRows::new(), Limiter::at_one_moment());
        let life = (Timestamp::from_unix(0), Timestamp::from_unix(90));
        let row = |n: u128| NewRow { id: uuid::Uuid::from_u128(n).into(), bytes, life };
        let is_stored = |n: &u128| {
            let table = PendingTable::PushedRequests;
            pending.room_for(&limiter, table, payer.clone(), &row(*n)).is_ok()
        };
        (0..tries).filter(is_stored).count()
    }

    #[test]
    fn large_rows_cost_a_stranger_more_than_small_ones() {
        let stranger = Payer::Stranger("203.0.113.1".parse().unwrap());
        assert_eq!(stored(&stranger, 500, 100), 300);
        assert_eq!(stored(&stranger, 500, 16 * 1_024), 17);
    }

    /// Otherwise rows that were not deleted would stay in the table without being counted.
    #[test]
    fn room_that_is_not_used_is_given_back() {
        let (pending, limiter) = (PendingRows::new(), Limiter::new(false, Arc::new(SystemClock)));
        let life = (Timestamp::from_unix(0), Timestamp::from_unix(90));
        let (table, client) = (PendingTable::DeviceCodes, "grafana".parse().unwrap());
        let row = NewRow { id: uuid::Uuid::from_u128(1).into(), bytes: 100, life };
        let bytes = || pending.ledgers[table as usize].bytes();

        let room = pending.room_for(&limiter, table, Payer::Client(client), &row).unwrap();
        assert_eq!(bytes(), ROW + 100);
        let copy = room.clone();
        drop(room);
        assert_eq!(bytes(), ROW + 100, "a copy may still be used");
        drop(copy);
        assert_eq!(bytes(), 0);
    }

    #[test]
    fn a_client_that_has_proven_who_it_is_has_no_rate() {
        let client = Payer::Client("grafana".parse().unwrap());
        assert_eq!(stored(&client, 2_000, 16 * 1_024), 2_000);
    }
}
