//! `settings`: the application configuration set by administrators, one row per key. Secrets are
//! sealed.

use std::collections::BTreeMap;

use super::{Row, StoreError, Tx, sealed, value::params};
use crate::{
    crypto::{MasterKey, Rng, SealedPlace, Secret},
    model::{AppConfig, ConfigKey, Timestamp, app_config::Origin},
};

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigEntry {
    /// The name of the key. Readers skip keys that this version does not know.
    pub key: String,
    /// The configured value.
    pub value: StoredValue,
}

/// A value as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredValue {
    /// A value in plain text.
    Plain(String),
    /// A secret, sealed under the encryption key.
    Sealed(Vec<u8>),
}

const LIST: &str = "SELECT key, value, sealed_value FROM settings ORDER BY key";

const PUT: &str = "
    INSERT INTO settings (key, value, sealed_value, updated_at) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (key) DO UPDATE
       SET value = excluded.value, sealed_value = excluded.sealed_value,
           updated_at = excluded.updated_at";

const DELETE: &str = "DELETE FROM settings WHERE key = ?1";

impl ConfigEntry {
    /// Makes the row of a value. A secret is sealed for its key, so that it cannot be used for
    /// another one. Fails for a secret without the encryption key.
    pub fn new(
        key: ConfigKey,
        value: &Secret,
        master_key: Option<&MasterKey>,
        rng: &dyn Rng,
    ) -> Result<Self, StoreError> {
        let value = if key.is_secret() {
            let master_key = master_key.ok_or(StoreError::KeyChanged)?;
            let row = SealedPlace::Setting.of(key.name());
            StoredValue::Sealed(master_key.seal(row, value.expose().as_bytes(), rng))
        } else {
            StoredValue::Plain(value.expose().to_owned())
        };
        Ok(Self { key: key.name().to_owned(), value })
    }

    /// The value as text. `None` for a secret that this encryption key does not open.
    pub fn text(&self, master_key: Option<&MasterKey>) -> Option<Secret> {
        match &self.value {
            StoredValue::Plain(text) => Some(Secret::new(text.as_str())),
            StoredValue::Sealed(sealed) => {
                master_key?.open_text(SealedPlace::Setting.of(&self.key), sealed)
            }
        }
    }
}

/// Lists all configured values.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<ConfigEntry>, StoreError> {
    tx.query_all(LIST, params![], read)
}

/// The configuration that stored values make, and the keys whose values are invalid. Without the
/// encryption key, secrets count as not set.
pub fn read_entries(
    entries: &[ConfigEntry],
    master_key: Option<&MasterKey>,
) -> (AppConfig, Vec<ConfigKey>) {
    let (mut chosen, mut invalid) = (BTreeMap::new(), Vec::new());
    for entry in entries {
        let Some(key) = ConfigKey::parse(&entry.key) else { continue };
        if key.is_secret() && master_key.is_none() {
            continue;
        }
        match entry.text(master_key).filter(|text| key.check(text.expose()).is_ok()) {
            Some(text) => drop(chosen.insert(key, text)),
            None => invalid.push(key),
        }
    }
    (AppConfig::new(chosen, Origin::Stored), invalid)
}

/// Inserts or replaces a value. A sealed value must be sealed under the current encryption key.
pub fn put(
    tx: &mut Tx<'_>,
    entry: &ConfigEntry,
    master_key: Option<&MasterKey>,
    now: Timestamp,
) -> Result<(), StoreError> {
    if let StoredValue::Sealed(_) = entry.value {
        sealed::require(tx, master_key.ok_or(StoreError::KeyChanged)?)?;
    }
    let (plain, sealed) = match &entry.value {
        StoredValue::Plain(text) => (Some(text), None),
        StoredValue::Sealed(bytes) => (None, Some(bytes)),
    };
    tx.execute(PUT, params![entry.key, plain, sealed, now])?.expect_rows(1)
}

/// Deletes a value. `false` when there was none.
pub fn delete(tx: &mut Tx<'_>, key: ConfigKey) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE, params![key.name()])?.rows() == 1)
}

fn read(row: &Row<'_>) -> Result<ConfigEntry, StoreError> {
    let value = match (row.get(1)?, row.get(2)?) {
        (Some(text), None) => StoredValue::Plain(text),
        (None, Some(bytes)) => StoredValue::Sealed(bytes),
        _ => return Err(StoreError::Corrupt { column: 1, expected: "setting value" }),
    };
    Ok(ConfigEntry { key: row.get(0)?, value })
}
