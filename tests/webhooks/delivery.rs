//! The messages of webhooks: contents, times, and repetitions.

use std::{thread, time::Duration};

use serde_json::json;

use super::receiver::{Received, Receiver, Reply, create, url_at};
use crate::support::{op::TestOp, ports::free_port, wait_until};

fn last_error(op: &TestOp) -> String {
    op.texts("SELECT COALESCE(last_error, '') FROM webhook_deliveries")[0].clone()
}

#[test]
fn an_event_is_told_as_the_rest_api_shows_it() {
    let (op, receiver) = (TestOp::start(), Receiver::start());
    create(&op, &receiver.url(), &["--event", "ACCOUNT_CREATED"]);
    op.beside("user add alice").expect_success();
    wait_until(|| receiver.count("ACCOUNT_CREATED") == 1);

    let message = receiver.received()[0].clone();
    let listed = op.beside("audit list --event ACCOUNT_CREATED --output json").ok();
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let event = &listed[0];
    assert_eq!(
        message.json(),
        json!({ "type": "ACCOUNT_CREATED", "timestamp": event["createdAt"], "data": event })
    );
    assert_eq!(message.header("webhook-id"), event["id"].as_str().unwrap());
    wait_until(|| {
        op.number("SELECT COUNT(*) FROM webhook_deliveries WHERE last_delivered_at > 0") == 1
    });
    wait_until(|| op.count("outbox") == 0);
}

#[test]
fn only_the_chosen_kinds_are_told() {
    let (op, receiver) = (TestOp::start(), Receiver::start());
    create(&op, &receiver.url(), &["--event", "GROUP_CREATED", "--event", "GROUP_DELETED"]);
    op.beside("user add alice").expect_success();
    op.beside("group create staff").expect_success();
    op.beside("group delete staff --yes").expect_success();
    wait_until(|| receiver.received().len() == 2 && op.count("outbox") == 0);
    let mut kinds = receiver.kinds();
    kinds.sort();
    assert_eq!(kinds, ["GROUP_CREATED", "GROUP_DELETED"]);

    op.beside("webhook update alerts --all-events").expect_success();
    op.beside("user add bob").expect_success();
    wait_until(|| receiver.count("ACCOUNT_CREATED") == 1);
}

#[test]
fn a_disabled_webhook_gets_nothing_also_afterwards() {
    let (op, receiver) = (TestOp::start(), Receiver::start());
    create(&op, &receiver.url(), &["--disabled"]);
    op.beside("user add alice").expect_success();
    assert_eq!(op.count("outbox"), 0);
    op.beside("webhook enable alerts").expect_success();
    op.beside("user add bob").expect_success();
    wait_until(|| receiver.count("WEBHOOK_CHANGED") == 1 && receiver.count("ACCOUNT_CREATED") > 0);
    assert_eq!(receiver.count("ACCOUNT_CREATED"), 1);
}

/// Of two servers each event is sent by one, also when the receiver was away meanwhile.
#[test]
fn a_receiver_that_was_away_gets_each_event_once_from_two_servers() {
    let (op, port) = (TestOp::start(), free_port());
    let replica = if op.is_postgres() { Some(op.replica()) } else { None };
    create(&op, &url_at(port), &["--event", "ACCOUNT_CREATED"]);
    op.beside("user add first").expect_success();
    wait_until(|| last_error(&op).contains("cannot talk to 127.0.0.1"));
    for number in 0..9 {
        op.beside(&format!("user add user{number}")).expect_success();
    }
    assert_eq!(op.count("outbox"), 10);
    let receiver = Receiver::start_at(port, |_| Reply::Status(200));
    op.advance(400);
    replica.iter().for_each(|replica| replica.advance(400));
    wait_until(|| op.count("outbox") == 0);
    thread::sleep(Duration::from_secs(1));
    let mut ids: Vec<_> =
        receiver.received().iter().map(|one| one.header("webhook-id").to_owned()).collect();
    assert_eq!(ids.len(), 10, "{ids:?}");
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 10, "an event came twice");
    assert_eq!((last_error(&op).as_str(), op.count("outbox_rests")), ("", 0));
}

/// Standard Webhooks: the id is the same for each attempt, the timestamp is that of the attempt.
#[test]
fn a_repeated_event_has_the_same_id() {
    let op = TestOp::start();
    let receiver =
        Receiver::start_with(|number| Reply::Status(if number == 0 { 500 } else { 200 }));
    create(&op, &receiver.url(), &["--event", "ACCOUNT_CREATED"]);
    op.beside("user add alice").expect_success();
    wait_until(|| last_error(&op) == "it answered 500");
    op.advance(60);
    wait_until(|| receiver.received().len() == 2);
    let times = |one: &Received| one.header("webhook-timestamp").parse::<i64>().unwrap();
    let received = receiver.received();
    assert_eq!(received[0].header("webhook-id"), received[1].header("webhook-id"));
    assert!(times(&received[1]) >= times(&received[0]) + 60);
    wait_until(|| last_error(&op).is_empty() && op.count("outbox") == 0);
}

#[test]
fn an_event_is_given_up_after_three_days() {
    let op = TestOp::start();
    let receiver = Receiver::start_with(|_| Reply::Status(500));
    create(&op, &receiver.url(), &["--event", "ACCOUNT_CREATED"]);
    op.beside("user add alice").expect_success();
    wait_until(|| !receiver.received().is_empty());
    op.advance(3 * 86_400 + 1);
    wait_until(|| op.count("outbox") == 0);
}

#[test]
fn what_waits_ends_with_its_webhook() {
    let (op, port) = (TestOp::start(), free_port());
    create(&op, &url_at(port), &["--event", "ACCOUNT_CREATED"]);
    op.beside("user add alice").expect_success();
    wait_until(|| op.count("outbox_rests") == 1);
    op.beside("webhook delete alerts --yes").expect_success();
    let count = |table: &str| op.count(table);
    assert_eq!((count("outbox"), count("outbox_rests")), (0, 0));
    assert_eq!((count("webhooks"), count("webhook_deliveries")), (0, 0));
}
