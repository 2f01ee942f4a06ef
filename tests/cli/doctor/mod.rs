//! `pocketid doctor`: each check finds its fault, and says how to mend it.

mod proxy;
mod service;
mod settings;
mod ssh;
mod storage;

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
};

use serde_json::Value;

use crate::support::{
    cli::{Cli, Ran},
    ports::free_port,
    postgres,
    server::Server,
};

/// An installation in which all is well, and its server.
fn healthy() -> (Cli, Server) {
    let port = free_port();
    let cli = Cli::new()
        .with("APP_URL", &format!("http://localhost:{port}"))
        .with("PORT", &port.to_string());
    cli.run("user add alice --admin").expect_success();
    give_passkey(&cli);
    let server = cli.serve_at(port);
    (cli, server)
}

/// A database without a server.
fn idle() -> Cli {
    let cli = Cli::new();
    cli.run("user add alice --admin").expect_success();
    cli
}

fn give_passkey(cli: &Cli) {
    let passkey = "
        INSERT INTO passkeys (id, user_id, name, credential_id, public_key, transports, sign_count,
                              backup_eligible, backup_state, created_at)
        SELECT id, id, 'key', x'01', x'01', '', 0, 0, 0, 0 FROM users";
    cli.database().execute(passkey, []).unwrap();
}

/// The findings of `doctor --offline`.
fn offline(cli: &Cli) -> Value {
    findings(&cli.run("doctor --offline -o json"))
}

#[track_caller]
fn findings(ran: &Ran) -> Value {
    let found: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let is_problem = found["status"] == "problem";
    assert_eq!(ran.code, Some(i32::from(is_problem)), "{found}\n{}", ran.stderr);
    found
}

/// Expects a finding, and a mend with these words in it.
#[track_caller]
fn expect(found: &Value, check: &str, status: &str, finding: &str, mend: &str) {
    let all = found["findings"].as_array().unwrap();
    let is_it = |one: &&Value| {
        let text = |name: &str| one[name].as_str().unwrap_or_default();
        text("check") == check
            && text("status") == status
            && text("finding").contains(finding)
            && text("mend").contains(mend)
    };
    assert!(all.iter().any(|one| is_it(&one)), "{check}: {finding}\n{found:#}");
}

/// Something that answers every request alike.
fn impostor(answer: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut request = [0; 4_096];
            drop(stream.read(&mut request));
            drop(stream.write_all(answer.as_bytes()));
        }
    });
    port
}

#[test]
fn where_all_is_well_it_says_so() {
    let (cli, _server) = healthy();

    let text = cli.run("doctor").ok();

    assert!(text.lines().count() >= 13, "{text}");
    assert!(text.lines().all(|line| line.starts_with("ok\t")), "{text}");
    assert!(text.contains("leads to this installation"), "{text}");
    let found = findings(&cli.run("doctor -o json"));
    assert_eq!(found["status"], "ok");
    let seen = cli.run_on_terminal("doctor", "");
    assert_eq!(seen.code, Some(0), "{}", seen.stdout);
    assert!(seen.stdout.contains(" fine, 0 warnings, 0 problems"), "{}", seen.stdout);
}

#[test]
fn it_changes_nothing_and_makes_nothing() {
    let cli = Cli::new();
    expect(&offline(&cli), "database", "warning", "there is no database at", "start the server");
    assert!(!cli.path("data").exists());

    let (cli, _server) = healthy();
    let log = cli.audit_log();
    cli.run("doctor").expect_success();
    assert_eq!(cli.audit_log(), log);
}

#[test]
fn warnings_alone_are_no_failure_and_problems_are_counted() {
    let cli = idle();
    give_passkey(&cli);
    let found = offline(&cli);
    assert_eq!(found["status"], "warning", "{found:#}");

    cli.database().execute("DELETE FROM passkeys", []).unwrap();
    let ran = cli.run("doctor --offline");
    assert_eq!(ran.code, Some(1));
    let end = "error: there is a problem\nhint: fix the problems as shown above,";
    assert!(ran.stderr.starts_with(end), "{}", ran.stderr);
}

#[test]
fn on_a_terminal_each_finding_has_a_sign_and_a_sum_is_last() {
    let cli = idle().with("LANG", "en_GB.UTF-8");

    let seen = cli.run_on_terminal("doctor --offline --color never", "");

    assert_eq!(seen.code, Some(1));
    let lines: Vec<_> = seen.stdout.lines().collect();
    assert!(lines[0].starts_with("✓  settings  "), "{}", seen.stdout);
    assert!(lines.iter().any(|line| line.starts_with("!  ")), "{}", seen.stdout);
    assert!(lines.iter().any(|line| line.starts_with("✗  administrators  ")), "{}", seen.stdout);
    let (sum, end) = (lines[lines.len() - 2], lines[lines.len() - 1]);
    let numbers: Vec<usize> = sum.split([' ', ':']).filter_map(|word| word.parse().ok()).collect();
    assert_eq!(numbers[0], numbers[1..].iter().sum::<usize>(), "{sum}");
    assert!(sum.ends_with(", 1 problem"), "{sum}");
    assert_eq!(end, "Fix the problems as shown above, and run it again.");

    let plain = idle().run_on_terminal("doctor --offline --color never", "").stdout;
    assert!(plain.starts_with("ok       settings  "), "{plain}");
    assert!(!plain.contains(['✓', '✗', '→']), "{plain}");
}

#[test]
fn on_postgres_it_looks_at_the_same() {
    let port = free_port();
    let cli = Cli::new()
        .with("APP_URL", &format!("http://localhost:{port}"))
        .with("PORT", &port.to_string())
        .with("ENCRYPTION_KEY", "a key of sixteen bytes")
        .with("DB_CONNECTION_STRING", &postgres::new_database());
    expect(&offline(&cli), "database", "warning", "the schema has version 0", "start the server");
    cli.run("user add alice --admin").expect_success();
    let _server = cli.serve_at(port);
    let found = findings(&cli.run("doctor -o json"));
    expect(&found, "database", "ok", "PostgreSQL", "");
    expect(&found, "reachable", "ok", "leads to this installation", "");
    expect(&found, "administrators", "problem", "no administrator has a passkey", "recover alice");

    let cli = cli.with("ENCRYPTION_KEY", "");
    expect(&offline(&cli), "encryption key", "problem", "ENCRYPTION_KEY is not set", "openssl");
    let cli = cli.with("DB_CONNECTION_STRING", "postgres://nobody@127.0.0.1:1/none");
    expect(&offline(&cli), "database", "problem", "cannot reach the database", "running");
}
