//! Databases that cannot be used: told apart, left as they are, with a way on.

use std::{
    io::{Read as _, Write as _},
    os::unix::fs::PermissionsExt,
    time::Duration,
};

use pocketid::store::schema::Schema;
use rusqlite::Connection;

use crate::support::cli::Cli;

#[test]
fn the_data_folder_is_made_for_its_owner_only() {
    let cli = Cli::new().with("DB_CONNECTION_STRING", "a/b/pocketid.db");

    cli.run("user add alice").expect_success();

    for folder in ["a", "a/b"] {
        let mode = std::fs::metadata(cli.path(folder)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{folder}");
    }
}

#[test]
fn a_database_of_a_newer_version_is_left_alone() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.database().pragma_update(None, "user_version", 99).unwrap();

    for line in ["user list", "user add bob", "serve --listen 127.0.0.1:0"] {
        cli.run(line).refused(
            4,
            &[
                &format!(
                    "error: cannot use the database: its schema version 99 is newer than {}, the \
                     newest that this program supports",
                    Schema::NEWEST
                ),
                "hint: upgrade pocketid: a newer version has used this database; nothing was \
                 changed. Or go back to the data from before the upgrade, which was kept: pocketid \
                 rollback",
            ],
        );
    }
}

#[test]
fn what_we_did_not_make_is_left_alone() {
    let cli = Cli::new().with("DB_CONNECTION_STRING", "their.db");
    let another = "hint: set DB_CONNECTION_STRING to the database of pocketid, or to a file that \
                   does not exist yet";

    cli.write("their.db", "Dear diary, this is a text and no database at all.".repeat(100));
    cli.run("user list").refused(4, &["error: cannot use their.db: it is not a database", another]);

    std::fs::remove_file(cli.path("their.db")).unwrap();
    let database = Connection::open(cli.path("their.db")).unwrap();
    database.execute_batch("CREATE TABLE photos (x)").unwrap();
    cli.run("user list")
        .refused(4, &["error: cannot use their.db: it is a database of another program", another]);

    database.execute_batch("CREATE TABLE schema_migrations (version)").unwrap();
    cli.run("user add alice").refused(
        4,
        &[
            "error: cannot use their.db: it is a database of Pocket ID",
            "hint: set DB_CONNECTION_STRING to another file, and import this one: pocketid import \
             FOLDER",
        ],
    );
    let tables = "SELECT COUNT(*) FROM sqlite_schema";
    let count: i64 = database.query_row(tables, [], |row| row.get(0)).unwrap();
    assert_eq!(count, 2);
}

/// An empty provider would be opened there, as if all accounts were gone.
#[test]
fn in_the_folder_of_a_pocket_id_no_database_is_made() {
    let cli = Cli::new();
    std::fs::create_dir(cli.path("data")).unwrap();
    cli.write("data/pocket-id.db", "");
    for line in ["setup --username alice", "user add alice"] {
        cli.run(line).refused(
            3,
            &[
                "error: there is no database at data/pocketid.db, but one of Pocket ID at \
                 data/pocket-id.db",
                "hint: start the server, which takes over its data: pocketid serve",
                "hint: to start with an empty database instead, set POCKETID_IMPORT=off",
            ],
        );
    }
    cli.run("serve --listen 127.0.0.1:0").refused(
        3,
        &[
            "error: cannot take over the data of Pocket ID in data/pocket-id.db: data/pocket-id.db is \
             not a database of Pocket ID: it has no table schema_migrations",
            "hint: start Pocket ID again, which has lost nothing, and please report this",
            "hint: to start with an empty database instead, set POCKETID_IMPORT=off",
        ],
    );
    assert!(!cli.path("data/pocketid.db").exists());
}

/// The volume is not mounted, or the folder is another one: the set-up must not be open to strangers.
#[test]
fn a_new_database_beside_traces_of_an_earlier_one_asks_for_the_code() {
    const PAGE: &str = "GET /setup HTTP/1.1";
    let cli = Cli::new();
    let server = cli.serve();
    assert!(!server.request(PAGE).contains("setupCode"), "the flow of the tutorial");
    server.signal("TERM");
    let (_, log) = server.wait();
    assert!(log.contains("\"message\":\"created a new database\""), "{log}");
    let database = cli.path("data/pocketid.db");
    std::fs::write(&database, "").unwrap();
    drop(std::fs::remove_file(cli.path("data/pocketid.db-wal")));
    let server = cli.serve();
    assert!(server.request(PAGE).contains("setupCode"), "an emptied file is no new one");
    drop(server);
    std::fs::remove_file(&database).unwrap();

    for _ in 0..2 {
        let server = cli.serve();
        assert!(server.request(PAGE).contains("setupCode"));
        let code = cli.run("setup --code").ok();
        server.signal("TERM");
        let (_, log) = server.wait();
        let told = format!("/setup asks for the set-up code {}", code.trim());
        assert!(log.contains(&told), "{log}");
    }
    cli.run("setup --username alice").expect_success();
    cli.run("setup --code").expect_failure(1);
}

/// An administrator may take the log for rubbish after a crash. Without the first account, the set-up would
/// be open.
#[test]
fn the_first_start_and_the_first_account_are_in_the_file_itself() {
    let cli = Cli::new().with("SETUP_CODE", "off");
    let server = cli.serve();
    let body = r#"{"username":"alice","email":"alice@example.com","firstName":"Alice"}"#;
    let mut stream = server.connect();
    let head = "POST /api/signup/setup HTTP/1.1\r\nHost: localhost\r\nConnection: close";
    let length = body.len();
    let json = format!("Content-Type: application/json\r\nContent-Length: {length}");
    write!(stream, "{head}\r\n{json}\r\n\r\n{body}").unwrap();
    let mut set_up = String::new();
    stream.read_to_string(&mut set_up).unwrap();
    assert!(set_up.starts_with("HTTP/1.1 200"), "{set_up}");
    server.signal("KILL");
    drop(server);
    std::fs::remove_file(cli.path("data/pocketid.db-wal")).unwrap();
    std::fs::remove_file(cli.path("data/pocketid.db-shm")).unwrap();

    assert!(cli.run("user list").ok().starts_with("alice"));
}

/// An address under a name that means nothing: the new database is not the one that is meant.
#[test]
fn where_another_database_may_be_meant_a_stranger_cannot_set_up_the_new_one() {
    for (name, value) in [
        ("DATABASE_URL", "postgres://me:hunter2@db.example.com/id"),
        ("MY_DATABASE", "POSTGRESQL://me:hunter2@db.example.com/id"),
        ("DB_CONNECTION_STRING", ""),
    ] {
        let cli = Cli::new().with(name, value);
        let server = cli.serve();
        let page = server.request("GET /setup HTTP/1.1");
        server.signal("TERM");
        let (_, log) = server.wait();
        assert!(page.contains("setupCode"), "{name}: {page}");
        assert!(
            log.contains("created a new, empty database, although DB_CONNECTION_STRING"),
            "{log}"
        );
        assert!(log.contains(name) && !log.contains("hunter2"), "{log}");
    }
    for (name, value) in [
        ("DB_CONNECTION_STRING_FIEL", "/run/secrets/hunter2"),
        ("DB_CONNECTION_STRING", "data/${hunter2}.db"),
    ] {
        let ran = Cli::new().with(name, value).run("serve --listen 127.0.0.1:0");
        assert_eq!(ran.code, Some(3), "{}", ran.stderr);
        assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let cli = Cli::new();
    std::fs::create_dir(cli.path("data")).unwrap();
    std::fs::set_permissions(cli.path("data"), PermissionsExt::from_mode(0o555)).unwrap();

    cli.run_bound_by_modes("user add alice").refused(
        4,
        &[
            "error: cannot open the database data/pocketid.db: Permission denied (os error 13)",
            "hint: this user must be able to read and write the file in DB_CONNECTION_STRING and \
             its folder",
        ],
    );
}

#[test]
fn a_database_that_cannot_be_written_is_told() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    for (name, mode) in [("data/pocketid.db", 0o444), ("data", 0o555)] {
        std::fs::set_permissions(cli.path(name), PermissionsExt::from_mode(mode)).unwrap();
    }

    cli.run_bound_by_modes("user add bob").refused(
        4,
        &[
            "error: cannot write to the database: it is read-only",
            "hint: this user must be able to write the file and its folder; run the command as \
             the user of the server",
        ],
    );
}

/// In a wrong folder an empty database would only hide the mistake.
#[test]
fn a_command_that_needs_something_to_be_there_makes_no_database() {
    let cli = Cli::new();
    for line in [
        "user list",
        "user show alice",
        "group list",
        "group assign staff alice",
        "client list",
        "client show app",
        "client delete app --yes",
        "recover alice",
    ] {
        cli.run(line).refused(
            4,
            &[
                "error: there is no database at data/pocketid.db",
                "hint: run the command in the server's folder, or set DB_CONNECTION_STRING as for \
                 the server",
            ],
        );
    }
    assert!(!cli.path("data").exists());
}

#[test]
fn a_place_that_is_no_folder_is_named() {
    let cli = Cli::new().with("DB_CONNECTION_STRING", "file/pocketid.db");
    cli.write("file", "");

    cli.run("user add alice").refused(
        4,
        &[
            "error: cannot create the data folder file: File exists (os error 17)",
            "hint: create it yourself, or set DB_CONNECTION_STRING to a file in another folder",
        ],
    );
}

#[test]
fn reading_does_not_wait_for_who_writes_and_writing_gives_up() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    let database = cli.database();
    database.busy_timeout(Duration::ZERO).unwrap();
    database.execute_batch("BEGIN IMMEDIATE").unwrap();

    // That it waits neither at its start nor at its end would show as a time; what shows here is
    // that it answers at all while the lock is held.
    cli.run("user list").expect(0, "alice\talice\t\tuser\tenabled\t0\tnever\n", "");
    cli.run("user add bob").refused(
        4,
        &[
            "error: cannot use the database: another process is writing to it",
            "hint: try again in a moment; if it keeps failing, another program holds the file open",
        ],
    );

    database.execute_batch("ROLLBACK").unwrap();
    cli.run("user add bob").expect_success();
}

#[test]
fn reading_leaves_the_files_as_they_are() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    // As of a running server: written, and not yet moved into the database file.
    let server = cli.database();
    server.execute("UPDATE users SET display_name = 'Al'", []).unwrap();
    let size = || std::fs::metadata(cli.path("data/pocketid.db-wal")).unwrap().len();
    let before = size();

    cli.run("user list").expect(0, "alice\tAl\t\tuser\tenabled\t0\tnever\n", "");

    assert_eq!(size(), before);
    assert_ne!(before, 0);
}

/// On a disk of a megabyte, in a mount of its own.
#[test]
fn a_full_disk_is_told_and_works_again_when_there_is_room() {
    let cli = Cli::new();
    std::fs::create_dir(cli.path("data")).unwrap();

    let ran = cli.script(
        "mount -t tmpfs -o size=1600k none data
         $P user add first >/dev/null
         dd if=/dev/zero of=data/filler bs=1k count=10000 2>/dev/null
         $P user add second
         echo $?
         rm data/filler
         $P user add third >/dev/null
         $P user list | cut -f 1",
    );

    ran.expect(
        0,
        "4\nfirst\nthird\n",
        "error: cannot write to the database: the disk is full\n\
         hint: free some disk space, and try again\n",
    );
}

/// Else it would be opened without what the variable says: another database, or another key.
#[test]
fn a_variable_that_is_not_text_is_a_fault_and_not_printed() {
    let cli = Cli::new();
    for name in ["DB_CONNECTION_STRING", "ENCRYPTION_KEY", "ENCRYPTION_KEY_FILE", "SMTP_PASSWORD"] {
        let ran =
            cli.shell(&format!("export {name}=$(printf 'hunter2\\377'); exec pocketid user list"));
        assert_eq!(ran.code, Some(3), "{name}: {}", ran.stderr);
        let told = name.trim_end_matches("_FILE");
        assert!(ran.stderr.contains(told) && ran.stderr.contains("\nhint: "), "{}", ran.stderr);
        assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
    }
    cli.shell("export OTHER=$(printf 'x\\377'); exec pocketid user add alice").expect_success();
}
