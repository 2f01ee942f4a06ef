//! The application configuration: set at the terminal, and honoured by servers that run.

use hyper::Method;
use serde_json::json;

use crate::support::{self, op::TestOp, soft_authenticator::SoftAuthenticator};

/// Sets a setting at the terminal, and waits until a server has taken it up.
pub(super) fn set(op: &TestOp, key: &str, value: &str) {
    op.beside_args(&["config", "set", key, value]).expect_success();
    wait_for(op, key, value);
}

fn wait_for(op: &TestOp, key: &str, value: &str) {
    let key = pocketid::model::ConfigKey::parse(key).unwrap();
    support::wait_for(key.name(), || op.config().text(key) == value);
}

#[test]
fn what_is_set_at_the_terminal_is_noticed_by_every_server() {
    let op = TestOp::start();
    let other = op.replica();
    op.person("frodo");
    set(&op, "appName", "The Shire");
    wait_for(&other, "appName", "The Shire");

    for op in [&op, &other] {
        assert!(op.agent().get("/login").text().contains("The Shire</title>"));
        let mut agent = op.person("bilbo").agent;
        let options = agent.get("/api/webauthn/register/start").ok().json();
        assert_eq!(options["rp"]["name"], "The Shire");
        op.execute("DELETE FROM users WHERE username = 'bilbo'");
    }

    op.beside("config unset appName").expect_success();
    wait_for(&other, "appName", "Pocket ID");
    assert!(other.agent().get("/login").text().contains("Pocket ID</title>"));
}

#[test]
fn a_session_lasts_as_long_as_is_set() {
    let op = TestOp::start();
    set(&op, "sessionDuration", "5");
    let mut alice = op.person("alice");
    op.advance(240);
    alice.agent.get("/api/users/me").ok();
    op.advance(60);
    assert_eq!(alice.agent.get("/api/users/me").error(), "401 not_signed_in");
}

#[test]
fn the_looks_that_were_chosen_come_after_ours() {
    let op = TestOp::start();
    op.person("alice");
    assert!(!op.agent().get("/login").text().contains("theme.css"));
    set(&op, "accentColor", "#123456");
    set(&op, "homePageUrl", "https://apps.example.com/");
    let page = op.agent().get("/login").text();
    assert!(page.contains("data-redirect=\"https://apps.example.com/\""), "{page}");
    let (before, after) = page.split_once("theme.css?").unwrap();
    assert!(before.contains("app.css"));
    let version = after.split('"').next().unwrap();
    let path = format!("{}theme.css?{version}", before.rsplit('"').next().unwrap());
    let sheet = op.agent().get(&path).ok();
    assert!(sheet.text().contains("--accent: #123456;"));
    assert!(sheet.header("cache-control").contains("immutable"));

    // A page of a minute ago must not cache the current sheet under the address of the old one.
    set(&op, "accentColor", "#654321");
    let sheet = op.agent().get(&path).ok();
    assert_eq!(sheet.header("cache-control"), "no-store");
}

#[test]
fn people_change_their_own_account_only_where_they_may() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let without_email = json!({"username": "al", "displayName": "Al"});
    let refused = alice.agent.json(Method::PUT, "/api/users/me", &without_email);
    assert_eq!(refused.error(), "400 validation_failed");
    assert_eq!(refused.json()["details"]["fields"][0]["field"], "email");

    set(&op, "requireUserEmail", "false");
    let me = alice.agent.json(Method::PUT, "/api/users/me", &without_email).ok().json();
    assert_eq!((&me["username"], &me["email"]), (&"al".into(), &json!(null)));

    set(&op, "emailsVerified", "true");
    let body = json!({"username": "al", "email": "al@example.com"});
    let me = alice.agent.json(Method::PUT, "/api/users/me", &body).ok().json();
    assert_eq!(me["emailVerified"], true);
    op.beside("user add bob --email bob@example.com").expect_success();
    let verified = "SELECT username FROM users WHERE email_verified = 1 ORDER BY username";
    assert_eq!(op.texts(verified), ["al", "bob"]);

    set(&op, "allowOwnAccountEdit", "false");
    let body = json!({"username": "root", "email": "root@example.com", "locale": "zh-CN"});
    let me = alice.agent.json(Method::PUT, "/api/users/me", &body).ok().json();
    assert_eq!((&me["username"], &me["locale"]), (&"al".into(), &"zh-CN".into()));
    let page = alice.agent.get("/settings/account").text();
    assert!(page.contains("<fieldset disabled"), "{page}");
}

#[test]
fn passkeys_are_of_the_kind_that_was_chosen() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    for (key, value) in [
        ("webauthnUserVerification", "preferred"),
        ("webauthnAuthenticatorAttachment", "cross-platform"),
        ("webauthnAllowSyncedPasskeys", "false"),
    ] {
        set(&op, key, value);
    }
    let options = alice.agent.get("/api/webauthn/register/start").ok().json();
    let selection = &options["authenticatorSelection"];
    assert_eq!(selection["userVerification"], "preferred");
    assert_eq!(selection["authenticatorAttachment"], "cross-platform");

    let mut synced = SoftAuthenticator::new(op.base_url());
    assert_eq!(synced.register(&mut alice.agent).error(), "400 synced_passkey_not_allowed");
    let mut key = SoftAuthenticator::new(op.base_url());
    (key.backup_eligible, key.user_verified) = (false, false);
    key.register(&mut alice.agent).ok();
    // The one from before goes on.
    alice.authenticator.sign_in(&mut op.agent()).ok();
    key.sign_in(&mut op.agent()).ok();

    set(&op, "webauthnUserVerification", "required");
    let refused = key.sign_in(&mut op.agent());
    assert_eq!(refused.error(), "400 passkey_user_verification_required");
}

#[test]
fn clients_that_describe_themselves_are_let_in_while_it_runs() {
    let op = TestOp::start();
    let supported = || {
        let metadata = op.agent().get("/.well-known/openid-configuration").ok().json();
        metadata["client_id_metadata_document_supported"] == true
    };
    assert!(!supported());
    set(&op, "cimdUrlAllowlist", r#"["https://*.example.com/**"]"#);
    assert!(supported());
}
