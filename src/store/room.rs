//! Tables that grow without anybody having signed in: a new row needs leave to be stored, and may take the
//! place of older ones.

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
    /// `interactions`
    Interactions,
    /// `pushed_authorization_requests`
    PushedRequests,
}

impl PendingTable {
    /// Every one of them, in the order of their positions.
    pub const ALL: [Self; 4] =
        [Self::Ceremonies, Self::DeviceCodes, Self::Interactions, Self::PushedRequests];

    fn delete(self) -> &'static str {
        match self {
            Self::Ceremonies => "DELETE FROM ceremonies WHERE id = ?1",
            // One that was allowed is somebody's: it goes when it expires.
            Self::DeviceCodes => "DELETE FROM device_codes WHERE id = ?1 AND status <> 'approved'",
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
}

impl Room {
    /// Leave to store a row in a table; these rows of it go.
    pub fn new(table: PendingTable, evicted: Vec<RowId>) -> Self {
        Self { table, evicted }
    }

    /// Deletes what is to go. It may be gone already.
    pub(super) fn make(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
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
