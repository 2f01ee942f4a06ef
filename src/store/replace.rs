//! Replaces all data of a database in one step.
//!
//! On SQLite a new file is built and checked, then copied over the old one in one SQLite
//! transaction. Programs with the file open see either all old or all new data. On PostgreSQL
//! everything happens in one transaction.

use std::path::PathBuf;

use super::{
    StoreError, Tx, postgres,
    schema::{Schema, Table},
    sqlite,
    value::Value,
};
use crate::model::Database;

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
        Self::Orphan(format!("a row of {table} names one of {parent} that is not there"))
    }
}

/// A new database being filled.
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

    /// Fills a table with the rows from `drive`. Fill the tables in the order of the schema.
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

/// The new data, and the steps around the replacement.
pub struct Replacement<'a, E> {
    /// The schema of the new data. It is migrated to the newest version after loading.
    pub schema: &'a Schema,
    /// The suffix of the file with the old data; a number follows if that name is taken.
    pub kept_as: &'a str,
    /// Fills every table of the schema.
    pub fill: &'a mut dyn FnMut(&mut Load<'_>) -> Result<(), E>,
    /// Runs before the swap, when the new data is verified and no server can start.
    pub prepare: &'a mut dyn FnMut() -> Result<(), E>,
    /// Runs on the new data after its migration to the newest schema.
    pub complete: &'a dyn Fn(&mut Tx<'_>) -> Result<(), StoreError>,
}

impl<E> std::fmt::Debug for Replacement<'_, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replacement").field("kept_as", &self.kept_as).finish_non_exhaustive()
    }
}

/// Replaces all data. On an error, nothing was changed. Returns the path of the old data, if it was
/// kept.
///
/// Fails if a server is running on the database.
pub fn replace<E: From<StoreError>>(
    database: &Database,
    replacement: Replacement<'_, E>,
) -> Result<Option<PathBuf>, E> {
    match database {
        Database::Postgres(address) => postgres::replace(address, replacement).map(|()| None),
        Database::Sqlite(path) => sqlite::replace(path, replacement),
    }
}

/// Fills a temporary, private database, to verify that the data can be loaded.
pub fn load_apart<E: From<StoreError>>(
    schema: &Schema,
    fill: &mut dyn FnMut(&mut Load<'_>) -> Result<(), E>,
) -> Result<(), E> {
    sqlite::build_apart(schema, fill)
}
