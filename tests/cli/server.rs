//! `pocketid serve` and `pocketid healthcheck`, and commands beside a running server.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
};

use crate::support::cli::Cli;

#[test]
fn commands_work_beside_a_running_server_which_sees_what_they_do() {
    let cli = Cli::new();
    let server = cli.serve();

    cli.run("user add alice").expect_success();
    let made = cli.run("recover alice").ok();
    let code = made.lines().nth(1).unwrap();
    let answer = server.request(&format!("POST /api/one-time-access-token/{code} HTTP/1.1"));
    let again = server.request(&format!("POST /api/one-time-access-token/{code} HTTP/1.1"));

    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains("\"username\":\"alice\""), "{answer}");
    assert!(again.starts_with("HTTP/1.1 401 "), "{again}");
}

#[test]
fn a_server_that_is_well_says_so_in_silence() {
    let cli = Cli::new();
    let server = cli.serve();
    let address = server.address();

    cli.run(&format!("healthcheck --endpoint http://{address}")).expect(0, "", "");
    let beside = Cli::new().with("POCKETID_LISTEN", &address.to_string());
    beside.run("healthcheck").expect(0, "", "");
    let port = Cli::new().with("PORT", &address.port().to_string());
    port.run("healthcheck").expect(0, "", "");

    server.signal("TERM");
    assert_eq!(server.wait().0, Some(0));
    cli.run(&format!("healthcheck --endpoint http://{address}")).refused(
        1,
        &[
            &format!("error: cannot reach http://{address}: Connection refused (os error 111)"),
            "hint: is `pocketid serve` running there? --endpoint names another address",
        ],
    );
}

#[test]
fn a_server_that_is_not_well_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 1_024];
        assert_ne!(stream.read(&mut request).unwrap(), 0);
        write!(stream, "HTTP/1.1 503 Sorry\r\nContent-Length: 0\r\n\r\n").unwrap();
    });

    let checked = Cli::new().run(&format!("healthcheck -e http://{address}"));

    assert_eq!(checked.code, Some(1));
    let told = format!("error: cannot confirm that http://{address} is healthy: it answered 503\n");
    assert!(checked.stderr.starts_with(&told), "{}", checked.stderr);
}

#[test]
fn the_log_tells_where_it_listens_and_what_to_do_next() {
    let cli = Cli::new().with("UNIX_SOCKET", "/run/x");
    let server = cli.serve();
    server.signal("INT");
    let (code, log) = server.wait();

    assert_eq!(code, Some(0));
    for told in [
        "UNIX_SOCKET is set, but this version ignores it",
        "\"app_url\":\"https://id.example.com\"",
        "there is no administrator yet: open https://id.example.com/setup or run: pocketid setup",
        "generated a key in this file; back it up with the database",
        "\"message\":\"stopped\"",
    ] {
        assert!(log.contains(told), "{told} is missing:\n{log}");
    }
    assert!(!log.contains("passkeys do not work"), "{log}");
}

#[test]
fn an_address_without_passkeys_is_told() {
    let cli = Cli::new().with("APP_URL", "http://192.0.2.1:1411");
    cli.run("user add alice --admin").expect_success();
    let server = cli.serve();
    server.signal("TERM");
    let (_, log) = server.wait();

    assert!(log.contains("passkeys do not work at http://192.0.2.1:1411"), "{log}");
    assert!(!log.contains("there is no administrator yet"), "{log}");
}

/// Where there are accounts, the set-up page creates no administrator.
#[test]
fn where_there_are_accounts_the_terminal_is_the_way_to_an_administrator() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    let server = cli.serve();
    server.signal("TERM");
    let (_, log) = server.wait();

    assert!(log.contains("there is no administrator yet: run: pocketid setup"), "{log}");
}

#[test]
fn a_port_that_app_url_does_not_name_is_told() {
    let cli = Cli::new().with("APP_URL", "http://localhost:1411");
    let server = cli.serve();
    let port = server.address().port();
    server.signal("TERM");
    let (_, log) = server.wait();

    let told = format!(
        "links lead to http://localhost:1411, but the server listens at port {port}: set APP_URL"
    );
    assert!(log.contains(&told), "{log}");
}

#[test]
fn the_first_signal_waits_for_a_running_request_and_the_second_does_not() {
    let cli = Cli::new();
    let mut server = cli.serve();
    let mut stream = server.connect();
    write!(
        stream,
        "POST /api/signup/setup HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         Content-Length: 10\r\nExpect: 100-continue\r\n\r\n"
    )
    .unwrap();
    // The answer to `Expect` proves that the request is being handled.
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100");

    server.signal("TERM");
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert!(!server.has_ended(), "the request is not answered yet");
    server.signal("TERM");

    let (code, log) = server.wait();
    assert_eq!(code, Some(1));
    assert!(log.contains("stopping at once"), "{log}");
}

#[test]
fn an_address_in_use_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let cli = Cli::new().with("LOG_LEVEL", "error");

    cli.run(&format!("serve --listen {address}")).refused(
        1,
        &[
            &format!("error: cannot listen at {address}: Address already in use (os error 98)"),
            "hint: another program is using that port; stop it, or choose another PORT or --listen",
        ],
    );
}

#[test]
fn a_key_that_is_not_that_of_the_database_is_a_wrong_setting() {
    let cli = Cli::new();
    drop(cli.serve());
    let cli = cli.with("LOG_LEVEL", "error");
    let serve = "serve --listen 127.0.0.1:0";
    let for_good = "hint: if the key is lost for good, continue without it: pocketid \
                    rotate-encryption-key --lost-key";

    std::fs::rename(cli.path("data/encryption.key"), cli.path("data/kept")).unwrap();
    cli.run(serve).refused(
        3,
        &[
            "error: cannot decrypt the secrets in the database: ENCRYPTION_KEY is not set, or \
             still CHANGEME, and data/encryption.key is missing",
            "hint: restore the file from a backup, or set ENCRYPTION_KEY to the key that was used \
             before",
            for_good,
        ],
    );
    cli.with("ENCRYPTION_KEY", "a key of sixteen bytes or more").run(serve).refused(
        3,
        &[
            "error: cannot decrypt the secrets in the database: they were encrypted with another \
             key than the one in ENCRYPTION_KEY",
            "hint: check it, and DB_CONNECTION_STRING. Look for the key that was used before: in \
             the environment and the .env of the server, in backups, or, after an import, in \
             encryption.key beside the database, which is used when ENCRYPTION_KEY is not set",
            for_good,
        ],
    );
}

#[test]
fn a_second_server_on_the_same_file_is_refused() {
    let cli = Cli::new();
    let first = cli.serve();

    cli.run("serve --listen 127.0.0.1:0").refused(
        1,
        &[
            "error: cannot serve data/pocketid.db: another server is using it",
            "hint: stop the other server first, or give this one a file of its own with \
             DB_CONNECTION_STRING; commands work beside a server",
        ],
    );

    first.signal("KILL");
    first.wait();
    cli.serve();
}
