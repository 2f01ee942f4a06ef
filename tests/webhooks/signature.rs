//! Signatures, verified by another implementation of the standard: PyPI `standardwebhooks`.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use serde_json::json;

use super::receiver::{Received, Receiver, create};
use crate::support::{django::python, op::TestOp, patience::ended, wait_until};

const VERIFY: &str = "
import json, sys
from standardwebhooks.webhooks import Webhook
asked = json.load(sys.stdin)
Webhook(asked['secret']).verify(asked['body'], asked['headers'])
";

/// Whether a receiver with this secret takes the message.
fn is_taken(secret: &str, received: &Received) -> bool {
    let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
    let headers: serde_json::Map<_, _> =
        names.iter().map(|name| ((*name).to_owned(), received.header(name).into())).collect();
    let asked = json!({ "secret": secret, "body": received.body, "headers": headers });
    let mut child = Command::new(python())
        .args(["-c", VERIFY])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python starts");
    let stdin = child.stdin.take();
    stdin.expect("its input").write_all(asked.to_string().as_bytes()).expect("it reads");
    let output = ended(child);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() || said.contains("WebhookVerificationError"), "{said}");
    output.status.success()
}

/// Standard Webhooks 1.0, "Signature scheme".
#[test]
fn a_message_is_signed_and_an_altered_one_is_not() {
    let (op, receiver) = (TestOp::start(), Receiver::start());
    let secret = create(&op, &receiver.url(), &[]);
    op.beside("user add alice").expect_success();
    wait_until(|| receiver.count("ACCOUNT_CREATED") == 1);

    let received = receiver.received();
    let message = received.iter().find(|one| one.kind() == "ACCOUNT_CREATED").unwrap();
    assert!(is_taken(&secret, message));
    assert!(!is_taken("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", message));
    let body = message.body.replace("alice", "mallory");
    assert!(!is_taken(&secret, &Received { body, ..message.clone() }));
    assert_eq!(message.header("webhook-signature").split(' ').count(), 1);
    assert_eq!(message.header("content-type"), "application/json");
    assert!(message.header("user-agent").starts_with("pocketid/"));
    assert!(message.head.starts_with("POST /hook?token=of-the-receiver HTTP/1.1"));
}

#[test]
fn both_secrets_sign_for_a_day_after_a_rotation() {
    let (op, receiver) = (TestOp::start(), Receiver::start());
    let first = create(&op, &receiver.url(), &["--event", "ACCOUNT_CREATED"]);
    let second = op.beside("--quiet webhook rotate-secret alerts").ok().trim().to_owned();
    op.beside("user add alice").expect_success();
    wait_until(|| receiver.count("ACCOUNT_CREATED") == 1);
    let message = receiver.received()[0].clone();
    assert!(is_taken(&first, &message) && is_taken(&second, &message));
    assert_eq!(message.header("webhook-signature").split(' ').count(), 2);

    // A second rotation ends the first secret at once.
    let third = op.beside("--quiet webhook rotate-secret alerts").ok().trim().to_owned();
    op.beside("user add bob").expect_success();
    wait_until(|| receiver.count("ACCOUNT_CREATED") == 2);
    let message = receiver.received()[1].clone();
    assert!(!is_taken(&first, &message));
    assert!(is_taken(&second, &message) && is_taken(&third, &message));
}

/// The reference library refuses timestamps that are hours away, so signatures are only counted here.
#[test]
fn the_previous_secret_ends_after_a_day() {
    let (op, receiver) = (TestOp::start(), Receiver::start());
    create(&op, &receiver.url(), &["--event", "ACCOUNT_CREATED"]);
    op.beside("webhook rotate-secret alerts").expect_success();
    op.advance(24 * 3_600 + 60);
    op.beside("user add alice").expect_success();
    wait_until(|| receiver.count("ACCOUNT_CREATED") == 1);
    assert_eq!(receiver.received()[0].header("webhook-signature").split(' ').count(), 1);
}
