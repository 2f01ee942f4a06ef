//! `manifest.json`: lists the members of the archive with their sizes and checksums.

use serde::{Deserialize, Serialize};

use crate::store::schema::{Schema, Table};

/// Identifies our archives.
pub(super) const FORMAT: &str = "pocketid-backup";
/// The version of the archive format.
pub(super) const FORMAT_VERSION: i64 = 1;
/// The name of the member with the manifest, the last member.
pub(super) const MANIFEST: &str = "manifest.json";
/// The name of the member with the encryption key, if it is in the archive.
pub const ENCRYPTION_KEY: &str = "encryption.key";
/// The largest manifest, in bytes.
pub(super) const MAX_MANIFEST: u64 = 1 << 20;

/// The description of a backup.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// Always `pocketid-backup`.
    pub format: String,
    /// The version of the archive format.
    pub format_version: i64,
    /// The version of the program that made the backup.
    pub program_version: String,
    /// The version of the schema.
    pub schema_version: i64,
    /// The engine that the data came from.
    pub engine: String,
    /// When the backup was made, in RFC 3339.
    pub created_at: String,
    /// The address of the provider.
    pub app_url: String,
    /// Everything in the archive but the manifest.
    pub members: Vec<Member>,
}

/// The expected size, checksum and content of a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its uncompressed size in bytes.
    pub size: u64,
    /// The SHA-256 of its uncompressed content, in hexadecimal.
    pub sha256: String,
    /// The columns, if the member holds a table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// The number of rows, if the member holds a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
}

impl Manifest {
    /// The member of this name.
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name == name)
    }

    /// The number of rows of a table; 0 when it is not in the archive.
    pub fn rows_of(&self, table: &str) -> u64 {
        self.member(&member_of(table)).and_then(|member| member.rows).unwrap_or_default()
    }

    /// The number of rows of all tables.
    pub fn rows(&self) -> u64 {
        self.members.iter().filter_map(|member| member.rows).fold(0, u64::saturating_add)
    }

    /// The tables, each with its number of rows.
    pub fn tables(&self) -> impl Iterator<Item = (&str, u64)> {
        self.members.iter().filter_map(|member| Some((table_of(&member.name)?, member.rows?)))
    }

    /// Whether the encryption key is in the archive.
    pub fn has_encryption_key(&self) -> bool {
        self.member(ENCRYPTION_KEY).is_some()
    }
}

/// The name of the member with the rows of a table.
pub(super) fn member_of(table: &str) -> String {
    format!("tables/{table}.jsonl")
}

fn table_of(member: &str) -> Option<&str> {
    member.strip_prefix("tables/")?.strip_suffix(".jsonl")
}

/// The table whose rows are in a member.
pub(super) fn find_table<'a>(schema: &'a Schema, member: &str) -> Option<&'a Table> {
    let name = table_of(member)?;
    schema.tables.iter().find(|table| table.name == name)
}
