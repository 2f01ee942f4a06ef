//! Rules of the store that no table family owns and both engines keep: transactions, snapshots, refusals.

mod statements;

use std::sync::Arc;

use pocketid::store::{Store, StoreError, Tx, meta};
use tempfile::TempDir;

use crate::support::op::new_database;

fn open() -> (TempDir, Store) {
    let folder = TempDir::new().unwrap();
    let store = Store::open(&new_database(&folder)).unwrap();
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
    let (_place, store) = open();

    let refused: Result<(), StoreError> = store.write_blocking(|tx| {
        meta::insert(tx, "a", b"x")?;
        Err(StoreError::Busy)
    });

    assert!(matches!(refused, Err(StoreError::Busy)));
    assert!(!has(&store, "a"));
}

#[test]
fn a_write_that_panics_is_undone_and_the_next_one_works() {
    let (_place, store) = open();

    let abandoned: Result<(), StoreError> = store.write_blocking(|tx| {
        meta::insert(tx, "a", b"x")?;
        panic!("a fault in a closure");
    });

    assert!(matches!(abandoned, Err(StoreError::Stopped)));
    assert!(!has(&store, "a"));
    put(&store, "b").unwrap();
    assert!(has(&store, "b"));
}

#[test]
fn in_one_commit_some_writes_fail_and_the_others_stand() {
    let (_place, store) = open();
    let store = Arc::new(store);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(write_together(&store));
    for number in 0..40_u32 {
        let key = format!("key {number}");
        let found = store.read_blocking(|tx| meta::find(tx, &key)).unwrap();
        assert_eq!(found.is_some(), number % 2 == 0, "{number}");
    }
}

async fn write_together(store: &Arc<Store>) {
    // Holds the writer up until all the others are queued behind it.
    let (release, held) = std::sync::mpsc::channel::<()>();
    let first = Arc::clone(store);
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
            let store = Arc::clone(store);
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
}

#[test]
fn a_unique_value_that_exists_is_a_conflict() {
    let (_place, store) = open();
    put(&store, "a").unwrap();
    assert!(matches!(put(&store, "a"), Err(StoreError::Conflict)));
}

#[test]
fn a_reader_cannot_write() {
    let (_place, store) = open();
    let refused = store.read_blocking(|tx| meta::insert(tx, "a", b"x"));
    assert!(refused.is_err());
    assert!(!has(&store, "a"));
}

#[test]
fn a_reader_sees_one_snapshot() {
    let (_place, store) = open();
    let seen = store.read_blocking(|tx| {
        let before = meta::find(tx, "a")?;
        put(&store, "a")?;
        Ok::<_, StoreError>((before, meta::find(tx, "a")?))
    });
    assert_eq!(seen.unwrap(), (None, None));
    assert!(has(&store, "a"));
}
