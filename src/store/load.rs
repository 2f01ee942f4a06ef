//! Loads rows into a database that replaces another one.

use super::{
    StoreError, Tx,
    bulk::Drive,
    postgres,
    schema::{Schema, Table},
    sqlite,
};

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
