//! A database that does not keep its writes: no write is acknowledged, and the fault is reported.

use std::io::Write as _;

use crate::support::{cli::Cli, server::Server};

/// Stores a ceremony.
const WRITE: &str = "GET /api/webauthn/login/start HTTP/1.1";
const HEALTH: &str = "GET /healthz HTTP/1.1";

fn serve(cli: &Cli) -> Server {
    let server = cli.serve();
    assert_eq!((server.status(WRITE), server.status(HEALTH)), (200, 204));
    server
}

fn ceremonies(cli: &Cli) -> i64 {
    cli.database().query_row("SELECT COUNT(*) FROM ceremonies", [], |row| row.get(0)).unwrap()
}

/// Writes to a file that is not the database any more are lost with the next start.
#[test]
fn a_database_file_that_was_moved_or_replaced_acknowledges_no_write() {
    let cli = Cli::new();
    let server = serve(&cli);
    let (file, aside) = (cli.path("data/pocketid.db"), cli.path("aside.db"));

    std::fs::rename(&file, &aside).unwrap();
    assert_eq!((server.status(WRITE), server.status(HEALTH)), (503, 503), "moved");
    std::fs::copy(&aside, &file).unwrap();
    assert_eq!((server.status(WRITE), server.status(HEALTH)), (503, 503), "replaced");
    // A page that only reads would show old data.
    assert_eq!(server.status("GET /setup HTTP/1.1"), 503);

    std::fs::rename(&aside, &file).unwrap();
    server.wait_for_status(HEALTH, 204);
    assert_eq!(server.status(WRITE), 200);
    server.signal("TERM");
    let (_, log) = server.wait();

    assert_eq!(ceremonies(&cli), 2, "each that was acknowledged, and no other");
    let told = "the file data/pocketid.db was moved, removed or replaced while it was open";
    assert!(log.contains(told), "{log}");
}

#[test]
fn a_log_of_the_database_that_was_removed_acknowledges_no_write() {
    let cli = Cli::new();
    let server = serve(&cli);

    std::fs::remove_file(cli.path("data/pocketid.db-wal")).unwrap();

    assert_eq!((server.status(WRITE), server.status(HEALTH)), (503, 503));
}

/// These commands replace the contents of the file, in ways of their own.
#[test]
fn what_commands_replace_is_not_taken_for_another_file() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.run("backup one.zip").expect_success();
    cli.write("new.key", "another encryption key for tests");
    cli.run("restore one.zip --yes").expect_success();
    let server = serve(&cli);

    cli.run("backup two.zip").expect_success();
    cli.run("user add bob").expect_success();
    cli.database().execute_batch("PRAGMA wal_checkpoint(TRUNCATE); VACUUM").unwrap();

    assert_eq!((server.status(WRITE), server.status(HEALTH)), (200, 204));
}

#[test]
fn a_full_disk_is_an_outage_until_there_is_room() {
    let cli = Cli::new().with("DISABLE_RATE_LIMITING", "true");
    let server = cli.serve_on_disk_of("3m");
    assert_eq!((server.status(WRITE), server.status(HEALTH)), (200, 204));
    let filler = server.its(&cli.path("data/filler"));
    let mut file = std::fs::File::create(&filler).unwrap();
    while file.write_all(&[0; 4_096]).is_ok() {}

    // The log has some room of its own.
    server.wait_for_status(WRITE, 503);
    // Long enough for the server to look by itself, which it does twice a second.
    for _ in 0..30 {
        assert_eq!(server.status(HEALTH), 503);
        std::thread::sleep(std::time::Duration::from_millis(50));
    }

    drop(file);
    std::fs::remove_file(filler).unwrap();
    server.wait_for_status(HEALTH, 204);
    assert_eq!(server.status(WRITE), 200);
    server.signal("TERM");
    let (_, log) = server.wait();
    assert!(log.contains("cannot write to the database: the disk is full"), "{log}");
    assert!(log.contains("the database is writable again"), "{log}");
}

#[test]
fn a_damaged_file_is_an_outage() {
    let cli = Cli::new();
    let server = serve(&cli);
    // The server reads the pages anew, since another program has written them.
    let other = cli.database();
    other.execute_batch("DELETE FROM ceremonies; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop(other);
    let length = std::fs::metadata(cli.path("data/pocketid.db")).unwrap().len();
    let mut garbage = std::fs::read(cli.path("data/pocketid.db")).unwrap();
    garbage[4_096..].fill(0xaa);
    assert!(length > 100_000);
    std::fs::write(cli.path("data/pocketid.db"), garbage).unwrap();

    assert_eq!(server.status(WRITE), 503);
    server.wait_for_status(HEALTH, 503);
}
