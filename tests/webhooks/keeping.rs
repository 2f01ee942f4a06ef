//! Webhooks outlive backups and changes of the encryption key, and their secrets are shown once.

use std::{fs, process::Stdio};

use super::receiver::{Receiver, Reply, create};
use crate::support::{cli::Cli, op::TestOp, ports::free_port, wait_until};

const NEW: &str = "another key of the database";

#[test]
fn a_backup_keeps_webhooks_and_not_what_waits() {
    let (op, receiver) = (TestOp::start(), Receiver::start());
    let secret = create(&op, &receiver.url(), &["--disabled"]);
    let folder = op.cli();
    let file = folder.path("backup.zip").display().to_string();
    folder.run_args(&["backup", &file]).expect_success();
    let restored = Cli::on_the_engine_of_the_tests().with("ENCRYPTION_KEY", op.environment()[1].1);
    restored.run_args(&["restore", &file, "--yes"]).expect_success();
    restored.run("webhook test alerts").expect_success();
    let shown = restored.run("webhook show alerts --output json").json();
    assert_eq!(shown["url"], receiver.url());
    assert!(!shown.to_string().contains(&secret));
    assert_eq!(receiver.kinds(), ["PING"]);
}

#[test]
fn a_new_encryption_key_keeps_both_secrets() {
    let receiver = Receiver::start();
    let cli = Cli::on_the_engine_of_the_tests().with_empty_database();
    cli.run(&format!("webhook create alerts --url {}", receiver.url())).expect_success();
    cli.run("webhook rotate-secret alerts").expect_success();
    cli.write("new.key", NEW);
    cli.run("rotate-encryption-key --new-key-file new.key --yes").expect_success();
    let cli = cli.with("ENCRYPTION_KEY", NEW);
    cli.run("webhook test alerts").expect_success();
    let message = receiver.received()[0].clone();
    assert_eq!(message.header("webhook-signature").split(' ').count(), 2);
}

/// Neither the log of the server, nor the audit log, nor an export has the secret; the log and the audit log do not
/// have the path of the address either.
#[test]
fn a_secret_is_shown_once_and_nowhere_else() {
    let cli = Cli::new().with_empty_database().with("LOG_LEVEL", "debug");
    let gone = Receiver::start_with(|number| Reply::Status(if number == 0 { 500 } else { 410 }));
    let secret = cli.run(&format!("--quiet webhook create alerts --url {}", gone.url())).ok();
    let secret = secret.trim().strip_prefix("whsec_").unwrap().to_owned();
    let log = fs::File::create(cli.path("log")).unwrap();
    let port = free_port();
    let server = cli.serve_logging_to(port, Stdio::from(log));
    cli.run("user add alice").expect_success();
    cli.run("user add bob").expect_success();
    wait_until(|| cli.run("webhook show alerts --output json").json()["isEnabled"] == false);
    drop(server);
    let log = fs::read_to_string(cli.path("log")).unwrap();
    assert!(log.contains("disabled a webhook"), "{log}");
    let audit = cli.run("audit list --output json").ok();
    let listed = cli.run("webhook list --output json").ok();
    let exported = cli.run("export-config").ok();
    for text in [&log, &audit, &listed, &exported] {
        assert!(!text.contains(&secret), "{text}");
    }
    for text in [&log, &audit] {
        assert!(!text.contains("of-the-receiver"), "{text}");
    }
}
