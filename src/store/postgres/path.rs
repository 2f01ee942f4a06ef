//! The search path of a transaction, and leaving it for statements that another role must not influence.

use super::{super::StoreError, schemas::EMPTY_PATH, session::PostgresConnection};
use crate::store::value::params;

/// Functions of PostgreSQL's own, by their whole names and the very types of their parameters.
const NOW: &str = "
    SELECT pg_catalog.current_setting('search_path'::pg_catalog.text),
           pg_catalog.to_regclass('schema_version'::pg_catalog.text)
               ::pg_catalog.oid::pg_catalog.text";

/// The schema of the table with this id.
const SCHEMA: &str = "
    SELECT n.nspname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.oid::text = ?1";

/// A search path that was left.
pub(super) struct Path {
    setting: String,
    /// The id of the table `schema_version` that it leads to.
    pub(super) table: String,
    /// The schema of that table.
    pub(super) home: String,
}

impl Path {
    /// Empties the search path. Fails where it leads to no tables of ours.
    pub(super) fn leave(session: &mut PostgresConnection) -> Result<Self, StoreError> {
        let rows = session.query(NOW, params![])?;
        let row = rows.first().ok_or_else(no_schema)?;
        let (setting, table): (String, Option<String>) = (row.get(0), row.get(1));
        let table = table.ok_or_else(no_schema)?;
        session.control(EMPTY_PATH)?;
        let rows = session.query(SCHEMA, params![table.as_str()])?;
        let home = rows.first().map(|row| row.get(0)).ok_or_else(no_schema)?;
        Ok(Self { setting, table, home })
    }

    /// Brings the search path back.
    pub(super) fn take_again(&self, session: &mut PostgresConnection) -> Result<(), StoreError> {
        let set = "SELECT pg_catalog.set_config('search_path', ?1, true)";
        session.query(set, params![self.setting.as_str()]).map(drop)
    }
}

fn no_schema() -> StoreError {
    StoreError::NoSchema("there is no table schema_version".to_owned())
}
