//! The data read from one source, before it is converted.

use super::{actors::Actors, budget::Budget, tables::Tables, uploads::Uploads};

/// The data read from one source.
#[derive(Debug, Default)]
pub struct Export {
    pub(super) version: i64,
    pub(super) tables: Tables,
    pub(super) actors: Actors,
    pub(super) uploads: Uploads,
    pub(super) log_is_missing: bool,
}

impl Export {
    /// Starts empty and counts its memory against the budget.
    pub(super) fn within(budget: &Budget) -> Self {
        let (tables, uploads) = (Tables::within(budget), Uploads::within(budget));
        Self { tables, uploads, ..Self::default() }
    }
}
