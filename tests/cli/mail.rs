//! `mail test` and `user invite`, with a real mail server.

use serde_json::{Value, json};

use crate::support::{
    cli::{Cli, Ran},
    mail_server::{PASSWORD, TestMailServer, USER, Wants},
};

/// A command line with a database of its own that is set up for this server.
fn cli_for(server: &TestMailServer, password: &str) -> Cli {
    let cli = Cli::new();
    for (key, value) in server.settings() {
        cli.run(&format!("config set {key} {value}")).ok();
    }
    if !password.is_empty() {
        cli.shell(&format!("printf %s '{password}' | pocketid config set smtpPassword -")).ok();
    }
    cli
}

fn send(cli: &Cli) -> Ran {
    cli.run("mail test alice@example.com")
}

/// Fails unless the first line of the refusal begins so, and another one says what to do.
#[track_caller]
fn refused(ran: &Ran, error: &str) {
    let begins = ran.stderr.starts_with(&format!("error: {error}"));
    assert!(ran.code == Some(1) && begins && ran.stderr.contains("hint: "), "{}", ran.stderr);
}

#[test]
fn a_test_mail_goes_by_each_encryption_and_with_a_password() {
    for (tls, login) in [("none", false), ("starttls", true), ("tls", true)] {
        let server = TestMailServer::start_with(Wants { tls, login, ..Wants::default() });
        let cli = cli_for(&server, if login { PASSWORD } else { "" });
        let cli = match tls {
            "none" => cli,
            _ => cli.with("TRUSTED_CA_FILE", server.authority().to_str().unwrap()),
        };

        let said = send(&cli).ok();

        assert!(said.starts_with("Sent a test email to alice@example.com: 127.0.0.1"), "{said}");
        let mail = server.wait(1).remove(0);
        assert_eq!(mail["headers"]["subject"], "Test email", "{tls}");
        assert_eq!(mail["tls"], tls != "none", "{tls}");
        assert_eq!(mail["user"], if login { json!(USER) } else { json!(null) }, "{tls}");
        assert!(mail["html"].as_str().unwrap().contains("/api/application-images/email"));
    }
}

#[test]
fn a_certificate_of_another_authority_or_for_another_name_is_refused_unless_that_is_skipped() {
    for tls in ["starttls", "tls"] {
        let wants = Wants { tls, ..Wants::default() };
        let server = TestMailServer::start_with(wants);
        let other = server.other_authority();
        let cli = cli_for(&server, "").with("TRUSTED_CA_FILE", other.to_str().unwrap());
        refused(&send(&cli), "the email was not sent: cannot trust 127.0.0.1");
        let named = TestMailServer::start_with(Wants { name: "DNS:mail.example.com", ..wants });
        let cli = cli_for(&named, "").with("TRUSTED_CA_FILE", named.authority().to_str().unwrap());
        refused(&send(&cli), "the email was not sent: cannot trust 127.0.0.1");
        assert!(server.mails().is_empty() && named.mails().is_empty());

        let cli = cli_for(&server, "");
        cli.run("config set smtpSkipCertVerify true").ok();
        send(&cli).ok();
        server.wait(1);
    }
}

#[test]
fn what_a_mail_server_refuses_is_told_with_what_to_do() {
    let server =
        TestMailServer::start_with(Wants { tls: "starttls", login: true, ..Wants::default() });
    let authority = server.authority();
    let cli = || cli_for(&server, "wrong").with("TRUSTED_CA_FILE", authority.to_str().unwrap());
    refused(
        &send(&cli()),
        "the email was not sent: 127.0.0.1 refuses the username or the password",
    );
    let plain = TestMailServer::start();
    let unknown = cli_for(&plain, "").run("mail test refused@example.com");
    assert!(!unknown.stderr.contains('\u{1b}'), "{}", unknown.stderr);
    refused(
        &unknown,
        "the email was not sent: the mail server refuses the mail: permanent error (550)",
    );
    refused(
        &send(&cli_for(&plain, "secret")),
        "the email was not sent: 127.0.0.1 takes no username",
    );
    let cli = cli_for(&plain, "");
    cli.run("config set smtpTls starttls").ok();
    refused(&send(&cli), "the email was not sent: 127.0.0.1 does not offer STARTTLS");
    let gone = TestMailServer::stopped(Wants { tls: "none", ..Wants::default() });
    refused(&send(&cli_for(&gone, "")), "the email was not sent: cannot talk to 127.0.0.1");
    refused(&send(&Cli::new()), "no mail server is configured: set smtpHost and smtpFrom");
}

#[test]
fn an_invitation_prints_the_link_and_leaves_the_mail_to_the_server() {
    let server = TestMailServer::start();
    let cli = cli_for(&server, "");
    cli.run("group create family").ok();

    let invited = cli.run("user invite Bob.Builder@example.com --group family -o json").ok();
    let invited: Value = serde_json::from_str(&invited).unwrap();

    assert_eq!(invited["username"], "bob.builder");
    assert_eq!(invited["email"], "Bob.Builder@example.com");
    let link = invited["loginLink"]["link"].as_str().unwrap();
    assert_eq!(link.rsplit('/').next().unwrap().len(), 12);
    let waiting: i64 =
        cli.database().query_row("SELECT COUNT(*) FROM outbox", [], |row| row.get(0)).unwrap();
    assert_eq!(waiting, 1);
    let _server = cli.serve();
    let mail = server.wait(1).remove(0);
    assert!(mail["text"].as_str().unwrap().contains(link), "{mail}");
    cli.run("user invite bob.builder@example.com").expect_failure(1);
    cli.run("user invite carol@example.com --group nobody").expect_failure(1);
    assert_eq!(cli.run("user list").ok().lines().count(), 1, "only who was invited");
}
