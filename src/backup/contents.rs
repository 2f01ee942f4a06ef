//! The facts about a backup, as both doors show them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Manifest;

/// The facts of a backup. They come from the backup itself, which may be forged.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BackupContents {
    /// When it was made.
    pub created_at: String,
    /// The version of the program that made it.
    pub program_version: String,
    /// The version of the schema of its data.
    pub schema_version: i64,
    /// The engine of the database that it was made from.
    pub engine: String,
    /// The public address of the server.
    pub app_url: String,
    /// Whether it contains the encryption key.
    pub has_encryption_key: bool,
    /// The number of rows.
    pub rows: u64,
    /// Row counts by table; empty tables are left out.
    pub tables: BTreeMap<String, u64>,
}

impl BackupContents {
    /// The facts in a manifest.
    pub fn of(manifest: &Manifest) -> Self {
        let tables = manifest.tables().filter(|(_, rows)| *rows > 0);
        Self {
            created_at: manifest.created_at.clone(),
            program_version: manifest.program_version.clone(),
            schema_version: manifest.schema_version,
            engine: manifest.engine.clone(),
            app_url: manifest.app_url.clone(),
            has_encryption_key: manifest.has_encryption_key(),
            rows: manifest.rows(),
            tables: tables.map(|(name, rows)| (name.to_owned(), rows)).collect(),
        }
    }

    /// The number of rows of a table.
    pub fn count(&self, table: &str) -> u64 {
        self.tables.get(table).copied().unwrap_or_default()
    }
}
