//! A restore keeps some data, and leaves other files alone.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, Ordering},
};

use crate::support::{cli::Cli, postgres::new_database};

#[test]
fn each_restore_keeps_the_old_data_in_a_file_of_its_own() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.run("backup it.zip").expect_success();
    cli.run("user add bob").expect_success();

    let kept = (0..4).map(|_| {
        let restored = cli.run("restore it.zip --yes -o json").json();
        restored["kept"][0].as_str().unwrap().to_owned()
    });
    let kept: Vec<_> = kept.collect();

    assert_eq!(kept.iter().collect::<BTreeSet<_>>().len(), 4, "{kept:?}");
    let first = Cli::new().with("DB_CONNECTION_STRING", "first.db");
    std::fs::copy(cli.path(&kept[0]), first.path("first.db")).unwrap();
    assert_eq!(first.run("user list").ok().lines().count(), 2);
}

#[test]
fn a_restore_through_a_link_replaces_the_file_that_it_leads_to() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.run("backup it.zip").expect_success();
    std::fs::create_dir(cli.path("disk")).unwrap();
    std::os::unix::fs::symlink("../disk/real.db", cli.path("data/link.db")).unwrap();
    let cli = cli.with("DB_CONNECTION_STRING", "data/link.db");

    cli.run("restore it.zip --yes").expect_success();
    let again = cli.run("restore it.zip --yes -o json").json();

    let kept = again["kept"][0].as_str().unwrap();
    assert!(cli.path(kept).canonicalize().unwrap().starts_with(cli.path("disk")), "{kept}");
    assert!(cli.path("data/link.db").is_symlink() && cli.path("disk/real.db").is_file());
    assert_eq!(cli.run("user list").ok().lines().count(), 1);
    assert!(!cli.path("data/link.db.serving").exists());
}

/// More rows, so that there is a moment between the kept data and the new data.
const MANY: &str = "
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
    INSERT INTO audit_events (id, kind, actor, data, created_at)
    SELECT randomblob(16), 'SIGN_IN', 'cli', '{}', 1764000000 FROM n";

#[test]
fn what_is_committed_during_a_restore_is_in_the_old_data_or_in_the_new() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.database().execute_batch(MANY).unwrap();
    cli.run("backup it.zip").expect_success();
    let (database, stop) = (cli.database(), &AtomicBool::new(false));
    database.busy_timeout(crate::support::patience::PATIENCE).unwrap();

    let (kept, done) = std::thread::scope(|scope| {
        let writer = scope.spawn(move || {
            let mut done = 0;
            while !stop.load(Ordering::SeqCst) {
                let sql = "INSERT INTO groups (id, name, friendly_name, created_at) SELECT randomblob(16), ?, 'g', 0";
                done += database.execute(sql, [format!("group {done}")]).unwrap();
                // SQLite has no queue: without a pause, the restore might never get its turn.
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
            done
        });
        // Before the outcome is looked at: a panic must not leave the writer running.
        let restored = cli.run("restore it.zip --yes -o json");
        stop.store(true, Ordering::SeqCst);
        let restored = restored.json();
        (restored["kept"][0].as_str().unwrap().to_owned(), writer.join().unwrap())
    });

    let count = |database: rusqlite::Connection| {
        let count = database.query_row("SELECT COUNT(*) FROM groups", [], |row| row.get(0));
        count.map(|count: i64| count as usize).unwrap()
    };
    let old = count(rusqlite::Connection::open(cli.path(&kept)).unwrap());
    assert_eq!(old + count(cli.database()), done);
    assert!(old > 0, "somebody wrote before");
}

#[test]
fn restoring_leaves_what_others_have_in_the_same_schema_of_postgresql() {
    const THEIRS: &str = "
        CREATE TABLE photos (id INT PRIMARY KEY, place TEXT);
        CREATE INDEX photos_by_place ON photos (place);
        CREATE TABLE albums (photo INT CONSTRAINT shown REFERENCES photos (id))";
    const FACTS: &str = "
        SELECT 'photos_by_place'::regclass::oid, (SELECT oid FROM pg_constraint WHERE conname = 'shown')";
    let address = new_database();
    let cli = Cli::new().with("DB_CONNECTION_STRING", &address);
    cli.run("user add alice").expect_success();
    cli.run("backup it.zip").expect_success();
    let mut client = crate::support::postgres::connect(&address);
    client.batch_execute(THEIRS).unwrap();
    let mut facts = || {
        let row = client.query_one(FACTS, &[]).unwrap();
        (row.get::<_, u32>(0), row.get::<_, u32>(1))
    };
    let before = facts();

    cli.run("restore it.zip --yes").expect_success();

    assert_eq!(facts(), before);
}

#[test]
fn what_others_have_made_of_our_tables_keeps_them_from_being_replaced() {
    let address = new_database();
    let cli = Cli::new().with("DB_CONNECTION_STRING", &address);
    cli.run("user add alice").expect_success();
    cli.run("backup it.zip").expect_success();
    cli.run("user add bob").expect_success();
    let mut client = crate::support::postgres::connect(&address);
    client.batch_execute("CREATE VIEW people AS SELECT id FROM users").unwrap();

    cli.run("restore it.zip --yes").refused(
        4,
        &[
            "error: cannot replace the tables: view people depends on table users",
            "hint: remove these first, and create them again afterwards; nothing was changed",
        ],
    );

    assert_eq!(cli.run("user list").ok().lines().count(), 2);
}

#[test]
fn what_is_no_backup_is_not_read_to_its_end() {
    let cli = Cli::new();
    for line in ["backup verify -", "restore - --yes"] {
        let ran = cli.script(&format!("yes | $P {line}"));
        assert_eq!(ran.code, Some(1));
        assert!(ran.stderr.starts_with("error: cannot use this file: it is not a ZIP archive"));
    }
}

#[test]
fn a_database_that_is_broken_is_moved_aside_and_restored() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.run("backup it.zip").expect_success();
    cli.write("data/pocketid.db", "garbage ".repeat(1_000));

    cli.run("restore it.zip --yes").refused(
        4,
        &[
            "error: cannot use data/pocketid.db: it is not a database",
            "hint: if it is damaged, move it away: mv data/pocketid.db data/pocketid.db.broken; \
             then restore again; nothing was changed",
        ],
    );

    // A log that was not moved away belongs to the old file.
    cli.run("user list").expect_failure(4);
    std::fs::rename(cli.path("data/pocketid.db"), cli.path("data/pocketid.db.broken")).unwrap();
    cli.write("data/pocketid.db-wal", "a log of another file");
    cli.run("restore it.zip").expect_success();
    assert_eq!(cli.run("user list").ok().lines().count(), 1);
    let left = std::fs::read_dir(cli.path("data")).unwrap();
    let mut left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(left.any(|name| name.starts_with("pocketid.db-wal.before-restore-")));
}
