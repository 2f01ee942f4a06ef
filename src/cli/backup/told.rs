//! The facts about a backup, as they are reported.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::page::{Page, yes_no};
use crate::backup::Manifest;

/// The facts of a backup.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    created_at: String,
    program_version: String,
    schema_version: i64,
    engine: String,
    app_url: String,
    has_encryption_key: bool,
    rows: u64,
    /// Row counts by table; empty tables are left out.
    tables: BTreeMap<String, u64>,
}

impl Told {
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

    /// The fields to print. Values are escaped to one line each: the backup may be forged.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let shown = |text: &str| text.escape_debug().to_string();
        vec![
            ("Made", shown(&self.created_at)),
            ("Address", shown(&self.app_url)),
            ("Version", shown(&self.program_version)),
            ("Engine", shown(&self.engine)),
            ("Users", self.count("users").to_string()),
            ("Clients", self.count("clients").to_string()),
            ("Rows", self.rows.to_string()),
            ("Encryption key", yes_no(self.has_encryption_key)),
        ]
    }

    fn count(&self, table: &str) -> u64 {
        self.tables.get(table).copied().unwrap_or_default()
    }

    /// Advice about the encryption key for the backup's owner.
    pub fn remark(&self) -> &'static str {
        match self.has_encryption_key {
            true => {
                "The backup contains the encryption key, and so gives access to every secret. \
                 Store it safely."
            }
            false => {
                "The backup does not contain the encryption key: restoring needs the same \
                 ENCRYPTION_KEY. Store it elsewhere."
            }
        }
    }
}

/// Writes the `first` fields, and then the facts.
pub fn write(page: &mut Page, first: Vec<(&'static str, String)>, told: &Told) {
    let mut fields = first;
    fields.extend(told.fields());
    page.fields(&fields);
}
