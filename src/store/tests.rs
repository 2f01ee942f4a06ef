//! Rules of the store that no table family owns: transactions, group commit, what is refused.

use std::sync::Arc;

use rusqlite::Connection;

use super::{Store, StoreError, Tx, error::Foreign, meta};

fn open() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("test.db")).unwrap();
    (folder, store)
}

fn put(store: &Store, key: &'static str) -> Result<(), StoreError> {
    store.write_blocking(move |tx| meta::insert(tx, key, b"x"))
}

fn has(store: &Store, key: &'static str) -> bool {
    store.read_blocking(|tx| meta::find(tx, key)).unwrap().is_some()
}

#[test]
fn a_write_that_is_refused_changes_nothing() {
    let (_folder, store) = open();

    let refused: Result<(), StoreError> = store.write_blocking(|tx| {
        meta::insert(tx, "a", b"x")?;
        Err(StoreError::Busy)
    });

    assert!(matches!(refused, Err(StoreError::Busy)));
    assert!(!has(&store, "a"));
}

#[test]
fn a_write_that_panics_is_undone_and_the_next_one_works() {
    let (_folder, store) = open();

    let abandoned: Result<(), StoreError> = store.write_blocking(|tx| {
        meta::insert(tx, "a", b"x")?;
        panic!("a fault in a closure");
    });

    assert!(matches!(abandoned, Err(StoreError::Stopped)));
    assert!(!has(&store, "a"));
    put(&store, "b").unwrap();
    assert!(has(&store, "b"));
}

/// Writes that share a commit must not share a fate.
#[tokio::test]
async fn in_one_commit_some_writes_fail_and_the_others_stand() {
    let (_folder, store) = open();
    let store = Arc::new(store);
    // Holds the writer up until all the others are queued behind it.
    let (release, held) = std::sync::mpsc::channel::<()>();
    let first = Arc::clone(&store);
    let blocked = tokio::spawn(async move {
        let hold = move |_: &mut Tx<'_>| {
            held.recv().unwrap();
            Ok::<_, StoreError>(())
        };
        first.write(hold).await
    });
    tokio::task::yield_now().await;
    let writes: Vec<_> = (0..40_u32)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let write = store.write(move |tx| {
                    meta::insert(tx, &format!("key {number}"), b"x")?;
                    if number % 2 == 0 { Ok(()) } else { Err(StoreError::Busy) }
                });
                write.await.is_ok()
            })
        })
        .collect();
    tokio::task::yield_now().await;
    release.send(()).unwrap();
    blocked.await.unwrap().unwrap();

    for (number, write) in writes.into_iter().enumerate() {
        assert_eq!(write.await.unwrap(), number % 2 == 0, "{number}");
    }
    let rows = Connection::open(store.path()).unwrap();
    let count: i64 = rows.query_row("SELECT COUNT(*) FROM meta", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 20);
}

#[test]
fn a_unique_value_that_exists_is_a_conflict() {
    let (_folder, store) = open();
    put(&store, "a").unwrap();
    assert!(matches!(put(&store, "a"), Err(StoreError::Conflict)));
}

#[test]
fn a_reader_cannot_write() {
    let (_folder, store) = open();
    let refused = store.read_blocking(|tx| meta::insert(tx, "a", b"x"));
    assert!(refused.is_err());
    assert!(!has(&store, "a"));
}

#[test]
fn a_reader_sees_one_snapshot() {
    let (_folder, store) = open();
    let seen = store.read_blocking(|tx| {
        let before = meta::find(tx, "a")?;
        put(&store, "a")?;
        Ok::<_, StoreError>((before, meta::find(tx, "a")?))
    });
    assert_eq!(seen.unwrap(), (None, None));
    assert!(has(&store, "a"));
}

/// What was acknowledged is in the file, whatever happens to the process afterwards.
#[test]
fn an_acknowledged_write_is_visible_to_another_process_at_once() {
    let (_folder, store) = open();
    put(&store, "a").unwrap();
    let other = Connection::open(store.path()).unwrap();
    let count: i64 = other.query_row("SELECT COUNT(*) FROM meta", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 1);
}

#[test]
fn durability_and_foreign_keys_are_switched_on() {
    let (folder, _store) = open();
    let writer = super::sqlite::open_writer(&folder.path().join("test.db")).unwrap();
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

        let refused = Store::open(&path).unwrap_err();

        assert!(matches!(&refused, StoreError::NotOurs { what: found, .. } if *found == what));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
    std::fs::write(&path, "not a database, but a text of some length").unwrap();
    assert!(matches!(
        Store::open(&path).unwrap_err(),
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
    let (_folder, store) = open();
    let rows = Connection::open(store.path()).unwrap();
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

/// Without an index, deleting a parent reads the whole table of its children.
#[test]
fn every_foreign_key_has_an_index() {
    let (_folder, store) = open();
    let rows = Connection::open(store.path()).unwrap();
    let sql =
        "SELECT t.name, f.\"from\" FROM pragma_table_list t, pragma_foreign_key_list(t.name) f
                WHERE t.schema = 'main'";
    let mut statement = rows.prepare(sql).unwrap();
    let keys = statement
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
        .unwrap()
        .map(Result::unwrap);
    for (table, column) in keys {
        // Rows of these tables live for minutes, so there are never many.
        if matches!(
            table.as_str(),
            "ceremonies" | "interactions" | "one_time_access_tokens" | "reauthentications"
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
