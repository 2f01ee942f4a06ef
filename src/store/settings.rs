//! `settings`: the application configuration as it was chosen, a row a key. Secrets are sealed.

use super::{Row, StoreError, Tx, sealed, value::params};
use crate::{crypto::MasterKey, model::Timestamp};

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSetting {
    /// The name of the key; one that only another version knows is passed over.
    pub key: String,
    /// What was chosen.
    pub value: StoredValue,
}

/// A value as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredValue {
    /// For everybody who may read the database.
    Plain(String),
    /// A secret, under the encryption key.
    Sealed(Vec<u8>),
}

const LIST: &str = "SELECT key, value, sealed_value FROM settings ORDER BY key";

const PUT: &str = "
    INSERT INTO settings (key, value, sealed_value, updated_at) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (key) DO UPDATE
       SET value = excluded.value, sealed_value = excluded.sealed_value,
           updated_at = excluded.updated_at";

const DELETE: &str = "DELETE FROM settings WHERE key = ?1";

/// Lists what was chosen.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<StoredSetting>, StoreError> {
    tx.query_all(LIST, params![], read)
}

/// Stores a value, in the place of the one before. A sealed one has to be sealed under the key that is in
/// use still.
pub fn put(
    tx: &mut Tx<'_>,
    setting: &StoredSetting,
    master_key: Option<&MasterKey>,
    now: Timestamp,
) -> Result<(), StoreError> {
    if let StoredValue::Sealed(_) = setting.value {
        sealed::require(tx, master_key.ok_or(StoreError::KeyChanged)?)?;
    }
    let (plain, sealed) = match &setting.value {
        StoredValue::Plain(text) => (Some(text), None),
        StoredValue::Sealed(bytes) => (None, Some(bytes)),
    };
    tx.execute(PUT, params![setting.key, plain, sealed, now])?.expect_rows(1)
}

/// Forgets a value. `false` when there was none.
pub fn delete(tx: &mut Tx<'_>, key: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE, params![key])?.rows() == 1)
}

fn read(row: &Row<'_>) -> Result<StoredSetting, StoreError> {
    let value = match (row.get(1)?, row.get(2)?) {
        (Some(text), None) => StoredValue::Plain(text),
        (None, Some(bytes)) => StoredValue::Sealed(bytes),
        _ => return Err(StoreError::Corrupt { column: 1, expected: "value of a setting" }),
    };
    Ok(StoredSetting { key: row.get(0)?, value })
}
