//! Rules of the store that no table family owns and both engines keep: transactions, snapshots, refusals.

mod statements;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use pocketid::store::{Store, StoreError, Tx, meta, value::Bind};
use tempfile::TempDir;

use crate::support::op::{TestOp, new_database};

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

/// Whoever gets tokens without a pause could keep an administrator from ending them.
#[test]
fn a_long_write_gets_its_turn_among_many_short_ones() {
    write_long_among_short_ones(&TestOp::start());
}

/// Closes a door while three others go through it all the time.
pub(crate) fn write_long_among_short_ones(op: &TestOp) {
    let client = op.client();
    let users = ["alice", "bob", "carol"].map(|name| {
        let mut person = op.person(name);
        op.redeem(&client, &person.code(&client, &[])).ok();
        person.id
    });
    let is_over = AtomicBool::new(false);
    let refresh = |user: pocketid::model::UserId| {
        while !is_over.load(Ordering::Relaxed) {
            let refreshed = op.store().write_blocking(move |tx| {
                meta::find(tx, "door")?;
                let sql = "UPDATE grants SET expires_at = expires_at + 1 WHERE user_id = ?1";
                tx.execute(sql, &[&user as &dyn Bind])?.expect_rows(1)
            });
            refreshed.unwrap();
        }
    };
    let closed = thread::scope(|scope| {
        users.iter().for_each(|user| drop(scope.spawn(|| refresh(*user))));
        let closed: Result<(), StoreError> = op.store().write_blocking(move |tx| {
            for user in &users {
                let sql = "SELECT expires_at FROM grants WHERE user_id = ?1";
                tx.query_all(sql, &[user as &dyn Bind], |row| row.get::<i64>(0))?;
            }
            thread::sleep(Duration::from_millis(100));
            meta::insert(tx, "door", b"closed")
        });
        is_over.store(true, Ordering::Relaxed);
        closed
    });
    closed.unwrap();
}
