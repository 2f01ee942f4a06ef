//! Limits on the rows that people without an account, and users, can have stored: they hold across all
//! addresses, and an attacker cannot use up the requests that the owner of an account needs.

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
pub(crate) fn from_everywhere(agent: &Agent, n: usize) -> Agent {
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

/// Each change leaves an entry in the audit log; where sign-up is open, a stranger is a user.
#[test]
fn a_user_who_changes_their_account_without_end_has_to_wait_and_others_go_on() {
    let op = provider();
    let (alice, mut bob) = (op.person("alice"), op.person("bob"));

    let answers: Vec<_> = (0..320).map(|n| rename(&alice.agent, n)).collect();

    // Her passkey was a change, too.
    assert!(answers[..299].iter().all(|answer| answer.status == 200));
    assert_eq!(changes(&op), 299);
    let last = answers.last().unwrap();
    assert_eq!(last.error(), "429 rate_limited");
    assert!(last.header("retry-after").parse::<u32>().unwrap() >= 1);
    let body = json!({ "username": "bob", "displayName": "Robert", "email": "b@example.com" });
    bob.agent.json(Method::PUT, "/api/users/me", &body).ok();
}

/// A thief with a stolen cookie could use up the requests of the account, so that its owner cannot shut
/// them out.
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

/// Each sign-in leaves a session and an audit entry, and a passkey makes many sign-ins from many addresses
/// cheap.
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
    assert!(op.count("sessions") <= 302, "{}", op.count("sessions"));
}

/// With a stolen cookie a thief can use up the approvals, and yet the owner signs in.
#[test]
fn a_user_who_lets_devices_in_without_end_has_to_wait_and_still_signs_in() {
    let op = provider();
    let mut alice = op.person("alice");
    let approval = json!({"code": "x", "decision": "approve"});
    let approve = |n| {
        let path = "/api/device-login/verification/decision";
        from_everywhere(&alice.agent, n).post(path, &approval)
    };
    let answers: Vec<_> = (0..330).map(approve).collect();
    assert!(answers[..290].iter().all(|answer| answer.status != 429));
    assert_eq!(answers.last().unwrap().error(), "429 rate_limited");

    let mut elsewhere = from_everywhere(&op.agent(), 1_000);
    assert_eq!(alice.authenticator.sign_in(&mut elsewhere).status, 200);
}

/// The account page lists all of them, and ending them has to be quick.
#[test]
fn with_two_hundred_sessions_a_new_one_ends_the_oldest_with_its_grants() {
    let op = provider();
    let client = op.client();
    let mut alice = op.person("alice");
    let code = alice.code(&client, &[]);
    let tokens = op.redeem(&client, &code).ok().json();
    let mut newest = op.agent();
    for n in 0..200 {
        op.advance(1);
        newest = from_everywhere(&op.agent(), n);
        alice.authenticator.sign_in(&mut newest).ok();
    }

    let live = "SELECT COUNT(*) FROM sessions WHERE revoked_at IS NULL";
    assert_eq!(op.number(live), 200);
    assert_eq!(alice.agent.get("/api/users/me").status, 401, "the oldest one ended");
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(op.userinfo(token).status, 401);
    let listed = newest.get("/api/users/me/sessions").ok().json();
    assert_eq!(listed.as_array().unwrap().len(), 200);
    newest.json(Method::DELETE, "/api/users/me/sessions", &Value::Null).ok();
    assert_eq!(op.number(live), 1);
    let entries = "SELECT COUNT(*) FROM audit_events WHERE kind = 'SESSION_REVOKED'";
    assert_eq!(op.number(entries), 1, "with their number");
    let entry = op.texts("SELECT data FROM audit_events WHERE kind = 'SESSION_REVOKED'");
    assert!(entry[0].contains("\"199\""), "{entry:?}");
}

/// Where clients describe themselves, strangers can publish any number of them.
#[test]
fn with_five_hundred_consents_a_new_one_ends_the_access_of_the_least_used() {
    let op = provider();
    for _ in 0..501 {
        op.client();
    }
    let mut alice = op.person("alice");
    op.execute(
        "INSERT INTO consents (user_id, client_id, scope, created_at, last_used_at)
         SELECT u.id, c.id, 'openid', 1, 1 FROM users u, clients c",
    );
    let client = op.client();

    alice.code(&client, &[]);

    assert_eq!(op.count("consents"), 500);
    let kept = format!("SELECT COUNT(*) FROM consents WHERE client_id = '{}'", client.id);
    assert_eq!(op.number(&kept), 1);
}

/// A provider with open sign-up. There is an alice.
fn open_provider() -> TestOp {
    let op = TestOp::with_settings(&[
        ("TRUST_PROXY", "127.0.0.1"),
        ("UI_CONFIG_DISABLED", "true"),
        ("ALLOW_USER_SIGNUPS", "open"),
    ]);
    op.user("alice");
    op
}

fn sign_up(agent: &mut Agent, username: &str, email: &str) -> Answer {
    agent.post("/api/signup", &json!({ "username": username, "email": email }))
}

/// Accounts stay: where sign-up is open, new accounts from many addresses are counted together.
#[test]
fn open_signups_are_counted_together_and_invitations_are_not() {
    let op = open_provider();
    let from = |n| from_everywhere(&op.agent(), n);
    // The answer tells that the username is taken, and so each request counts.
    let ask = |n| sign_up(&mut from(n), "alice", "someone@example.com").status;
    let answers: Vec<_> = (0..1_020).map(ask).collect();

    assert!(answers[..1_000].iter().all(|status| *status == 409), "{answers:?}");
    assert!(answers[1_000..].contains(&429), "{answers:?}");
    let invited =
        json!({ "username": "x1", "email": "x@example.com", "token": "abcdefghijklmnop" });
    assert_eq!(from(2_000).post("/api/signup", &invited).error(), "401 token_invalid_or_expired");
}

#[test]
fn who_misspells_an_email_again_and_again_is_not_shut_out() {
    let op = open_provider();
    let mut agent = op.agent();
    for n in 0..30 {
        let answer = sign_up(&mut agent, "carol", &format!("carol{n}example.com"));
        assert_eq!(answer.error(), "400 validation_failed");
    }

    assert_eq!(sign_up(&mut agent, "carol", "carol@example.com").status, 201);
}

/// The rate limit hides taken usernames from a client that asks for many of them.
#[test]
fn who_tries_names_and_invitations_has_to_wait() {
    let op = open_provider();
    let mut agent = op.agent();
    let taken: Vec<_> =
        (0..12).map(|_| sign_up(&mut agent, "alice", "someone@example.com").error()).collect();
    assert_eq!(taken[9], "409 already_in_use");
    assert_eq!(taken[11], "429 rate_limited");
}

/// Pocket ID 2.14: the answer names one property, the email before the username.
#[test]
fn of_a_username_and_an_email_that_are_both_taken_the_email_is_told() {
    let op = open_provider();

    let answer = sign_up(&mut op.agent(), "alice", "alice@example.com");

    assert_eq!(answer.error(), "409 already_in_use");
    assert_eq!(answer.json()["details"]["property"], "email");
    let answer = sign_up(&mut op.agent(), "alice", "other@example.com");
    assert_eq!(answer.json()["details"]["property"], "username");
}
