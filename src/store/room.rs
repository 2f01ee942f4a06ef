//! Tables that grow without anybody having signed in: a new row needs leave to be stored, and may take the
//! place of older ones.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use uuid::Uuid;

use super::{StoreError, Tx, value::params};
use crate::crypto::Digest;

/// A table that strangers can cause rows of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PendingTable {
    /// `ceremonies`
    Ceremonies,
    /// `device_codes`
    DeviceCodes,
    /// `device_logins`
    DeviceLogins,
    /// `interactions`
    Interactions,
    /// `pushed_authorization_requests`
    PushedRequests,
}

impl PendingTable {
    /// Every one of them, in the order of their positions.
    pub const ALL: [Self; 5] = [
        Self::Ceremonies,
        Self::DeviceCodes,
        Self::DeviceLogins,
        Self::Interactions,
        Self::PushedRequests,
    ];

    fn delete(self) -> &'static str {
        match self {
            Self::Ceremonies => "DELETE FROM ceremonies WHERE id = ?1",
            // One that was allowed is somebody's: it goes when it expires.
            Self::DeviceCodes => "DELETE FROM device_codes WHERE id = ?1 AND status <> 'approved'",
            Self::DeviceLogins => {
                "DELETE FROM device_logins WHERE id = ?1 AND status <> 'approved'"
            }
            Self::Interactions => "DELETE FROM interactions WHERE id = ?1",
            Self::PushedRequests => "DELETE FROM pushed_authorization_requests WHERE id = ?1",
        }
    }
}

/// The key of a row.
#[derive(Debug, Clone, Copy)]
pub enum RowId {
    /// Made when the row was.
    Uuid(Uuid),
    /// Of what finds it.
    Digest(Digest),
}

impl RowId {
    /// Whether both are the key of one row.
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Uuid(one), Self::Uuid(other)) => one == other,
            (Self::Digest(one), Self::Digest(other)) => one.constant_time_eq(other),
            (Self::Uuid(_), Self::Digest(_)) | (Self::Digest(_), Self::Uuid(_)) => false,
        }
    }
}

impl From<Uuid> for RowId {
    fn from(id: Uuid) -> Self {
        Self::Uuid(id)
    }
}

impl From<Digest> for RowId {
    fn from(digest: Digest) -> Self {
        Self::Digest(digest)
    }
}

/// Leave to store one more row, together with the rows that go for it. Whoever inserts needs one, so that
/// nobody forgets to ask.
#[derive(Debug, Clone)]
#[must_use = "the rows that are to go stay in the database"]
pub struct Room {
    table: PendingTable,
    evicted: Vec<RowId>,
    use_of_it: Arc<Use>,
}

/// Whether the row was stored, and who is told when it was not.
struct Use {
    is_stored: AtomicBool,
    or_else: Option<Box<dyn FnOnce() + Send + Sync>>,
}

impl Drop for Use {
    fn drop(&mut self) {
        if !self.is_stored.load(Ordering::Acquire)
            && let Some(or_else) = self.or_else.take()
        {
            or_else();
        }
    }
}

impl fmt::Debug for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Use").field("is_stored", &self.is_stored).finish_non_exhaustive()
    }
}

impl Room {
    /// Leave to store a row in a table; these rows of it go. What is to be done if none is stored after all,
    /// because the transaction fails or does not take place, runs when the last copy is dropped.
    pub fn new(
        table: PendingTable,
        evicted: Vec<RowId>,
        or_else: impl FnOnce() + Send + Sync + 'static,
    ) -> Self {
        let or_else: Box<dyn FnOnce() + Send + Sync> = Box::new(or_else);
        let use_of_it = Use { is_stored: AtomicBool::new(false), or_else: Some(or_else) };
        Self { table, evicted, use_of_it: Arc::new(use_of_it) }
    }

    /// The transaction that stored the row failed.
    pub fn was_not_used(&self) {
        self.use_of_it.is_stored.store(false, Ordering::Release);
    }

    /// Deletes what is to go and stores the row.
    pub(super) fn store(
        &self,
        tx: &mut Tx<'_>,
        insert: impl FnOnce(&mut Tx<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        // A transaction may be tried several times.
        self.was_not_used();
        self.make(tx)?;
        insert(tx)?;
        self.use_of_it.is_stored.store(true, Ordering::Release);
        Ok(())
    }

    /// Deletes what is to go. It may be gone already.
    fn make(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        for id in &self.evicted {
            let sql = self.table.delete();
            let _ = match id {
                RowId::Uuid(id) => tx.execute(sql, params![*id])?,
                RowId::Digest(id) => tx.execute(sql, params![*id])?,
            };
        }
        Ok(())
    }
}
