//! Rules specific to SQLite: files, durability and refused databases.

use rusqlite::Connection;

use super::super::{Store, StoreError, error::Foreign, meta};
use crate::model::Database;

fn open() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&Database::Sqlite(path(&folder))).unwrap();
    (folder, store)
}

fn path(folder: &tempfile::TempDir) -> std::path::PathBuf {
    folder.path().join("test.db")
}

fn put(store: &Store, key: &'static str) -> Result<(), StoreError> {
    store.write_blocking(move |tx| meta::insert(tx, key, b"x"))
}

/// Writes that share a commit must not share failures. Acknowledged data is in the file, even if
/// the process then dies.
#[test]
fn an_acknowledged_write_is_visible_to_another_process_at_once() {
    let (folder, store) = open();
    put(&store, "a").unwrap();
    let other = Connection::open(path(&folder)).unwrap();
    let count: i64 = other.query_row("SELECT COUNT(*) FROM meta", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 1);
}

#[test]
fn durability_and_foreign_keys_are_switched_on() {
    let (folder, _store) = open();
    let writer = super::connections::open_writer(&folder.path().join("test.db")).unwrap();
    let pragma = |name: &str| -> String {
        writer
            .pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))
            .map(|value| format!("{value:?}"))
            .unwrap()
    };
    assert_eq!(pragma("journal_mode"), "Text(\"wal\")");
    assert_eq!(pragma("synchronous"), "Integer(2)");
    assert_eq!(pragma("foreign_keys"), "Integer(1)");
}

/// SQLite keeps its WAL beside the target of a link, so checks and locks must use the target too.
#[test]
fn a_database_is_the_same_one_behind_a_link() {
    let (folder, served) = open();
    let elsewhere = tempfile::tempdir().unwrap();
    let link = elsewhere.path().join("link.db");
    std::os::unix::fs::symlink(path(&folder), &link).unwrap();
    let claim = served.claim_for_server().unwrap();

    let linked = Store::open(&Database::Sqlite(link.clone())).unwrap();
    assert!(matches!(linked.claim_for_server().unwrap_err(), StoreError::Served { .. }));
    drop((claim, served));
    put(&linked, "a").unwrap();
    let kept = linked.keep_copy("before-test").unwrap().unwrap();
    assert_eq!(kept.parent(), Some(folder.path()), "beside the file");
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 1, "and only the link there");

    let log = folder.path().join("test.db-wal");
    let aside = folder.path().join("aside");
    std::fs::rename(&log, &aside).unwrap();
    assert!(matches!(put(&linked, "b").unwrap_err(), StoreError::Moved { .. }));
    std::fs::rename(&aside, &log).unwrap();
    std::fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(&kept, &link).unwrap();
    assert!(put(&linked, "c").is_err(), "the next start would find nothing of it");
}

#[test]
fn databases_of_other_programs_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    for (table, what) in
        [("schema_migrations", Foreign::PocketId), ("bookmarks", Foreign::OtherProgram)]
    {
        let other = Connection::open(&path).unwrap();
        other
            .execute_batch(&format!(
                "DROP TABLE IF EXISTS schema_migrations; CREATE TABLE {table} (x)"
            ))
            .unwrap();
        drop(other);
        let before = std::fs::read(&path).unwrap();

        let refused = Store::open(&Database::Sqlite(path.clone())).unwrap_err();

        assert!(matches!(&refused, StoreError::NotOurs { what: found, .. } if *found == what));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
    std::fs::write(&path, "not a database, but a text of some length").unwrap();
    assert!(matches!(
        Store::open(&Database::Sqlite(path.clone())).unwrap_err(),
        StoreError::NotOurs { what: Foreign::NotADatabase, .. }
    ));
}

#[test]
fn nobody_else_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, store) = open();
    put(&store, "a").unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", entry.path());
    }
}

#[test]
fn every_table_is_strict() {
    let (folder, _store) = open();
    let rows = Connection::open(path(&folder)).unwrap();
    let sql = "SELECT name FROM pragma_table_list
                WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' AND strict = 0";
    let loose: Vec<String> = rows
        .prepare(sql)
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(loose.is_empty(), "{loose:?}");
}

/// Statistics from a small database would make SQLite scan whole tables later.
#[test]
fn a_database_has_no_statistics() {
    let (folder, store) = open();
    put(&store, "a").unwrap();
    let statistics = || -> i64 {
        let rows = Connection::open(path(&folder)).unwrap();
        let sql = "SELECT COUNT(*) FROM sqlite_schema WHERE name LIKE 'sqlite_stat%'";
        rows.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    drop(store);
    assert_eq!(statistics(), 0, "none are made");
    Connection::open(path(&folder)).unwrap().execute_batch("ANALYZE").unwrap();
    assert!(statistics() > 0);

    drop(Store::open(&Database::Sqlite(path(&folder))).unwrap());

    assert_eq!(statistics(), 0, "those of others go");
}

/// The clean-up searches expired rows every minute. Without an index it would scan whole tables,
/// and a flood of unauthenticated requests would make them long.
#[test]
fn what_strangers_can_cause_rows_of_is_cleaned_up_by_an_index() {
    let (folder, _store) = open();
    let rows = Connection::open(path(&folder)).unwrap();
    for table in [
        "access_tokens",
        "client_access_tokens",
        "client_assertions",
        "client_metadata_documents",
        "device_codes",
        "device_logins",
        "dpop_proofs",
        "grants",
        "interactions",
        "pushed_authorization_requests",
        "reauthentications",
        "refresh_tokens",
        "service_assertions",
        "sessions",
    ] {
        let sql = format!("EXPLAIN QUERY PLAN DELETE FROM {table} WHERE expires_at <= 1");
        let plan: String = rows.query_row(&sql, [], |row| row.get(3)).unwrap();
        assert!(plan.contains("USING") && plan.contains("INDEX"), "{table}: {plan}");
    }
}

/// Without an index, deleting a parent row scans the whole child table.
#[test]
fn every_foreign_key_has_an_index() {
    let (folder, _store) = open();
    let rows = Connection::open(path(&folder)).unwrap();
    let sql =
        "SELECT t.name, f.\"from\" FROM pragma_table_list t, pragma_foreign_key_list(t.name) f
                WHERE t.schema = 'main' AND f.seq = 0";
    let mut statement = rows.prepare(sql).unwrap();
    let keys = statement
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
        .unwrap()
        .map(Result::unwrap);
    for (table, column) in keys {
        // Rows of these tables live for minutes, and their number is bounded.
        if matches!(
            table.as_str(),
            "ceremonies"
                | "device_codes"
                | "device_logins"
                | "interactions"
                | "one_time_access_tokens"
                | "pushed_authorization_requests"
                | "reauthentications"
        ) {
            continue;
        }
        let sql = format!(
            "SELECT COUNT(*) FROM pragma_index_list('{table}') i, pragma_index_info(i.name) c
              WHERE c.seqno = 0 AND c.name = '{column}'"
        );
        let count: i64 = rows.query_row(&sql, [], |row| row.get(0)).unwrap();
        assert!(count > 0, "{table}.{column}");
    }
}

/// A list over millions of rows must not occupy a thread for minutes.
#[test]
fn a_read_that_takes_too_long_is_ended_and_the_next_one_is_not() {
    let (folder, store) = open();
    drop(store);
    let outage = super::Outage::default();
    let sqlite = super::Sqlite::open(&path(&folder), outage).unwrap();
    let count = |longest, rows: u32| {
        let sql = format!(
            "WITH RECURSIVE numbers (n) AS (
                 SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {rows})
             SELECT COUNT(*) FROM numbers"
        );
        sqlite.read_within(longest, |tx| tx.query_opt(&sql, &[], |row| row.get::<i64>(0)))
    };

    let late = count(std::time::Duration::from_millis(20), 1_000_000_000);

    assert!(matches!(late, Err(StoreError::TimedOut)), "{late:?}");
    assert_eq!(count(std::time::Duration::from_secs(20), 100_000).unwrap(), Some(100_000));
    let unbound = sqlite.read(|tx| tx.query_opt("SELECT 7", &[], |row| row.get::<i64>(0)));
    assert_eq!(unbound.unwrap(), Some(7));
}

/// A database that was moved away while it was served leaves these behind, and the new one is no first one.
#[test]
fn what_an_earlier_database_left_at_the_place_of_a_new_one_is_noted() {
    use super::super::setup;
    for suffix in ["-wal", "-shm", ".serving"] {
        let folder = tempfile::tempdir().unwrap();
        let left = folder.path().join(format!("test.db{suffix}"));
        std::fs::write(&left, "").unwrap();
        let store = Store::open(&Database::Sqlite(path(&folder))).unwrap();
        assert_eq!(store.read_blocking(setup::left_behind).unwrap(), Some(left));
        drop(store);
        let again = Store::open(&Database::Sqlite(path(&folder))).unwrap();
        assert!(again.read_blocking(setup::left_behind).unwrap().is_some(), "it stays");
        let now = crate::model::Timestamp::from_unix(0);
        again.write_blocking(move |tx| setup::note_first_start(tx, now)).unwrap();
        assert_eq!(again.read_blocking(setup::left_behind).unwrap(), None, "it was told");
    }
    let (_folder, new) = open();
    assert_eq!(new.read_blocking(setup::left_behind).unwrap(), None);

    // The log was removed, in which all tables were; and without a log all tables are in the file.
    let folder = tempfile::tempdir().unwrap();
    let header = rusqlite::Connection::open(path(&folder)).unwrap();
    header.execute_batch("PRAGMA journal_mode = WAL").unwrap();
    drop(header);
    std::fs::write(folder.path().join("test.db.serving"), "").unwrap();
    assert!(super::left_behind(&path(&folder)).is_some());
    std::fs::write(folder.path().join("test.db-wal"), "the log of an emptied file").unwrap();
    assert_eq!(super::left_behind(&path(&folder)), None, "the tables are in the log");
    std::fs::remove_file(folder.path().join("test.db-wal")).unwrap();
    let store = Store::open(&Database::Sqlite(path(&folder))).unwrap();
    assert!(store.read_blocking(setup::left_behind).unwrap().is_some());
    assert!(path(&folder).metadata().unwrap().len() > 100_000, "the tables are in the file");
}
