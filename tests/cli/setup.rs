//! `pocketid setup`

use crate::support::cli::{Cli, redact};

#[test]
fn the_first_administrator_is_made_and_let_in() {
    let cli = Cli::new();

    let made = cli.run("setup --username alice --email alice@example.com --display-name Al");

    let note = "alice is now the administrator.\n\n";
    assert_eq!((made.code, made.stderr.as_str()), (Some(0), note));
    let lines: Vec<_> = made.stdout.lines().collect();
    assert_eq!(lines[0], format!("https://id.example.com/lc/{}", lines[1]));
    assert_eq!((lines[1].len(), redact(lines[2]).as_str(), lines.len()), (12, "TIME", 3));
    cli.run("user list").expect(0, "alice\tAl\talice@example.com\tadmin\tenabled\t0\tnever\n", "");
    assert_eq!(
        cli.audit_log(),
        [
            "ACCOUNT_CREATED cli alice",
            "ADMINISTRATOR_ADDED cli alice",
            "ONE_TIME_ACCESS_TOKEN_CREATED cli alice"
        ]
    );
}

#[test]
fn a_second_administrator_is_refused() {
    let cli = Cli::new();
    cli.run("user add alice --admin").expect_success();

    cli.run("setup --username mallory").refused(
        1,
        &[
            "error: an administrator already exists: alice",
            "hint: to let them sign in without a passkey: pocketid recover alice",
            "hint: to create another one: pocketid user add NAME --admin --login-link",
        ],
    );
    assert_eq!(cli.audit_log(), ["ACCOUNT_CREATED cli alice", "ADMINISTRATOR_ADDED cli alice"]);
}

#[test]
fn an_administrator_who_may_sign_in_is_the_one_to_let_in() {
    let cli = Cli::new();
    cli.run("user add alice --admin").expect_success();
    cli.run("user add bob --admin").expect_success();
    let disable = "UPDATE users SET disabled = 1 WHERE username = 'alice'";
    cli.database().execute(disable, []).unwrap();

    let refused = cli.run("setup --username mallory");

    assert!(refused.stderr.starts_with("error: an administrator already exists: bob\n"));
}

#[test]
fn off_a_terminal_the_user_name_must_be_given() {
    Cli::new().run("setup").refused(
        2,
        &[
            "error: --username is missing, and there is no terminal to ask",
            "hint: add --username, or run the command on a terminal",
        ],
    );
}
