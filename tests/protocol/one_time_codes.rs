//! One-time codes, and the sessions that begin with them, end when what an account may do changes.

use hyper::Method;
use serde_json::{Value, json};

use crate::support::{op::TestOp, soft_authenticator::SoftAuthenticator};

/// A code from the time before the first passkey, or before another role, must not wait for its day.
#[test]
fn a_one_time_code_ends_with_the_first_passkey_and_with_another_role() {
    let op = TestOp::start();
    let (alice, bob) = (op.user("alice"), op.user("bob"));
    let (code, spare) = (op.one_time_code(alice.id, 600), op.one_time_code(alice.id, 600));
    let old = op.one_time_code(bob.id, 600);
    op.beside("user update bob --admin").expect_success();
    let path = |code: &str| format!("/api/one-time-access-token/{code}");
    assert_eq!(op.agent().post(&path(&old), &json!({})).error(), "401 token_invalid_or_expired");

    let mut agent = op.agent();
    agent.post(&path(&code), &json!({})).ok();
    SoftAuthenticator::new(op.base_url()).register(&mut agent).ok();
    assert_eq!(op.agent().post(&path(&spare), &json!({})).error(), "401 token_invalid_or_expired");
}

/// A code opens a session, and the session lives on: it must not come into the account's later rights.
#[test]
fn a_session_from_a_code_ends_with_the_first_passkey_and_with_the_role_of_an_administrator() {
    let op = TestOp::start();
    let came_in = |id| {
        let code = op.one_time_code(id, 600);
        let mut agent = op.agent();
        agent.post(&format!("/api/one-time-access-token/{code}"), &json!({})).ok();
        agent
    };
    let mut bob = op.person("bob");
    let (mut thief, mut gone) = (came_in(bob.id), came_in(bob.id));
    let client =
        op.client_with("https://app.example.com/callback", |client| client.skips_consent = true);
    let scope = [("scope", "openid offline_access")];
    let code = gone.get(&client.authorize_path(&scope)).location_param("code").unwrap();
    let tokens = op.redeem(&client, &code).ok().json();
    let refresh = tokens["refresh_token"].as_str().unwrap();
    gone.post("/api/webauthn/logout", &json!({}));
    op.beside("user update bob --admin").expect_success();
    assert_eq!(thief.get("/api/users/me").status, 401);
    assert_eq!(op.refresh(&client, refresh).error(), "400 invalid_grant", "signed out before");
    bob.agent.get("/api/users/me").ok();

    let alice = op.user("alice");
    let (mut thief, mut owner) = (came_in(alice.id), came_in(alice.id));
    SoftAuthenticator::new(op.base_url()).register(&mut owner).ok();
    assert_eq!(thief.get("/api/users/me").status, 401);
    owner.get("/api/users/me").ok();
}

/// The thief of a session may have made a code, and would come back with it.
#[test]
fn to_end_all_sessions_ends_the_one_time_codes() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let mut root = op.person("root");
    op.change_user(root.id, |user| user.is_admin = true);
    let fails = |code: &str, how: &str| {
        let answer = op.agent().post(&format!("/api/one-time-access-token/{code}"), &json!({}));
        assert_eq!(answer.error(), "401 token_invalid_or_expired", "{how}");
    };

    let code = op.one_time_code(alice.id, 600);
    alice.agent.json(Method::DELETE, "/api/users/me/sessions", &json!(null)).ok();
    fails(&code, "by their owner");
    let code = op.one_time_code(alice.id, 600);
    let path = format!("/api/users/{}/sessions", alice.id);
    root.agent.json(Method::DELETE, &path, &json!(null)).ok();
    fails(&code, "by an administrator");
    let code = op.one_time_code(alice.id, 600);
    op.beside("session revoke --all alice --yes").expect_success();
    fails(&code, "in the terminal");
    let code = op.one_time_code(alice.id, 600);
    let made = op.beside("recover alice --end-sessions -o json").ok();
    fails(&code, "by recovery");
    let made: Value = serde_json::from_str(&made).unwrap();
    let new = made["code"].as_str().or(made["token"].as_str()).unwrap();
    op.agent().post(&format!("/api/one-time-access-token/{new}"), &json!({})).ok();
}
