//! `meta`: facts about the database itself, by key.

use super::{StoreError, Tx, value::params};

/// A value sealed under the encryption key, which verifies the key at start.
pub const KEY_CHECK: &str = "key_check";

const FIND: &str = "SELECT value FROM meta WHERE key = ?1";

const INSERT: &str = "INSERT INTO meta (key, value) VALUES (?1, ?2)";

const UPDATE: &str = "UPDATE meta SET value = ?2 WHERE key = ?1";

const DELETE: &str = "DELETE FROM meta WHERE key = ?1";

/// Reads a fact.
pub fn find(tx: &mut Tx<'_>, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
    tx.query_opt(FIND, params![key], |row| row.get(0))
}

/// Stores a new fact.
pub fn insert(tx: &mut Tx<'_>, key: &str, value: &[u8]) -> Result<(), StoreError> {
    tx.execute(INSERT, params![key, value])?.expect_rows(1)
}

/// Updates an existing fact.
pub fn update(tx: &mut Tx<'_>, key: &str, value: &[u8]) -> Result<(), StoreError> {
    tx.execute(UPDATE, params![key, value])?.expect_rows(1)
}

/// Deletes a fact. `false` when it did not exist.
pub fn delete(tx: &mut Tx<'_>, key: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE, params![key])?.rows() == 1)
}
