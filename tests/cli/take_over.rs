//! A server that finds the data of a Pocket ID, and none of its own.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::json;

use crate::support::{
    cli::Cli,
    pocket_id::{ENCRYPTION_KEY, PocketId},
    ports::free_port,
    postgres,
    real_pocket_id::RealPocketId,
    server::Server,
};

/// A folder as a container's, with the data of a Pocket ID, and its settings.
fn beside(old: &PocketId) -> Cli {
    let cli = Cli::new().with("ENCRYPTION_KEY", ENCRYPTION_KEY);
    fs::rename(old.data_folder(), cli.path("data")).unwrap();
    complete(&cli.path("data/pocket-id.db"));
    cli
}

/// Makes a database one file, which lacks nothing.
fn complete(path: &Path) {
    let database = rusqlite::Connection::open(path).unwrap();
    database.pragma_update(None, "journal_mode", "DELETE").unwrap();
}

/// Every file under a folder, except ours.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if !entry.file_name().to_string_lossy().starts_with("pocketid.db") {
            found.insert(path.clone(), fs::read(path).unwrap());
        }
    }
    found
}

fn log_of(server: Server) -> String {
    server.signal("TERM");
    let (code, log) = server.wait();
    assert_eq!(code, Some(0), "{log}");
    log
}

fn usernames(cli: &Cli) -> Vec<String> {
    let users = cli.run("user list -o json").json();
    users.as_array().unwrap().iter().map(|user| user["username"].as_str().unwrap().into()).collect()
}

#[test]
fn everything_comes_over_once_and_the_old_data_stays_as_it_is() {
    let cli = beside(&PocketId::new());
    let before = files(&cli.path("data"));

    let log = log_of(cli.serve());

    assert!(log.contains("took over the data of Pocket ID in data/pocket-id.db"), "{log}");
    assert!(log.contains("2 users, 1 passkeys, 1 groups"), "{log}");
    assert!(log.contains("not taken over: "), "{log}");
    assert!(!log.contains("/setup"), "{log}");
    assert_eq!(files(&cli.path("data")), before);
    assert_eq!(usernames(&cli), ["alice", "bob"]);
    let kinds = cli.run("audit list --event imported -o json").json();
    assert_eq!(kinds.as_array().unwrap().len(), 1);

    cli.run("user add carol").expect_success();
    let log = log_of(cli.serve());
    assert!(!log.contains("took over"), "{log}");
    assert_eq!(usernames(&cli), ["alice", "bob", "carol"]);
}

/// Users whose access was removed since would be let in again.
#[test]
fn the_old_data_does_not_come_back_by_itself() {
    let cli = beside(&PocketId::new());
    log_of(cli.serve());
    for statement in ["users", "clients", "groups", "apis"] {
        let database = rusqlite::Connection::open(cli.path("data/pocketid.db")).unwrap();
        database.execute_batch(&format!("DELETE FROM {statement}")).unwrap();
    }
    let log = log_of(cli.serve());
    assert!(!log.contains("took over"), "it was emptied on purpose: {log}");

    for suffix in ["", "-wal", "-shm"] {
        drop(fs::remove_file(cli.path(&format!("data/pocketid.db{suffix}"))));
    }
    let ran = cli.run("serve --listen 127.0.0.1:0");
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(ran.stderr.contains("although a server has used a database there"), "{}", ran.stderr);
    fs::write(cli.path("data/pocketid.db"), "").unwrap();
    let ran = cli.run("serve --listen 127.0.0.1:0");
    assert_eq!(ran.code, Some(3), "an emptied file is no new one: {}", ran.stderr);
    fs::remove_file(cli.path("data/pocketid.db.serving")).unwrap();
    assert!(log_of(cli.serve()).contains("took over"), "because somebody said so");
}

/// SQLite keeps the latest changes in a file of its own.
#[test]
fn a_copy_without_its_latest_changes_is_for_a_person_to_decide() {
    let cli = Cli::new();
    let old = RealPocketId::unpack(&cli.path("data"));
    let cli = cli.with("ENCRYPTION_KEY", old.key());
    fs::remove_file(cli.path("data/pocket-id.db-wal")).unwrap();
    fs::remove_file(cli.path("data/pocket-id.db-shm")).unwrap();
    assert_refused(&cli, &["its write-ahead log is missing", "pocketid import data --yes"]);
}

/// As in Pocket ID's own instructions, and under another name.
#[test]
fn a_database_that_the_settings_name_stays_pocket_ids() {
    for name in ["pocket-id.db", "id.db"] {
        let cli = beside(&PocketId::new());
        fs::rename(cli.path("data/pocket-id.db"), cli.path("data").join(name)).unwrap();
        let address = format!("file:data/{name}?_pragma=journal_mode(WAL)");
        let cli = cli.with("DB_CONNECTION_STRING", &address);
        let before = files(&cli.path("data"));

        log_of(cli.serve());

        assert_eq!(files(&cli.path("data")), before);
        assert_eq!(usernames(&cli), ["alice", "bob"], "commands find it, too");
        assert!(cli.path("data/pocketid.db").exists());
    }
}

#[test]
fn pictures_come_from_the_folder_that_the_settings_name() {
    let cli = beside(&PocketId::new());
    fs::rename(cli.path("data/uploads"), cli.path("files")).unwrap();
    let log = log_of(cli.with("UPLOAD_PATH", "files").serve());
    assert!(log.contains("4 pictures"), "{log}");
    assert!(!log.contains("UPLOAD_PATH is set"), "{log}");
}

/// Nothing is written, and no empty installation stands open.
#[track_caller]
fn assert_refused(cli: &Cli, words: &[&str]) {
    let before = files(&cli.path("data"));
    let ran = cli.run("serve --listen 127.0.0.1:0");
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    for word in words.iter().chain(&["hint: ", "POCKETID_IMPORT=off"]) {
        assert!(ran.stderr.contains(word), "{word}: {}", ran.stderr);
    }
    assert_eq!(files(&cli.path("data")), before);
    assert!(!cli.path("data/pocketid.db").exists());
}

#[test]
fn without_the_right_key_nothing_begins() {
    let wrong = beside(&PocketId::new()).with("ENCRYPTION_KEY", "a key of somebody else entirely");
    assert_refused(&wrong, &["set ENCRYPTION_KEY to the value that Pocket ID had"]);
    let placeholder = beside(&PocketId::new()).with("ENCRYPTION_KEY", "CHANGEME");
    assert_refused(&placeholder, &["set ENCRYPTION_KEY to the value that Pocket ID had"]);
}

#[test]
fn accounts_that_cannot_come_over_as_they_are_are_for_a_person_to_decide() {
    let mut old = PocketId::new();
    let twin = "99999999-9999-4999-8999-999999999999";
    old.add("users", &json!({ "id": twin, "username": "ALICE", "email": "twin@example.com" }));
    let cli = beside(&old);
    assert_refused(&cli, &["user ALICE: ", "pocketid import data --yes"]);

    cli.run("import data --yes").expect_success();
    log_of(cli.serve());
    assert_eq!(usernames(&cli), ["alice", "bob"]);
}

#[test]
fn a_damaged_or_unfinished_database_stops_the_start() {
    let cli = beside(&PocketId::new());
    let change = |sql: &str| {
        let database = rusqlite::Connection::open(cli.path("data/pocket-id.db")).unwrap();
        database.execute_batch(sql).unwrap();
    };
    change("UPDATE schema_migrations SET dirty = 1");
    assert_refused(&cli, &["was interrupted while it upgraded"]);
    change("UPDATE schema_migrations SET dirty = 0; ALTER TABLE users RENAME TO people");
    fs::write(cli.path("data/pocket-id.db"), "not a database at all").unwrap();
    assert_refused(&cli, &["pocket-id.db"]);
}

#[test]
fn who_wants_an_empty_one_says_so_and_strangers_need_the_code() {
    let cli = beside(&PocketId::new()).with("POCKETID_IMPORT", "off");
    let log = log_of(cli.serve());
    assert!(
        log.contains("there is no administrator yet: /setup asks for the set-up code"),
        "{log}"
    );
    assert_eq!(usernames(&cli), [""; 0]);
    let other = beside(&PocketId::new()).with("POCKETID_IMPORT", "off");
    fs::rename(other.path("data/pocket-id.db"), other.path("data/id.db")).unwrap();
    fs::remove_dir_all(other.path("data/uploads")).unwrap();
    let log = log_of(other.with("DB_CONNECTION_STRING", "data/id.db").serve());
    assert!(
        log.contains("there is no administrator yet: /setup asks for the set-up code"),
        "{log}"
    );

    // Nothing has begun in it, so it may still come over.
    log_of(cli.with("POCKETID_IMPORT", "on").serve());
}

#[test]
fn a_pocket_id_that_nobody_has_set_up_has_nothing_to_bring() {
    let mut old = PocketId::new();
    let tables = old.document["tables"].as_object_mut().unwrap();
    tables.retain(|name, _| name == "kv");
    let cli = beside(&old);
    let log = log_of(cli.serve());
    assert!(log.contains("/setup asks for the set-up code"), "{log}");
}

#[test]
fn a_server_that_is_killed_takes_over_all_or_nothing() {
    let old = PocketId::new();
    let database = old.data_folder().join("pocket-id.db");
    complete(&database);
    for attempt in 0..20_u64 {
        let cli = Cli::new().with("ENCRYPTION_KEY", ENCRYPTION_KEY);
        fs::create_dir(cli.path("data")).unwrap();
        fs::copy(&database, cli.path("data/pocket-id.db")).unwrap();
        let mut child = cli.spawn("serve --listen 127.0.0.1:0");
        // It takes some 30 ms, of which the writing is the smaller part.
        std::thread::sleep(Duration::from_millis(3 * attempt));
        child.kill().unwrap();
        child.wait().unwrap();
        if cli.path("data/pocketid.db").exists() {
            let there = cli.run("user list -o json");
            let there = if there.code == Some(0) { usernames(&cli) } else { Vec::new() };
            assert!(there.is_empty() || there == ["alice", "bob"], "{there:?}");
        }
        log_of(cli.serve());
        assert_eq!(usernames(&cli), ["alice", "bob"]);
    }
}

#[test]
fn the_passkeys_of_a_real_pocket_id_sign_in_and_its_clients_go_on() {
    let port = free_port();
    let base_url = format!("http://localhost:{port}");
    let cli = Cli::new().with("APP_URL", &base_url);
    let old = RealPocketId::unpack(&cli.path("data"));
    let cli = cli.with("ENCRYPTION_KEY", old.key());
    let before = files(&cli.path("data"));

    let server = cli.serve_at(port);
    old.everybody_signs_in(&base_url);
    log_of(server);

    let differs: Vec<_> = files(&cli.path("data"))
        .into_iter()
        .filter(|(path, bytes)| before.get(path) != Some(bytes))
        .map(|(path, _)| path.file_name().unwrap().to_owned())
        .collect();
    // SQLite notes the readers of a database in this file, which it makes anew.
    assert!(differs.iter().all(|name| name == "pocket-id.db-shm"), "{differs:?}");
    assert_eq!(usernames(&cli), ["alice", "bob", "carol", "dave", "erin"]);
}

/// The tables of both have the same names, and fit into one database.
#[test]
fn on_postgresql_the_tables_of_pocket_id_stay_beside_ours() {
    let old = PocketId::new();
    let (address, export) = (postgres::new_database(), old.archive());
    old.fill_server(&address);
    let cli = Cli::new().with("DB_CONNECTION_STRING", &address);
    fs::create_dir(cli.path("data")).unwrap();
    fs::rename(old.data_folder().join("uploads"), cli.path("data/uploads")).unwrap();
    let cli = cli.with("ENCRYPTION_KEY", "a key of somebody else entirely");
    let ran = cli.run("serve --listen 127.0.0.1:0");
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(ran.stderr.contains("set ENCRYPTION_KEY to the value that Pocket ID had"));
    let mut client = postgres::connect(&address);
    let ours = "SELECT to_regnamespace('pocketid') IS NOT NULL";
    let early = cli.run("user add mallory");
    assert_eq!(early.code, Some(3), "a new database would hide the old data: {}", early.stderr);
    assert!(early.stderr.contains("hint: start the server, which takes over its data"));
    assert!(!client.query_one(ours, &[]).unwrap().get::<_, bool>(0), "nothing is made");

    let cli = cli.with("ENCRYPTION_KEY", ENCRYPTION_KEY);
    let logs = std::thread::scope(|scope| {
        let starts = [0; 2].map(|_| scope.spawn(|| log_of(cli.serve())));
        starts.map(|start| start.join().unwrap())
    });
    assert_eq!(logs.iter().filter(|log| log.contains("took over the data of")).count(), 1);
    let told = |cli: &Cli| {
        [
            "user list",
            "client list",
            "client show web",
            "passkey list alice",
            "api list",
            "audit list",
        ]
        .map(|line| cli.run(&format!("{line} -o json")).json())
    };
    let imported = Cli::new().with("ENCRYPTION_KEY", ENCRYPTION_KEY);
    imported.run_args(&["import", export.to_str().unwrap(), "--yes"]).expect_success();
    assert_eq!(told(&cli)[..5], told(&imported)[..5], "as from an export");
    let theirs = client.query_one("SELECT COUNT(*) FROM public.users", &[]).unwrap();
    assert_eq!(theirs.get::<_, i64>(0), 2);
    assert!(!log_of(cli.serve()).contains("took over"));
}
