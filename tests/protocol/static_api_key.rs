//! `STATIC_API_KEY`: a key that the environment has (Pocket ID 2.14).

use hyper::Method;
use serde_json::json;

use crate::support::{agent::Agent, op::TestOp};

const KEY: &str = "a-key-of-the-environment";
const ID: &str = "00000000-0000-0000-0000-000000000000";

fn start() -> (TestOp, Agent) {
    let op = TestOp::with_settings(&[("DISABLE_RATE_LIMITING", "true"), ("STATIC_API_KEY", KEY)]);
    let program = op.agent().with_header("x-api-key", KEY);
    (op, program)
}

#[test]
fn the_static_key_acts_as_an_administrator_of_its_own() {
    let (op, mut program) = start();
    assert_eq!(op.count("users"), 0, "until it is used");

    let me = program.get("/api/users/me").ok().json();

    assert_eq!((&me["id"], &me["isAdmin"]), (&json!(ID), &json!(true)));
    assert!(me["username"].as_str().unwrap().starts_with("static-api-user-"), "{me}");
    assert_eq!((&me["displayName"], &me["email"]), (&json!("Static API User"), &json!(null)));
    let body = json!({ "name": "staff", "friendlyName": "Staff" });
    assert_eq!(program.post("/api/user-groups", &body).status, 201);
    assert_eq!(program.get("/api/users/me").ok().json(), me, "it is made once");
    let listed = program.get("/api/audit-logs/all").ok().json();
    let entries: Vec<_> = listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            [&one["event"], &one["actor"], &one["actorUsername"]]
                .map(|text| text.as_str().unwrap().to_owned())
        })
        .collect();
    assert_eq!(entries[0], ["ACCOUNT_CREATED", "program", ""]);
    assert_eq!(entries[1], ["GROUP_CREATED", "api_key", me["username"].as_str().unwrap()]);
    op.user("alice");
    for key in ["", &KEY[1..], &KEY.to_uppercase(), &format!("{KEY}x")] {
        let mut other = op.agent().with_header("x-api-key", key);
        assert_eq!(other.get("/api/users/me").error(), "401 not_signed_in", "{key}");
    }
}

#[test]
fn the_static_key_may_not_do_what_keys_may_not() {
    let (op, mut program) = start();
    program.get("/api/users/me").ok();

    let body = json!({ "name": "script", "expiresAt": "2099-01-01T00:00:00Z" });
    assert_eq!(program.post("/api/api-keys", &body).error(), "403 api_key_auth_not_allowed");
    let start = program.get("/api/webauthn/register/start");
    assert_eq!(start.error(), "403 api_key_auth_not_allowed");
    assert_eq!(op.count("api_keys"), 0);
    op.beside("user disable static-api-user --yes").expect_failure(1);
}

/// The account goes when the key goes, so it must not count among the users who can sign in.
#[test]
fn the_account_of_the_static_key_is_no_administrator_who_is_left() {
    let (op, mut program) = start();
    program.get("/api/users/me").ok();

    assert_eq!(op.agent().get("/login").location(), "/setup", "nobody can sign in yet");
    let alice = op.user("alice");
    op.change_user(alice.id, |user| user.is_admin = true);
    let refused = op.beside("user disable alice");
    assert!(refused.stderr.contains("the last enabled administrator"), "{}", refused.stderr);
    let exported = op.beside("export-config").ok();
    assert!(exported.contains("alice") && !exported.contains("static-api-user"), "{exported}");
}

#[test]
fn the_account_is_deleted_when_a_server_starts_without_the_key() {
    let (op, mut program) = start();
    program.get("/api/users/me").ok();
    op.user("alice");

    let replica = op.replica();

    assert_eq!(op.texts("SELECT username FROM users"), ["alice"]);
    let mut program = replica.agent().with_header("x-api-key", KEY);
    assert_eq!(program.get("/api/users/me").error(), "401 not_signed_in");
    assert!(op.audit_kinds().iter().any(|kind| kind == "ACCOUNT_DELETED"));
}

/// With it, an account would be no administrator for some rules, and take the key's place.
#[test]
fn nobody_else_gets_the_id_of_the_static_account() {
    let op = TestOp::start();
    let mut root = op.person("root");
    op.change_user(root.id, |user| user.is_admin = true);
    let user =
        json!({ "id": ID, "username": "eve", "displayName": "Eve", "email": "e@example.com" });
    let made = root.agent.post("/api/users", &user);
    assert_eq!(made.error(), "409 already_in_use");
    let document = json!({ "users": [{ "id": ID, "username": "eve", "isAdmin": true }] });
    let applied = root.agent.json(Method::PUT, "/api/configuration", &document);
    assert!(applied.status >= 400, "{}", applied.text());
    assert_eq!(op.texts("SELECT username FROM users"), ["root"]);
}
