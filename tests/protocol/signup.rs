//! `/api/signup`: invited people, and others where sign-up is open, make an account (Pocket ID 2.14).

use std::thread;

use serde_json::{Value, json};

use super::app_config::set;
use crate::support::{agent::Answer, op::TestOp, soft_authenticator::SoftAuthenticator};

/// A provider at which only invited people sign up.
pub(super) fn invited() -> TestOp {
    let op = TestOp::start();
    set(&op, "allowUserSignups", "withToken");
    op
}

/// Makes an invitation, and gives its token.
pub(super) fn invitation(op: &TestOp, options: &str) -> String {
    let made = op.beside(&format!("signup-token create -o json {options}"));
    let made: Value = serde_json::from_str(&made.stdout).unwrap();
    made["token"].as_str().unwrap().to_owned()
}

fn sign_up(op: &TestOp, username: &str, token: &str) -> Answer {
    let email = format!("{username}@example.com");
    op.agent().post("/api/signup", &json!({ "username": username, "email": email, "token": token }))
}

#[test]
fn who_is_invited_makes_an_account_and_its_passkey() {
    let op = invited();
    op.group("family", &[]);
    let token = invitation(&op, "--group family");
    let mut agent = op.agent();
    let body = json!({
        "username": "bob", "email": "bob@example.com", "firstName": "Bob", "lastName": "Brown",
        "token": token, "isAdmin": true, "emailVerified": true, "disabled": true,
    });

    let made = agent.post("/api/signup", &body);

    assert_eq!(made.status, 201);
    let user = made.json();
    assert_eq!((&user["username"], &user["displayName"]), (&json!("bob"), &json!("Bob Brown")));
    assert_eq!(user["userGroups"][0]["name"], "family");
    // Fields that a new user does not choose stay as they are.
    for field in ["isAdmin", "emailVerified", "disabled"] {
        assert_eq!(user[field], false, "{field}");
    }
    let mut authenticator = SoftAuthenticator::new(op.base_url());
    authenticator.register(&mut agent).ok();
    assert_eq!(authenticator.sign_in(&mut op.agent()).status, 200);
    let told = op.texts("SELECT data FROM audit_events WHERE kind = 'ACCOUNT_CREATED'");
    assert!(
        told[0].contains("\"username\":\"bob\"") && told[0].contains("signupToken"),
        "{told:?}"
    );
    assert!(!told[0].contains(&token), "its id, and not the token");
}

#[test]
fn of_many_at_once_as_many_succeed_as_were_invited() {
    let op = invited();
    for (uses, tries) in [(1, 12), (3, 12)] {
        let before = op.count("users");
        let token = invitation(&op, &format!("--uses {uses}"));

        let statuses: Vec<u16> = thread::scope(|scope| {
            let (op, token) = (&op, &token);
            let tries: Vec<_> = (0..tries)
                .map(|n| scope.spawn(move || sign_up(op, &format!("user{uses}x{n}"), token).status))
                .collect();
            tries.into_iter().map(|one| one.join().unwrap()).collect()
        });

        let made = statuses.iter().filter(|status| **status == 201).count();
        assert_eq!(made, uses, "{statuses:?}");
        assert!(statuses.iter().all(|status| matches!(status, 201 | 401)), "{statuses:?}");
        assert_eq!(op.count("users") - before, i64::try_from(uses).unwrap());
    }
}

#[test]
fn what_fails_uses_no_invitation() {
    let op = invited();
    op.user("alice");
    let token = invitation(&op, "");

    assert_eq!(sign_up(&op, "alice", &token).error(), "409 already_in_use");
    assert_eq!(sign_up(&op, "not a name", &token).error(), "400 validation_failed");
    assert_eq!(sign_up(&op, "bob\u{7}", &token).error(), "400 validation_failed");
    let nameless = json!({ "token": token });
    assert_eq!(op.agent().post("/api/signup", &nameless).error(), "400 validation_failed");
    assert_eq!(op.number("SELECT usage_count FROM signup_tokens"), 0);

    assert_eq!(sign_up(&op, "bob", &token).status, 201);
    assert_eq!(op.number("SELECT usage_count FROM signup_tokens"), 1);
}

/// All of them alike: a caller learns neither which invitations there were nor which names are taken.
#[test]
fn an_invitation_that_is_over_is_as_good_as_none() {
    let op = invited();
    op.user("alice");
    let used = invitation(&op, "");
    assert_eq!(sign_up(&op, "bob", &used).status, 201);
    let expired = invitation(&op, "--ttl 1m");
    let deleted = invitation(&op, "");
    let last = "SELECT id FROM signup_tokens ORDER BY id DESC LIMIT 1";
    assert_eq!(op.number(&format!("SELECT COUNT(*) FROM ({last}) newest")), 1);
    let listed: Value = serde_json::from_str(&op.beside("signup-token list -o json").ok()).unwrap();
    let id = listed.as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned();
    op.beside(&format!("signup-token delete {id} --yes")).expect_success();
    op.advance(61);

    let long = "x".repeat(5_000);
    let guesses =
        [&used, &expired, &deleted, "abcdefghijklmnop", "a b", "\0", "' OR 1=1 --", &long];
    for token in guesses {
        for name in ["alice", "carol"] {
            assert_eq!(
                sign_up(&op, name, token).error(),
                "401 token_invalid_or_expired",
                "{token}"
            );
        }
    }
    assert_eq!(op.count("users"), 2);
    let page = op.agent().get(&format!("/signup?token={expired}"));
    assert_eq!(page.status, 403);
    assert!(page.text().contains("This invitation is no longer valid"));
}

#[test]
fn the_setting_says_who_may_sign_up() {
    let op = TestOp::start();
    op.user("root");
    let token = invitation(&op, "--uses 3");
    let closed = "403 open_signup_disabled";
    assert_eq!(sign_up(&op, "bob", "").error(), closed);
    assert_eq!(op.agent().get("/signup").status, 403);
    assert_eq!(op.agent().get(&format!("/signup?token={token}")).status, 200);
    assert_eq!(sign_up(&op, "anna", &token).status, 201, "an invitation works in every mode");

    set(&op, "allowUserSignups", "withToken");
    assert_eq!(sign_up(&op, "bob", "").error(), closed);
    assert_eq!(op.agent().get("/signup").status, 403);
    assert_eq!(op.agent().get(&format!("/signup?token={token}")).status, 200);
    assert_eq!(sign_up(&op, "bob", &token).status, 201);

    let group = op.group("everybody", &[]);
    set(&op, "signupDefaultUserGroupIDs", &format!("[\"{group}\"]"));
    set(&op, "signupDefaultCustomClaims", r#"[{"key":"tier","value":"free"}]"#);
    set(&op, "allowUserSignups", "open");
    assert_eq!(op.agent().get("/signup").status, 200);
    let made = sign_up(&op, "carol", "");
    assert_eq!(made.status, 201);
    assert_eq!(made.json()["userGroups"][0]["name"], "everybody");
    assert_eq!(op.texts("SELECT value FROM user_claims"), ["free"]);
    assert_eq!(sign_up(&op, "dora", "abcdefghijklmnop").error(), "401 token_invalid_or_expired");
    assert_eq!(sign_up(&op, "dora", &token).status, 201);

    op.beside("group delete everybody --yes").expect_success();
    assert_eq!(sign_up(&op, "emil", "").status, 201, "a group that is gone is no hindrance");
}

#[test]
fn a_link_leads_to_the_page_and_nothing_in_it_is_followed() {
    let op = invited();
    let to = |path: &str| op.agent().get(path).location().to_owned();
    assert_eq!(to("/st/abcdefghijklmnop"), "/signup?token=abcdefghijklmnop");
    assert_eq!(to("/st/a&redirect=x%0d%0aset-cookie:y").matches('&').count(), 0);
    assert_eq!(op.agent().get("/st/a/b").status, 404);
    let mut alice = op.person("alice");
    assert_eq!(alice.agent.get("/signup").location(), "/settings/account");
}

#[test]
fn whoever_signs_up_too_often_has_to_wait() {
    let op = TestOp::with_settings(&[]);
    set(&op, "allowUserSignups", "withToken");
    let answers: Vec<_> = (0..11).map(|_| sign_up(&op, "bob", "abcdefghijklmnop").status).collect();
    assert_eq!(answers[..10], [401; 10]);
    assert_eq!(answers[10], 429);
}

#[test]
fn what_is_no_sign_up_is_refused() {
    let op = invited();
    let send = |body: &str| {
        let mut agent = op.agent();
        let body = bytes::Bytes::from(body.to_owned());
        agent.send(hyper::Method::POST, "/api/signup", Some("application/json"), body).status
    };
    for body in ["", "[]", "{", r#"{"username":1}"#, r#"{"username":"bob","token":["x"]}"#] {
        assert_eq!(send(body), 400, "{body}");
    }
    assert_eq!(send(&format!("{{\"username\":\"{}\"}}", "x".repeat(2_000_000))), 413);
    assert_eq!(op.count("users"), 0);
}
