//! `pocketid recover`, and the command of Pocket ID that it follows.

use serde_json::json;

use crate::support::cli::{Cli, redact};

#[test]
fn a_link_its_code_and_their_end_are_printed() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();

    let made = cli.run("recover ALICE").ok();

    let code = made.lines().nth(1).unwrap();
    assert_eq!(made.lines().next().unwrap(), format!("https://id.example.com/lc/{code}"));
    assert_eq!(code.len(), 6);
    assert_eq!(redact(made.lines().nth(2).unwrap()), "TIME");
    assert_eq!(
        cli.audit_log(),
        ["ACCOUNT_CREATED cli alice", "ONE_TIME_ACCESS_TOKEN_CREATED cli alice"]
    );
}

#[test]
fn a_longer_life_makes_a_longer_code() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();

    let made = cli.run("recover alice --ttl 1h30m -o json").json();

    assert_eq!(
        made,
        json!({
            "username": "alice", "token": "LONG-CODE",
            "link": "https://id.example.com/lc/LONG-CODE", "expiresAt": "TIME",
        })
    );
    let life: i64 = cli
        .database()
        .query_row("SELECT expires_at - created_at FROM one_time_access_tokens", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(life, 5_400);
}

#[test]
fn a_life_without_sense_is_wrong_usage() {
    let cli = Cli::new();
    cli.run("recover alice --ttl 5s").expect(
        2,
        "",
        "error: invalid value '5s' for '--ttl <TIME>': it must be at least 1m\nhint: see --help\n",
    );
}

#[test]
fn who_is_disabled_gets_no_link() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.database().execute("UPDATE users SET disabled = 1", []).unwrap();

    cli.run("recover alice").refused(
        1,
        &[
            "error: alice is disabled and cannot sign in",
            "hint: enable the user first: pocketid user enable alice",
        ],
    );
    assert_eq!(cli.audit_log(), ["ACCOUNT_CREATED cli alice"]);
}

/// The words of Pocket ID 2.14.
#[test]
fn the_command_of_pocket_id_still_works() {
    let cli = Cli::new();
    cli.run("user add alice --email alice@example.com").expect_success();

    cli.run("one-time-access-token alice@example.com").expect(
        0,
        "A one-time access token valid for 1 hour has been created for \"alice@example.com\".\n\
         Use the following URL to sign in once: https://id.example.com/lc/LONG-CODE\n",
        "",
    );
    assert!(!cli.run("--help").ok().contains("one-time-access-token"), "but it is not offered");
}
