//! Counts the stored rows by owner, and chooses the rows to evict when there are too many.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{model::Timestamp, store::room::RowId};

/// A stored row.
#[derive(Debug, Clone, Copy)]
pub(super) struct LedgerEntry {
    pub(super) id: RowId,
    pub(super) bytes: u64,
    pub(super) expires_at: Timestamp,
}

/// A row that is evicted for another one.
#[derive(Debug, Clone)]
pub(super) struct Evicted<O> {
    pub(super) owner: O,
    pub(super) entry: LedgerEntry,
}

/// The stored rows of one table. All of them live equally long, so the oldest expire first.
#[derive(Debug)]
pub(super) struct Ledger<O> {
    most: u64,
    accounts: Mutex<Accounts<O>>,
}

#[derive(Debug)]
struct Accounts<O> {
    /// The rows of each owner, oldest first.
    by_owner: HashMap<O, Account>,
    /// The owners by their number of bytes.
    by_weight: BTreeSet<(u64, O)>,
    bytes: u64,
}

#[derive(Debug, Default)]
struct Account {
    rows: VecDeque<LedgerEntry>,
    bytes: u64,
}

impl<O: Clone + Ord + Hash> Ledger<O> {
    /// A ledger for at most this many bytes.
    pub(super) fn new(most: u64) -> Self {
        let (by_owner, by_weight) = (HashMap::new(), BTreeSet::new());
        Self { most, accounts: Mutex::new(Accounts { by_owner, by_weight, bytes: 0 }) }
    }

    /// Adds a new row. Returns the rows to evict for it: the oldest ones of the owner with the most
    /// bytes, the new row counted. The new row itself is never among them, so the rows in the
    /// database are the ones counted here.
    pub(super) fn admit(&self, owner: O, entry: LedgerEntry, now: Timestamp) -> Vec<Evicted<O>> {
        let mut accounts = self.lock();
        if accounts.bytes + entry.bytes > self.most {
            accounts.forget_expired(now);
        }
        let mut evicted = Vec::new();
        while accounts.bytes + entry.bytes > self.most
            && let Some(heaviest) = accounts.heaviest_with(&owner, entry.bytes)
        {
            let mut oldest = None;
            accounts.change(heaviest.clone(), |account| oldest = account.take_oldest());
            evicted.extend(oldest.map(|entry| Evicted { owner: heaviest, entry }));
        }
        accounts.change(owner, |account| {
            account.bytes += entry.bytes;
            account.rows.push_back(entry);
        });
        evicted
    }

    /// Reverts [`Self::admit`] when the row was not stored: the evicted rows still exist.
    pub(super) fn take_back(&self, owner: O, id: &RowId, evicted: Vec<Evicted<O>>) {
        let mut accounts = self.lock();
        accounts.change(owner, |account| account.remove(id));
        for Evicted { owner, entry } in evicted.into_iter().rev() {
            accounts.change(owner, |account| {
                account.bytes += entry.bytes;
                account.rows.push_front(entry);
            });
        }
    }

    /// How many bytes are stored.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> u64 {
        self.lock().bytes
    }

    /// Forgets expired rows.
    pub(super) fn forget_expired(&self, now: Timestamp) {
        let mut accounts = self.lock();
        accounts.forget_expired(now);
        accounts.by_owner.shrink_to_fit();
    }

    fn lock(&self) -> MutexGuard<'_, Accounts<O>> {
        // No code panics while it holds the lock.
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<O: Clone + Ord + Hash> Accounts<O> {
    /// Returns the owner with the most bytes when `owner` gets this many more. `None` if there is no
    /// row at all. An owner without a row cannot be the heaviest: it has nothing to evict.
    fn heaviest_with(&self, owner: &O, bytes: u64) -> Option<O> {
        let (most, heaviest) = self.by_weight.last()?;
        let own = self.by_owner.get(owner).map(|account| account.bytes + bytes);
        Some(if own.is_some_and(|own| own >= *most) { owner } else { heaviest }.clone())
    }

    /// Changes the account of an owner, and updates the totals.
    fn change(&mut self, owner: O, change: impl FnOnce(&mut Account)) {
        let account = self.by_owner.entry(owner.clone()).or_default();
        let before = account.bytes;
        change(account);
        let (after, is_empty) = (account.bytes, account.rows.is_empty());
        self.bytes = self.bytes - before + after;
        self.by_weight.remove(&(before, owner.clone()));
        if is_empty {
            self.by_owner.remove(&owner);
        } else {
            self.by_weight.insert((after, owner));
        }
    }

    fn forget_expired(&mut self, now: Timestamp) {
        let is_over = |account: &Account| account.oldest_is_over(now);
        let owners: Vec<O> = self
            .by_owner
            .iter()
            .filter(|(_, account)| is_over(account))
            .map(|(owner, _)| owner.clone())
            .collect();
        for owner in owners {
            self.change(owner, |account| {
                while account.oldest_is_over(now) {
                    account.take_oldest();
                }
            });
        }
    }
}

impl Account {
    fn oldest_is_over(&self, now: Timestamp) -> bool {
        self.rows.front().is_some_and(|row| row.expires_at <= now)
    }

    fn take_oldest(&mut self) -> Option<LedgerEntry> {
        let row = self.rows.pop_front()?;
        self.bytes -= row.bytes;
        Some(row)
    }

    /// Removes a row. If it is still there, it is among the newest.
    fn remove(&mut self, id: &RowId) {
        let position = self.rows.iter().rposition(|row| row.id.is(id));
        if let Some(row) = position.and_then(|position| self.rows.remove(position)) {
            self.bytes -= row.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix(seconds)
    }

    /// Adds a row of a hundred bytes that lives for ten seconds, in the first second.
    fn admit(ledger: &Ledger<&'static str>, owner: &'static str, id: u128) -> Vec<u128> {
        let entry = LedgerEntry { id: Uuid::from_u128(id).into(), bytes: 100, expires_at: at(10) };
        let evicted = ledger.admit(owner, entry, at(1));
        evicted.into_iter().map(|row| number(row.entry.id)).collect()
    }

    fn number(id: RowId) -> u128 {
        match id {
            RowId::Uuid(id) => id.as_u128(),
            RowId::Digest(_) => unreachable!("all ids here are UUIDs"),
        }
    }

    #[test]
    fn a_row_that_was_not_stored_leaves_the_ledger_as_it_was() {
        let ledger = Ledger::new(300);
        for id in 0..3 {
            assert_eq!(admit(&ledger, "flood", id), []);
        }
        let entry = LedgerEntry { id: Uuid::from_u128(9).into(), bytes: 200, expires_at: at(10) };
        let evicted = ledger.admit("bob", entry, at(1));
        assert_eq!(evicted.len(), 2);
        ledger.take_back("bob", &entry.id, evicted);

        assert_eq!(ledger.bytes(), 300);
        assert_eq!(ledger.lock().by_owner.len(), 1);
        for (id, gone) in [(10, 0), (11, 1), (12, 2)] {
            assert_eq!(admit(&ledger, "flood", id), [gone], "the oldest is still the first to go");
        }
    }

    #[test]
    fn a_flood_takes_the_place_of_its_own_rows_and_of_nobody_elses() {
        let ledger = Ledger::new(1_000);
        assert_eq!(admit(&ledger, "alice", 1), []);
        for id in 100..109 {
            assert_eq!(admit(&ledger, "flood", id), []);
        }
        for id in 109..1_000 {
            assert_eq!(admit(&ledger, "flood", id), [id - 9], "its oldest one");
        }
        assert_eq!(admit(&ledger, "bob", 2), [991], "who has one row takes the place of the flood");
        assert_eq!(ledger.lock().bytes, 1_000);
    }

    /// Owners with one row each, and then others with one larger row each.
    #[test]
    fn a_row_larger_than_all_that_any_owner_has_is_counted() {
        let ledger = Ledger::new(1_000);
        let mut stored = std::collections::BTreeMap::<u128, u64>::new();
        for n in 0..100_u32 {
            let bytes = if n < 10 { 100 } else { 150 };
            let id = RowId::Uuid(Uuid::from_u128(n.into()));
            let evicted = ledger.admit(n, LedgerEntry { id, bytes, expires_at: at(10) }, at(1));
            for row in evicted {
                let deleted = stored.remove(&number(row.entry.id));
                assert!(deleted.is_some(), "a row is evicted before it is stored");
            }
            stored.insert(n.into(), bytes);
            assert!(stored.values().sum::<u64>() <= 1_000, "{stored:?}");
            assert_eq!(stored.values().sum::<u64>(), ledger.bytes());
        }
    }

    #[test]
    fn many_who_flood_share_what_there_is() {
        let ledger = Ledger::new(1_000);
        admit(&ledger, "alice", 1);
        for id in 0..500 {
            let owner = ["bot 1", "bot 2", "bot 3"][id % 3];
            let evicted = admit(&ledger, owner, 100 + u128::try_from(id).unwrap());
            assert!(!evicted.contains(&1), "alice has less than any of them");
        }
    }

    #[test]
    fn what_is_over_makes_room_before_anything_goes() {
        let ledger = Ledger::new(300);
        for id in 0..3 {
            assert_eq!(admit(&ledger, "alice", id), []);
        }
        let entry = LedgerEntry { id: Uuid::from_u128(9).into(), bytes: 100, expires_at: at(20) };
        assert!(ledger.admit("bob", entry, at(10)).is_empty());
        assert_eq!(ledger.lock().by_owner.len(), 1);
        ledger.forget_expired(at(20));
        let accounts = ledger.lock();
        assert_eq!((accounts.bytes, accounts.by_owner.len(), accounts.by_weight.len()), (0, 0, 0));
    }
}
