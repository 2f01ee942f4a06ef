//! Putting other data in the place of all that is there: built beside it, and swapped in one step.
//!
//! On SQLite a new file is built, proven, and copied over the old one in one transaction of SQLite's own;
//! so programs that have the old one open see it whole or the new one whole. On PostgreSQL everything
//! happens in one transaction.

use std::path::PathBuf;

use super::{
    StoreError, Tx, postgres,
    schema::{Schema, Table},
    sqlite,
    value::Value,
};
use crate::model::Database;

/// Hands rows over, one at a time, to the function that it is given.
pub(super) type Drive<'a, E> =
    &'a mut dyn FnMut(&mut dyn FnMut(&[Value<'_>]) -> Result<(), StoreError>) -> Result<(), E>;

/// A row that refers to one that is not there.
#[derive(Debug)]
pub(super) struct Orphan {
    pub(super) table: String,
    pub(super) parent: String,
}

impl From<Orphan> for StoreError {
    fn from(orphan: Orphan) -> Self {
        let Orphan { table, parent } = orphan;
        Self::Orphan(format!("a row of {table} names one of {parent} that is not there"))
    }
}

/// A new database that is being filled.
#[derive(Debug)]
pub struct Load<'a>(Engine<'a>);

#[derive(Debug)]
enum Engine<'a> {
    Postgres(postgres::Bulk<'a>),
    Sqlite(sqlite::Bulk<'a>),
}

impl<'a> Load<'a> {
    pub(super) fn postgres(bulk: postgres::Bulk<'a>) -> Self {
        Self(Engine::Postgres(bulk))
    }

    pub(super) fn sqlite(bulk: sqlite::Bulk<'a>) -> Self {
        Self(Engine::Sqlite(bulk))
    }

    /// Fills a table with the rows that `drive` hands over. Tables are filled in the order of the schema.
    pub fn table<E: From<StoreError>>(
        &mut self,
        table: &Table,
        drive: Drive<'_, E>,
    ) -> Result<(), E> {
        match &mut self.0 {
            Engine::Postgres(bulk) => bulk.load(table, drive),
            Engine::Sqlite(bulk) => bulk.load(table, drive),
        }
    }

    pub(super) fn finish(self) -> Result<(), StoreError> {
        match self.0 {
            Engine::Postgres(bulk) => bulk.finish(),
            Engine::Sqlite(bulk) => bulk.finish(),
        }
    }
}

/// What is put in the place of all that is there.
pub struct Replacement<'a, E> {
    /// The schema of the new data; what is newer is migrated to afterwards.
    pub schema: &'a Schema,
    /// What the name of the kept old file ends with; a number follows if there is one already.
    pub kept_as: &'a str,
    /// Fills every table of the schema.
    pub fill: &'a mut dyn FnMut(&mut Load<'_>) -> Result<(), E>,
    /// Does what has to be done before the swap, when the new data is proven and no server can start.
    pub prepare: &'a mut dyn FnMut() -> Result<(), E>,
    /// Does what is left to do once the schema is the newest one.
    pub complete: &'a dyn Fn(&mut Tx<'_>) -> Result<(), StoreError>,
}

impl<E> std::fmt::Debug for Replacement<'_, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replacement").field("kept_as", &self.kept_as).finish_non_exhaustive()
    }
}

/// Replaces all data. An error means that nothing was changed. Says where the old data is kept, if it is.
///
/// A database that a server runs on is refused.
pub fn replace<E: From<StoreError>>(
    database: &Database,
    replacement: Replacement<'_, E>,
) -> Result<Option<PathBuf>, E> {
    match database {
        Database::Postgres(address) => postgres::replace(address, replacement).map(|()| None),
        Database::Sqlite(path) => sqlite::replace(path, replacement),
    }
}

/// Fills a database that nobody sees and that is gone afterwards: proves that it can be done.
pub fn load_apart<E: From<StoreError>>(
    schema: &Schema,
    fill: &mut dyn FnMut(&mut Load<'_>) -> Result<(), E>,
) -> Result<(), E> {
    sqlite::build_apart(schema, fill)
}
