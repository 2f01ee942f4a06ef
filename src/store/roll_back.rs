//! Goes back to the data from before a migration, of which a copy was kept then.

use super::{
    StoreError,
    earlier::{Earlier, RolledBack},
    postgres, sqlite,
};
use crate::model::Database;

/// Finds the copy from before the last migration of an existing database, whatever its version.
/// Changes nothing.
pub fn find_earlier(database: &Database) -> Result<Option<Earlier>, StoreError> {
    match database {
        Database::Postgres(address) => postgres::find_earlier(address),
        Database::Sqlite(path) => sqlite::find_earlier(path),
    }
}

/// Puts the data of the copy in the place of the newer data, which is kept, in one transaction. On
/// SQLite the copy stays where it is; on PostgreSQL it becomes the database.
///
/// Fails if a server is running on the database.
pub fn roll_back(database: &Database, earlier: &Earlier) -> Result<RolledBack, StoreError> {
    match database {
        Database::Postgres(address) => postgres::roll_back(address, earlier),
        Database::Sqlite(path) => sqlite::roll_back(path, earlier),
    }
}
