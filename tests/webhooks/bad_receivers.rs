//! Receivers that are out of order, or hostile.

use std::time::{Duration, Instant};

use super::receiver::{Receiver, Reply, create};
use crate::support::{https::HttpsSite, op::TestOp, wait_until};

/// Sends one event, and says what became of it.
fn attempt(reply: impl Fn(usize) -> Reply + Send + Sync + 'static) -> (TestOp, Receiver) {
    let op = TestOp::start();
    let receiver = Receiver::start_with(reply);
    create(&op, &receiver.url(), &["--event", "ACCOUNT_CREATED"]);
    op.beside("user add alice").expect_success();
    (op, receiver)
}

fn last_error(op: &TestOp) -> String {
    op.texts("SELECT COALESCE(last_error, '') FROM webhook_deliveries")[0].clone()
}

fn is_delivered(op: &TestOp) -> bool {
    op.count("outbox") == 0
        && op.number("SELECT COUNT(*) FROM webhook_deliveries WHERE last_delivered_at > 0") == 1
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = Receiver::start();
    let location = elsewhere.url();
    let (op, receiver) = attempt(move |_| {
        Reply::Head(format!("HTTP/1.1 307 x\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n"))
    });
    wait_until(|| last_error(&op).contains("it answered 307: it redirects"));
    assert_eq!((receiver.received().len(), elsewhere.received().len()), (1, 0));
}

/// The answer counts as soon as its head is there: the rest is not read.
#[test]
fn an_endless_answer_is_not_read() {
    const SIZE: usize = 100 * 1024 * 1024;
    let head = format!("HTTP/1.1 200 x\r\ncontent-length: {SIZE}\r\n\r\n");
    let (op, receiver) = attempt(move |_| Reply::Long(head.clone(), SIZE));
    wait_until(|| is_delivered(&op));
    assert_eq!(receiver.received().len(), 1);
}

#[test]
fn an_answer_without_an_end_of_its_head_is_given_up() {
    const SIZE: usize = 100 * 1024 * 1024;
    let (op, _) = attempt(move |_| Reply::Long("HTTP/1.1 200 x\r\nx: ".to_owned(), SIZE));
    wait_until(|| last_error(&op).contains("cannot talk to 127.0.0.1"));
}

#[test]
fn a_silent_receiver_is_given_up_after_20_seconds_and_rests() {
    let begin = Instant::now();
    let (op, _) = attempt(|_| Reply::Silence);
    wait_until(|| last_error(&op).contains("did not answer completely within 20 seconds"));
    assert!(begin.elapsed() >= Duration::from_secs(19));
    wait_until(|| op.count("outbox_rests") == 1);
}

/// RFC 9110 §10.2.3, RFC 6585 §4.
#[test]
fn a_busy_receiver_is_left_alone_as_long_as_it_asks() {
    let (op, receiver) = attempt(|number| {
        let head = "HTTP/1.1 429 x\r\nretry-after: 3600\r\ncontent-length: 0\r\n\r\n";
        if number == 0 { Reply::Head(head.to_owned()) } else { Reply::Status(200) }
    });
    wait_until(|| op.count("outbox_rests") == 1);
    assert!(last_error(&op).contains("it answered 429"), "{}", last_error(&op));
    op.beside("user add bob").expect_success();
    op.advance(1_800);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(receiver.received().len(), 1);
    op.advance(1_900);
    wait_until(|| receiver.received().len() == 3 && op.count("outbox") == 0);
}

/// Standard Webhooks, "Operational considerations": 410 means that the receiver wants no more messages.
#[test]
fn a_receiver_that_is_gone_disables_its_webhook() {
    let (op, receiver) = attempt(|_| Reply::Status(410));
    wait_until(|| op.number("SELECT COUNT(*) FROM webhooks WHERE is_enabled = 0") == 1);
    assert!(op.audit_kinds().contains(&"WEBHOOK_GONE".to_owned()));
    op.beside("user add bob").expect_success();
    wait_until(|| op.count("outbox") == 0);
    assert_eq!(receiver.received().len(), 1);
    let doctor = op.beside("doctor");
    assert!(doctor.stdout.contains("alerts was disabled"), "{}", doctor.stdout);
    assert!(op.beside("webhook list").ok().contains("disabled: gone"));

    op.beside("webhook enable alerts").expect_success();
    let shown = op.beside("webhook show alerts --output json").json();
    assert_eq!((&shown["isEnabled"], &shown["goneAt"]), (&true.into(), &serde_json::Value::Null));
}

#[test]
fn a_certificate_of_a_stranger_is_refused() {
    let site = HttpsSite::start();
    site.answer_with("204 x", "");
    let op = TestOp::start();
    create(&op, &site.url("/hook"), &["--event", "ACCOUNT_CREATED"]);
    op.beside("user add alice").expect_success();
    wait_until(|| last_error(&op).contains("cannot trust localhost"));
    assert_eq!(site.requests().len(), 0);
}

#[test]
fn a_trusted_certificate_is_taken() {
    let site = HttpsSite::start();
    site.answer_with("204 x", "");
    let op = TestOp::with_outbound(&[("DISABLE_RATE_LIMITING", "true")], site.outbound());
    create(&op, &site.url("/hook"), &["--event", "ACCOUNT_CREATED"]);
    op.beside("user add alice").expect_success();
    wait_until(|| is_delivered(&op));
}

#[test]
fn doctor_tells_of_a_webhook_that_fails() {
    let (op, _) = attempt(|_| Reply::Status(401));
    wait_until(|| last_error(&op) == "it answered 401");
    let doctor = op.beside("doctor").stdout;
    assert!(doctor.contains("events do not reach the webhook alerts: it answered 401"), "{doctor}");
    assert!(!doctor.contains("of-the-receiver"), "{doctor}");
}
