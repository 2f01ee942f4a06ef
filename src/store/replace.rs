//! Replaces all data of a database in one step.
//!
//! On SQLite a new file is built and checked, then copied over the old one in one SQLite
//! transaction. Programs with the file open see either all old or all new data. On PostgreSQL
//! everything happens in one transaction.

use std::path::PathBuf;

use super::{
    StoreError,
    load::{Load, Replacement},
    postgres,
    schema::Schema,
    sqlite,
};
use crate::model::Database;

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
