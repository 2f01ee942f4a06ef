//! Bounds tables that unauthenticated requests can fill: a new row needs a permit, which may evict
//! older rows.

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

/// A table that unauthenticated requests can add rows to.
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
    /// Every table, in the order of the enum.
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
            // An approved request belongs to a user: it stays until it expires.
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
    /// An id generated with the row.
    Uuid(Uuid),
    /// The digest of the value that finds the row, such as a challenge.
    Digest(Digest),
}

impl RowId {
    /// Whether both are the same key.
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

/// A permit to store one more row, with the rows to evict for it. Inserting requires one, so that
/// no caller can forget the bound.
#[derive(Debug, Clone)]
#[must_use = "the rows that are to go stay in the database"]
pub struct Room {
    table: PendingTable,
    evicted: Vec<RowId>,
    use_of_it: Arc<Use>,
}

/// Whether the row was stored, and a callback for when it was not.
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
    /// A permit to store a row in a table and evict these rows. `or_else` runs when the last copy
    /// is dropped without a stored row: when the transaction failed or never ran.
    pub fn new(
        table: PendingTable,
        evicted: Vec<RowId>,
        or_else: impl FnOnce() + Send + Sync + 'static,
    ) -> Self {
        let or_else: Box<dyn FnOnce() + Send + Sync> = Box::new(or_else);
        let use_of_it = Use { is_stored: AtomicBool::new(false), or_else: Some(or_else) };
        Self { table, evicted, use_of_it: Arc::new(use_of_it) }
    }

    /// Notes that the transaction failed after storing the row.
    pub fn was_not_used(&self) {
        self.use_of_it.is_stored.store(false, Ordering::Release);
    }

    /// Deletes the evicted rows and stores the new row.
    pub(super) fn store(
        &self,
        tx: &mut Tx<'_>,
        insert: impl FnOnce(&mut Tx<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        // The transaction may be retried.
        self.was_not_used();
        self.make(tx)?;
        insert(tx)?;
        self.use_of_it.is_stored.store(true, Ordering::Release);
        Ok(())
    }

    /// Deletes the evicted rows. They may already be deleted.
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
