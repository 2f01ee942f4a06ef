//! Rows in bulk.

use super::{StoreError, value::Value};

/// Passes rows, one at a time, to the given function.
pub(super) type Drive<'a, E> =
    &'a mut dyn FnMut(&mut dyn FnMut(&[Value<'_>]) -> Result<(), StoreError>) -> Result<(), E>;

/// A row that refers to a missing row.
#[derive(Debug)]
pub(super) struct Orphan {
    pub(super) table: String,
    pub(super) parent: String,
}

impl From<Orphan> for StoreError {
    fn from(orphan: Orphan) -> Self {
        let Orphan { table, parent } = orphan;
        Self::Orphan(format!("a row of {table} refers to a row of {parent} that does not exist"))
    }
}
