//! The data that a Pocket ID 2.14 leaves behind: an export, as a folder and as an archive, and a data
//! folder.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use rmpv::Value as Pack;
use rusqlite::types::Value as Sql;
use serde_json::{Value, json};
use tempfile::TempDir;
use zip::{ZipWriter, write::SimpleFileOptions};

/// The encryption key that seals its signing key.
pub(crate) const ENCRYPTION_KEY: &str = "the key of the old Pocket ID";
/// The secret of its client `old`, which is hashed with bcrypt.
pub(crate) const OLD_SECRET: &str = "secret-of-the-old-client";
/// The account of alice.
pub(crate) const ALICE: &str = "11111111-1111-4111-8111-111111111111";

/// Its invitations: one that can be used, one that is used up, and one that has ended.
const INVITATIONS: [(&str, u8, u32); 3] = [
    ("GOODtoken1234567", 1, u32::MAX),
    ("USEDtoken1234567", 2, u32::MAX),
    ("OLDtoken12345678", 0, 1),
];

/// Columns that are bytes in the database, and base64 in an export.
const BYTES: [&str; 9] = [
    "callback_urls",
    "credential_id",
    "credentials",
    "data",
    "logout_callback_urls",
    "metadata_grant_types",
    "public_key",
    "scope",
    "transport",
];

/// A Pocket ID to be taken over.
pub(crate) struct PocketId {
    pub(crate) document: Value,
    /// The settings that were changed.
    pub(crate) settings: Vec<(&'static str, &'static str)>,
    /// The files that people uploaded.
    pub(crate) uploads: Vec<(String, Vec<u8>)>,
    /// Its invitations, each for two people and into the group staff: the token, how often it was used,
    /// and when it ends.
    pub(crate) invitations: Vec<(&'static str, u8, u32)>,
    /// Whether a server of 2.12 or later was started, which keeps the settings and invitations.
    pub(crate) has_actors: bool,
    /// Tables that its release does not have, not even without rows.
    absent: Vec<&'static str>,
    folder: TempDir,
}

impl PocketId {
    pub(crate) fn new() -> Self {
        let mut document: Value = newest();
        let hash = bcrypt::hash_with_salt(OLD_SECRET, 4, [7; 16]).unwrap().to_string();
        let credentials = &mut document["tables"]["oidc_clients"][1]["credentials"];
        let json = BASE64_STANDARD.decode(credentials.as_str().unwrap()).unwrap();
        let json = String::from_utf8(json).unwrap().replace("BCRYPT", &hash);
        *credentials = BASE64_STANDARD.encode(json).into();
        let png = b"\x89PNG\r\n\x1a\n".to_vec();
        let uploads = [
            "application-images/logoLight.png",
            "application-images/.deleted/background",
            "profile-pictures/11111111-1111-4111-8111-111111111111.png",
            "profile-pictures/defaults/AS.png",
            "oidc-client-images/web.png",
            "oidc-client-images/web-dark.png",
        ];
        let uploads = uploads.map(|path| (path.to_owned(), png.clone())).to_vec();
        let settings = vec![
            ("AppName", "Wonderland"),
            ("HomePageURL", "/settings/apps"),
            ("SmtpPassword", "hunter2"),
            ("SmtpHost", ""),
            ("LdapEnabled", "false"),
            ("AllowUserSignups", "withToken"),
        ];
        let folder = tempfile::tempdir().unwrap();
        Self {
            document,
            settings,
            uploads,
            invitations: INVITATIONS.into(),
            has_actors: true,
            absent: Vec::new(),
            folder,
        }
    }

    /// A table.
    pub(crate) fn table(&mut self, name: &str) -> &mut Vec<Value> {
        let tables = self.document["tables"].as_object_mut().unwrap();
        tables.entry(name).or_insert_with(|| json!([])).as_array_mut().unwrap()
    }

    /// Removes a table that its release does not have.
    pub(crate) fn without_table(&mut self, name: &'static str) {
        self.document["tables"].as_object_mut().unwrap().remove(name);
        self.absent.push(name);
    }

    /// Removes columns that its release does not have.
    pub(crate) fn without_columns(&mut self, table: &str, columns: &[&str]) {
        for row in self.table(table) {
            row.as_object_mut().unwrap().retain(|name, _| !columns.contains(&name.as_str()));
        }
    }

    /// Sets a column in every row.
    pub(crate) fn set(&mut self, table: &str, column: &str, value: &Value) {
        self.table(table).iter_mut().for_each(|row| row[column] = value.clone());
    }

    /// Adds a row like the first one, with other values in some columns.
    pub(crate) fn add(&mut self, table: &str, values: &Value) {
        let mut row = self.table(table)[0].clone();
        row.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
        self.table(table).push(row);
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The members of an export.
    pub(crate) fn members(&self) -> Vec<(String, Vec<u8>)> {
        let mut members =
            vec![("database.json".to_owned(), self.document.to_string().into_bytes())];
        members.extend(self.has_actors.then(|| ("francis.bin".to_owned(), self.actors())));
        let uploads = self.uploads.iter();
        members.extend(uploads.map(|(path, bytes)| (format!("uploads/{path}"), bytes.clone())));
        members
    }

    /// The export, unpacked.
    pub(crate) fn export_folder(&self) -> PathBuf {
        let folder = self.place("export");
        self.members().iter().for_each(|(name, bytes)| write(&folder, name, bytes));
        folder
    }

    /// The export.
    pub(crate) fn archive(&self) -> PathBuf {
        let path = self.place("export.zip");
        fs::write(&path, zip(&self.members())).unwrap();
        path
    }

    /// The data folder.
    pub(crate) fn data_folder(&self) -> PathBuf {
        let folder = self.place("a folder? of #100%/data");
        let _ = fs::remove_dir_all(&folder);
        for (path, bytes) in &self.uploads {
            write(&folder, &format!("uploads/{path}"), bytes);
        }
        fs::create_dir_all(&folder).unwrap();
        let database = rusqlite::Connection::open(folder.join("pocket-id.db")).unwrap();
        database
            .execute_batch(
                "CREATE TABLE schema_migrations (version INTEGER, dirty INTEGER);
                 CREATE TABLE francis_actor_state (actor_type, actor_id, actor_state_data);
                 CREATE TABLE francis_alarms (alarm_id)",
            )
            .unwrap();
        database.pragma_update(None, "journal_mode", "WAL").unwrap();
        let version = self.document["version"].as_i64().unwrap();
        database.execute("INSERT INTO schema_migrations VALUES (?1, 0)", [version]).unwrap();
        for (kind, id, state) in self.states() {
            let insert = "INSERT INTO francis_actor_state VALUES (?1, ?2, ?3)";
            database.execute(insert, rusqlite::params![kind, id, state]).unwrap();
        }
        let tables = self.document["tables"].as_object().unwrap();
        for (table, rows) in tables {
            fill(&database, table, rows.as_array().unwrap());
        }
        // An export has no empty tables, a database does.
        for (table, rows) in newest()["tables"].as_object().unwrap() {
            let has_rows = tables.get(table).is_some_and(|rows| *rows != json!([]));
            if !has_rows && !self.absent.contains(&table.as_str()) {
                create(&database, table, &rows[0]);
            }
        }
        folder
    }

    /// Makes its tables on PostgreSQL, with the types that they have there.
    pub(crate) fn fill_server(&self, address: &str) {
        let mut client = postgres::Client::connect(address, postgres::NoTls).unwrap();
        client
            .batch_execute(
                "CREATE TABLE schema_migrations (version BIGINT, dirty BOOLEAN);
                 CREATE TABLE francis_actor_state
                     (actor_type TEXT, actor_id TEXT, actor_state_data BYTEA)",
            )
            .unwrap();
        let version = self.document["version"].as_i64().unwrap();
        client
            .batch_execute(&format!("INSERT INTO schema_migrations VALUES ({version}, false)"))
            .unwrap();
        for (kind, id, state) in self.states() {
            let insert = "INSERT INTO francis_actor_state VALUES ($1, $2, $3)";
            client.execute(insert, &[&kind, &id, &state]).unwrap();
        }
        for (table, rows) in self.document["tables"].as_object().unwrap() {
            let rows = rows.as_array().unwrap();
            let Some(columns) = rows.first().and_then(Value::as_object) else { continue };
            let columns: Vec<_> = columns
                .iter()
                .map(|(name, _)| {
                    let values = || rows.iter().map(|row| &row[name]);
                    format!("\"{name}\" {}", type_on_server(name, values))
                })
                .collect();
            client
                .batch_execute(&format!("CREATE TABLE {table} ({})", columns.join(", ")))
                .unwrap();
            for row in rows {
                let values = row.as_object().unwrap().iter();
                let values: Vec<_> = values.map(|(name, value)| on_server(name, value)).collect();
                let insert = format!("INSERT INTO {table} VALUES ({})", values.join(", "));
                client.batch_execute(&insert).unwrap();
            }
        }
    }

    /// The states of actors: of which kind, whose, and what.
    fn states(&self) -> Vec<(&'static str, &'static str, Vec<u8>)> {
        if !self.has_actors {
            return Vec::new();
        }
        let fields = self.settings.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        let mut states = vec![("AppConfig", "singleton", pack(&Pack::Map(fields.collect())))];
        for (index, (token, used, expires_at)) in self.invitations.iter().copied().enumerate() {
            let moment = |seconds: u32| Pack::Ext(-1, seconds.to_be_bytes().to_vec());
            let id = format!("cccccccc-cccc-4ccc-8ccc-ccccccccccc{index}");
            let fields = [
                ("ID", id.into()),
                ("UsageLimit", 2.into()),
                ("UsageCount", used.into()),
                ("UserGroupIDs", Pack::Array(vec!["33333333-3333-4333-8333-333333333333".into()])),
                ("CreatedAt", moment(1_764_074_342)),
                ("ExpiresAt", moment(expires_at)),
            ];
            let fields = fields.map(|(name, value)| (name.into(), value));
            states.push(("SignupToken", token, pack(&Pack::Map(fields.into()))));
        }
        states
    }

    fn actors(&self) -> Vec<u8> {
        let header = vec![
            ("format".into(), "francis-backup".into()),
            ("version".into(), 1.into()),
            ("createdAt".into(), Pack::Ext(-1, vec![0; 8])),
        ];
        let mut backup = pack(&Pack::Map(header));
        for (kind, id, state) in self.states() {
            let state = vec![
                ("actorType".into(), kind.into()),
                ("actorId".into(), id.into()),
                ("data".into(), Pack::Binary(state)),
            ];
            let record = vec![("type".into(), "state".into()), ("state".into(), Pack::Map(state))];
            backup.extend(pack(&Pack::Map(record)));
        }
        backup
    }
}

/// The rows of a 2.14.
fn newest() -> Value {
    serde_json::from_str(include_str!("../data/pocket-id-2.14.json")).unwrap()
}

/// An archive of these members.
pub(crate) fn zip(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn pack(value: &Pack) -> Vec<u8> {
    let mut bytes = Vec::new();
    rmpv::encode::write_value(&mut bytes, value).unwrap();
    bytes
}

/// Makes a table and its rows, with SQLite's own types.
fn fill(database: &rusqlite::Connection, table: &str, rows: &[Value]) {
    let Some(first) = rows.first() else { return };
    create(database, table, first);
    let marks = vec!["?"; first.as_object().unwrap().len()].join(", ");
    for row in rows {
        let values = row.as_object().unwrap().iter().map(|(name, value)| as_sql(name, value));
        let insert = format!("INSERT INTO {table} VALUES ({marks})");
        database.execute(&insert, rusqlite::params_from_iter(values)).unwrap();
    }
}

/// Makes a table with the columns of a row.
fn create(database: &rusqlite::Connection, table: &str, row: &Value) {
    let names = row.as_object().unwrap().keys().map(|name| format!("\"{name}\""));
    let names = names.collect::<Vec<_>>().join(", ");
    database.execute_batch(&format!("CREATE TABLE {table} ({names})")).unwrap();
}

/// The columns that are bytes on PostgreSQL as well; the others in [`BYTES`] are JSON there.
const BYTES_ON_SERVER: [&str; 2] = ["credential_id", "public_key"];

fn type_on_server<'a, I: Iterator<Item = &'a Value>>(
    column: &str,
    values: impl Fn() -> I,
) -> &'static str {
    match () {
        () if BYTES_ON_SERVER.contains(&column) => "BYTEA",
        () if BYTES.contains(&column) => "JSONB",
        () if column.ends_with("_at") => "TIMESTAMPTZ",
        () if column == "ip_address" => "INET",
        () if values().any(Value::is_boolean) => "BOOLEAN",
        () if values().any(Value::is_number) => "BIGINT",
        () => "TEXT",
    }
}

fn on_server(column: &str, value: &Value) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    match value {
        Value::String(text) if BYTES_ON_SERVER.contains(&column) => {
            format!("decode('{text}', 'base64')")
        }
        Value::String(text) if BYTES.contains(&column) => {
            quoted(&String::from_utf8(BASE64_STANDARD.decode(text).unwrap()).unwrap())
        }
        Value::String(text) => quoted(text),
        value => value.to_string(),
    }
}

fn as_sql(column: &str, value: &Value) -> Sql {
    match value {
        Value::Null => Sql::Null,
        Value::Bool(flag) => i64::from(*flag).into(),
        Value::Number(number) => number.as_i64().unwrap().into(),
        Value::String(text) if BYTES.contains(&column) => match BASE64_STANDARD.decode(text) {
            Ok(bytes) => bytes.into(),
            // Older releases have words or JSON in a text column.
            Err(_) => text.clone().into(),
        },
        Value::String(text) if column.ends_with("_at") => {
            let moment: pocketid::model::Timestamp = text.parse().unwrap();
            moment.as_unix().into()
        }
        value => value.as_str().unwrap().to_owned().into(),
    }
}
