//! Changes of accounts at the terminal, as the server beside it shows them.

use hyper::Method;
use serde_json::{Value, json};

use super::app_config::set;
use crate::support::{
    flow::Person,
    op::{TestClient, TestOp},
};

fn client(op: &TestOp) -> TestClient {
    // No server listens there: logout notices stay in the database.
    op.client_with("https://app.example.com/callback", |client| {
        client.backchannel_logout_uri = Some("http://127.0.0.1:9/logged-out".into());
    })
}

fn tokens(op: &TestOp, client: &TestClient, person: &mut Person, scope: &str) -> Value {
    op.redeem(client, &person.code(client, &[("scope", scope)])).ok().json()
}

fn is_signed_in(person: &mut Person) -> bool {
    person.agent.get("/api/users/me").status == 200
}

fn assert_is_over(op: &TestOp, client: &TestClient, tokens: &Value) {
    assert_eq!(op.userinfo(tokens["access_token"].as_str().unwrap()).status, 401);
    if let Some(token) = tokens["refresh_token"].as_str() {
        assert_eq!(op.refresh(client, token).error(), "400 invalid_grant");
    }
}

#[test]
fn disabling_ends_sessions_codes_links_and_all_tokens_for_good() {
    let op = TestOp::start();
    let client = client(&op);
    let (mut alice, mut bob) = (op.person("alice"), op.person("bob"));
    let online = tokens(&op, &client, &mut alice, "openid");
    let offline = tokens(&op, &client, &mut alice, "openid offline_access");
    let bobs = tokens(&op, &client, &mut bob, "openid");
    let code = alice.code(&client, &[]);
    let link = op.one_time_code(alice.id, 600);

    op.beside("user disable alice").expect_success();

    for _ in ["while they are disabled", "and afterwards"] {
        assert!(!is_signed_in(&mut alice));
        assert_is_over(&op, &client, &online);
        assert_is_over(&op, &client, &offline);
        assert_eq!(op.redeem(&client, &code).error(), "400 invalid_grant");
        let path = format!("/api/one-time-access-token/{link}");
        assert_eq!(op.agent().post(&path, &json!({})).error(), "401 token_invalid_or_expired");
        op.beside("user enable alice").expect_success();
    }
    assert!(is_signed_in(&mut bob), "it is nobody else's affair");
    assert_eq!(op.userinfo(bobs["access_token"].as_str().unwrap()).status, 200);
    alice.agent.cookies.clear();
    alice.authenticator.sign_in(&mut alice.agent).ok();
    assert!(is_signed_in(&mut alice), "the passkeys are still there");
}

/// OIDC Back-Channel Logout §2: clients are told of each session that ends.
#[test]
fn clients_are_told_of_accounts_that_are_disabled_or_removed() {
    let op = TestOp::start();
    let (client, silent) = (client(&op), op.client());
    for (name, command) in [("alice", "user disable alice"), ("bob", "user remove bob --yes")] {
        let mut person = op.person(name);
        tokens(&op, &client, &mut person, "openid");
        tokens(&op, &silent, &mut person, "openid");
        person.agent.cookies.clear();
        person.authenticator.sign_in(&mut person.agent).ok();
        tokens(&op, &client, &mut person, "openid");

        let before = op.count("outbox");
        op.beside(command).expect_success();

        assert_eq!(op.count("outbox"), before + 2, "{name}: one for each session");
    }
}

#[test]
fn removing_takes_everything_with_it_but_the_audit_log() {
    let op = TestOp::start();
    let client = client(&op);
    let mut alice = op.person("alice");
    let tokens = tokens(&op, &client, &mut alice, "openid offline_access");
    let entries = op.count("audit_events");

    op.beside("user remove alice --yes").expect_success();

    assert!(!is_signed_in(&mut alice));
    assert_is_over(&op, &client, &tokens);
    for table in ["users", "passkeys", "sessions", "grants", "refresh_tokens", "consents"] {
        assert_eq!(op.count(table), 0, "{table}");
    }
    assert_eq!(op.count("audit_events"), entries + 1);
}

/// Only who takes the last administrator away on purpose opens the door.
#[test]
fn set_up_works_again_once_the_last_administrator_was_taken_away_on_purpose() {
    for command in ["disable root", "remove root", "update root --no-admin"] {
        let op = TestOp::start();
        op.beside("user add root --admin").expect_success();
        op.beside(&format!("user {command}")).expect_failure(1);
        assert_eq!(op.agent().get("/api/signup/setup").error(), "404 setup_not_available");

        op.beside(&format!("user {command} --yes")).expect_success();

        assert_eq!(op.agent().get("/api/signup/setup").status, 204);
        assert!(op.agent().get("/setup").ok().text().contains("setup-form"));
        // The first visitor cannot set up: it takes the code, which only people with access to the server
        // or its log have.
        let mut body = json!({"username": "root2", "email": "root2@example.com"});
        let refused = op.agent().post("/api/signup/setup", &body);
        assert_eq!(refused.error(), "403 setup_code_required", "{command}");
        body["setupCode"] = op.beside("setup --code").ok().trim().into();
        op.agent().post("/api/signup/setup", &body).ok();
        let again = json!({"username": "mallory", "email": "m@example.com"});
        assert_eq!(
            op.agent().post("/api/signup/setup", &again).error(),
            "409 setup_already_completed"
        );
        let replaced = |kind: &String| kind == "ADMINISTRATOR_REPLACED";
        assert_eq!(op.audit_kinds().into_iter().filter(replaced).count(), 1, "{command}");
    }
}

#[test]
fn set_up_stays_closed_over_the_network_when_the_only_administrator_is_disabled_otherwise() {
    let op = TestOp::start();
    let root = op.user("root");
    op.change_user(root.id, |user| (user.is_admin, user.disabled) = (true, true));

    let body = json!({"username": "mallory", "email": "m@example.com"});

    assert_eq!(op.agent().post("/api/signup/setup", &body).error(), "409 setup_already_completed");
    op.beside("setup --username root2").expect_success();
    assert!(op.audit_kinds().contains(&"ADMINISTRATOR_REPLACED".to_owned()));
}

/// A name that a look-up would take for another account: an id, or the email of another user.
#[test]
fn nobody_takes_a_name_that_stands_for_another_account() {
    let op = TestOp::start();
    set(&op, "allowUserSignups", "open");
    let (mut alice, bob) = (op.person("alice"), op.person("bob"));
    op.change_user(bob.id, |user| user.email = Some("bob@example.com".parse().unwrap()));
    let (id, plain) = (bob.id.to_string(), bob.id.0.simple().to_string());
    let email = |name: &str| format!("{}@example.org", name.replace(['-', '@'], "."));

    for name in [id.as_str(), plain.as_str(), &plain.to_uppercase()] {
        let body = json!({ "username": name, "email": email(name) });
        let answers = [
            alice.agent.json(Method::PUT, "/api/users/me", &body),
            op.agent().post("/api/signup", &body),
        ];
        for answer in answers {
            assert_eq!(answer.error(), "400 validation_failed");
            assert_eq!(answer.json()["details"]["fields"][0]["code"], "reads_as_id");
        }
    }
    let body = json!({ "username": "Bob@Example.com", "email": "x@example.org" });
    assert_eq!(alice.agent.json(Method::PUT, "/api/users/me", &body).error(), "409 already_in_use");
    assert_eq!(op.agent().post("/api/signup", &body).error(), "409 already_in_use");
    op.change_user(alice.id, |user| user.username = "alice@example.com".parse().unwrap());
    let body = json!({ "username": "carol", "email": "Alice@example.com" });
    let answer = op.agent().post("/api/signup", &body);
    assert_eq!(answer.json()["details"]["property"], "email", "{}", answer.text());
    assert_eq!(op.count("users"), 2, "nothing was made");
    // One's own email is a good username.
    let body = json!({ "username": "alice@example.com", "email": "alice@example.com" });
    alice.agent.json(Method::PUT, "/api/users/me", &body).ok();
}
