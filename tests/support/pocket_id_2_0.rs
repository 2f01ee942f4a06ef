//! The data that a Pocket ID 2.0 leaves behind: a data folder, and an export of it.

use std::{fs, path::PathBuf};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use pocketid::model::Timestamp;
use rusqlite::{Connection, types::Value as Sql};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use super::pocket_id::zip;

/// The encryption key that seals its secrets.
pub(crate) const KEY_OF_2_0: &str = "a-test-encryption-key-of-2.0";
/// The secret of its client.
pub(crate) const SECRET_OF_2_0: &str = "w3b-s3cret-of-the-wiki";

/// A Pocket ID 2.0.
pub(crate) struct PocketIdTwoZero {
    pub(crate) database: Connection,
    folder: TempDir,
}

impl PocketIdTwoZero {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        let database = Connection::open(folder.path().join("data/pocket-id.db")).unwrap();
        database.execute_batch(include_str!("../data/pocket-id-2.0.sql")).unwrap();
        Self { database, folder }
    }

    /// The data folder.
    pub(crate) fn data_folder(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The export: tables without rows are absent, and there is no state of actors.
    pub(crate) fn archive(&self) -> PathBuf {
        let list = "SELECT name FROM sqlite_schema WHERE type = 'table'";
        let mut statement = self.database.prepare(list).unwrap();
        let names = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let mut tables = Map::new();
        for name in names.map(Result::unwrap).filter(|name| name != "schema_migrations") {
            let rows = self.rows(&name);
            if !rows.is_empty() {
                tables.insert(name, rows.into());
            }
        }
        let document =
            json!({"provider": "sqlite", "version": 20_251_229_173_100_i64, "tables": tables});
        let path = self.folder.path().join("export.zip");
        fs::write(&path, zip(&[("database.json".into(), document.to_string().into())])).unwrap();
        path
    }

    fn rows(&self, table: &str) -> Vec<Value> {
        let types = "SELECT name, type FROM pragma_table_info(?1)";
        let mut types = self.database.prepare(types).unwrap();
        let columns = types.query_map([table], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let columns: Vec<(String, String)> = columns.map(Result::unwrap).collect();
        let mut statement = self.database.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let read = |row: &rusqlite::Row<'_>| {
            let cells = columns
                .iter()
                .enumerate()
                .map(|(index, (name, kind))| Ok((name.clone(), exported(kind, row.get(index)?))));
            cells.collect::<Result<Map<_, _>, _>>().map(Value::from)
        };
        statement.query_map([], read).unwrap().map(Result::unwrap).collect()
    }
}

/// The form of a value in an export, by the type of its column.
fn exported(kind: &str, value: Sql) -> Value {
    match value {
        Sql::Null | Sql::Real(_) => Value::Null,
        Sql::Integer(seconds) if kind == "DATETIME" => {
            Timestamp::from_unix(seconds).to_string().into()
        }
        Sql::Integer(flag) if kind == "BOOLEAN" => (flag == 1).into(),
        Sql::Integer(number) => number.into(),
        Sql::Text(text) => text.into(),
        Sql::Blob(bytes) => BASE64_STANDARD.encode(bytes).into(),
    }
}
