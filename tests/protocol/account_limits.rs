//! What somebody who is signed in has the database keep: it is bounded, from however many addresses they come,
//! and nobody else can use up what the owner of an account needs.

use hyper::Method;
use serde_json::{Value, json};

use crate::support::{
    agent::{Agent, Answer},
    op::TestOp,
};

fn provider() -> TestOp {
    TestOp::with_settings(&[("TRUST_PROXY", "127.0.0.1")])
}

/// The same browser, each time at another address.
fn from_everywhere(agent: &Agent, n: usize) -> Agent {
    agent.with_header("x-forwarded-for", &format!("10.1.{}.{}", n / 250, n % 250))
}

fn profile(display_name: &str) -> Value {
    json!({
        "username": "alice",
        "email": "alice@example.com",
        "firstName": "Alice",
        "displayName": display_name,
    })
}

fn rename(agent: &Agent, n: usize) -> Answer {
    let body = profile(&format!("Alice {n}"));
    from_everywhere(agent, n).json(Method::PUT, "/api/users/me", &body)
}

fn changes(op: &TestOp) -> i64 {
    op.number("SELECT COUNT(*) FROM audit_events WHERE kind = 'ACCOUNT_CHANGED'")
}

/// Each change leaves an entry in the audit log; where anybody may sign up, a stranger is a user.
#[test]
fn a_user_who_changes_their_account_without_end_has_to_wait_and_others_go_on() {
    let op = provider();
    let (alice, mut bob) = (op.person("alice"), op.person("bob"));

    let answers: Vec<_> = (0..320).map(|n| rename(&alice.agent, n)).collect();

    assert!(answers[..290].iter().all(|answer| answer.status == 200));
    assert!((290..312).contains(&changes(&op)), "{}", changes(&op));
    let last = answers.last().unwrap();
    assert_eq!(last.error(), "429 rate_limited");
    assert!(last.header("retry-after").parse::<u32>().unwrap() >= 1);
    let body = json!({ "username": "bob", "displayName": "Robert", "email": "b@example.com" });
    bob.agent.json(Method::PUT, "/api/users/me", &body).ok();
}

/// Whoever has stolen a cookie could use up what the account may do, so that its owner cannot be rid of them.
#[test]
fn who_has_used_up_their_changes_still_signs_in_and_takes_away() {
    let op = provider();
    let mut alice = op.person("alice");
    let key = json!({ "name": "script", "expiresAt": "2099-01-01T00:00:00Z" });
    let key = alice.agent.post("/api/api-keys", &key).ok().json();
    let refused = (0..320).map(|n| rename(&alice.agent, n)).filter(|answer| answer.status == 429);
    assert!(refused.count() > 0);

    alice.authenticator.sign_in(&mut alice.agent).ok();
    let path = format!("/api/api-keys/{}", key["apiKey"]["id"].as_str().unwrap());
    alice.agent.json(Method::DELETE, &path, &Value::Null).ok();
    alice.agent.json(Method::DELETE, "/api/users/me/sessions", &Value::Null).ok();
    alice.agent.post("/api/webauthn/logout", &Value::Null).ok();
}

#[test]
fn a_change_that_changes_nothing_leaves_nothing() {
    let op = provider();
    let mut alice = op.person("alice");
    let mut update = || alice.agent.json(Method::PUT, "/api/users/me", &profile("Al")).ok();
    update();
    let updated_at = op.number("SELECT updated_at FROM users");
    assert_eq!(changes(&op), 1);
    op.advance(60);

    update();

    assert_eq!((changes(&op), op.number("SELECT updated_at FROM users")), (1, updated_at));
}

/// Each sign-in leaves a session and an audit entry, and one with a passkey is cheap for who has many addresses.
#[test]
fn a_user_who_signs_in_without_end_has_to_wait() {
    let op = provider();
    let mut alice = op.person("alice");
    let mut sign_in = |n| {
        let mut agent = from_everywhere(&op.agent(), n);
        alice.authenticator.sign_in(&mut agent)
    };

    let answers: Vec<_> = (0..330).map(&mut sign_in).collect();

    assert!(answers[..290].iter().all(|answer| answer.status == 200));
    assert_eq!(answers.last().unwrap().error(), "429 rate_limited");
    assert!(op.count("sessions") < 325, "{}", op.count("sessions"));
}
