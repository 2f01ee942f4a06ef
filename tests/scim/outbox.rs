//! Synchronisations that the server begins by itself.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use super::{
    endpoint::{Endpoint, Reply},
    real_endpoint::{RealEndpoint, address_at, set_endpoint},
};
use crate::support::{
    op::TestOp,
    patience::{comes, ended},
    ports::free_port,
    wait_until,
};

#[test]
fn a_change_is_provisioned_soon() {
    let (op, endpoint) = (TestOp::start(), RealEndpoint::start());
    let client = op.client();
    set_endpoint(&op, &client, &endpoint.address());
    for name in ["alice", "bob"] {
        op.beside(&format!("user add {name}")).expect_success();
    }
    // One synchronisation waits for both, and for more that may come.
    assert_eq!(op.count("outbox"), 1);
    assert_eq!(endpoint.usernames(), [""; 0]);
    op.advance(31);
    wait_until(|| endpoint.usernames().len() == 2);
    wait_until(|| op.count("outbox") == 0);
    assert_eq!(
        op.number("SELECT COUNT(*) FROM scim_providers WHERE last_synced_at IS NOT NULL"),
        1
    );

    op.beside("user disable bob").expect_success();
    op.advance(31);
    wait_until(|| endpoint.all("Users")[1]["active"] == json!(false));
}

#[test]
fn an_endpoint_that_was_away_gets_everything_when_it_returns() {
    let (op, port) = (TestOp::start(), free_port());
    let client = op.client();
    set_endpoint(&op, &client, &address_at(port));
    op.beside("user add alice").expect_success();
    op.advance(31);
    wait_until(|| op.count("outbox_rests") == 1);
    let error = || op.texts("SELECT COALESCE(last_error, '') FROM scim_providers")[0].clone();
    wait_until(|| error().contains("cannot talk to 127.0.0.1"));
    op.beside("user add bob").expect_success();

    let endpoint = RealEndpoint::start_at(port);
    op.advance(400);
    wait_until(|| endpoint.usernames().len() == 2);
    wait_until(|| op.count("outbox") == 0 && op.count("outbox_rests") == 0);
    assert_eq!(error(), "");
}

#[test]
fn each_provider_is_synchronised_once_an_hour() {
    let (op, endpoint) = (TestOp::start(), RealEndpoint::start());
    let client = op.client();
    set_endpoint(&op, &client, &endpoint.address());
    op.advance(31);
    wait_until(|| op.count("outbox") == 0);
    // Behind the back of the operations, as a restored database or an import would do it.
    op.user("alice");
    op.clean_up();
    assert_eq!(op.count("outbox"), 0);
    op.advance(3_600);
    op.clean_up();
    wait_until(|| endpoint.usernames() == ["alice"]);
}

#[test]
fn of_two_servers_one_synchronises() {
    if !TestOp::start().is_postgres() {
        return;
    }
    let op = TestOp::start();
    let replica = op.replica();
    op.user("alice");
    let endpoint = Endpoint::start(|method, _| {
        thread::sleep(Duration::from_millis(400));
        match method {
            "GET" => Reply::list(&[]),
            _ => Reply::Json(201, json!({"id": "a"}).to_string()),
        }
    });
    let client = op.client();
    set_endpoint(&op, &client, endpoint.address());
    op.advance(31);
    replica.advance(31);
    wait_until(|| op.count("outbox") == 0);
    thread::sleep(Duration::from_secs(2));
    let requests = endpoint.requests();
    let count = |start: &str| requests.iter().filter(|one| one.starts_with(start)).count();
    assert_eq!((count("GET /scim/Users"), count("POST /scim/Users")), (1, 1), "{requests:?}");
}

#[test]
fn two_begin_at_the_same_time_and_one_is_refused() {
    let op = TestOp::start();
    op.user("alice");
    let goes_on = Arc::new(AtomicBool::new(false));
    let may_answer = Arc::clone(&goes_on);
    let endpoint = Endpoint::start(move |_, _| {
        comes(|| may_answer.load(Ordering::SeqCst));
        Reply::list(&[])
    });
    let client = op.client();
    set_endpoint(&op, &client, endpoint.address());
    let line = format!("scim sync {}", client.id);
    let cli = op.cli();
    let mut first = cli.spawn(&line);
    wait_until(|| !endpoint.requests().is_empty());
    let second = op.beside(&line);
    assert!(
        second.stderr.contains("is synchronising this application already"),
        "{}",
        second.stderr
    );
    goes_on.store(true, Ordering::SeqCst);
    first.kill().expect("it runs");
    ended(first);
}

/// The REST API does not wait for as long as an endpoint may take.
#[test]
fn a_silent_endpoint_is_given_up_and_said() {
    let op = TestOp::start();
    let root = op.user("root");
    op.change_user(root.id, |user| user.is_admin = true);
    let key = op.beside("api-key create script --for root").ok();
    let mut root = op.agent().with_header("x-api-key", key.trim());
    let endpoint = Endpoint::start(|_, _| Reply::Silence);
    let client = op.client();
    set_endpoint(&op, &client, endpoint.address());
    let list: Value = serde_json::from_str(&op.beside("scim list --output json").ok()).unwrap();
    let id = list[0]["id"].as_str().unwrap();
    let sync = root.post(&format!("/api/scim/service-provider/{id}/sync"), &json!({}));
    assert_eq!((sync.status, sync.text().as_str()), (202, ""));
    let error = || op.texts("SELECT COALESCE(last_error, '') FROM scim_providers")[0].clone();
    wait_until(|| error().contains("did not answer completely within 30 seconds"));
}
