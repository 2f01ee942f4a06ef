//! The ways into an account: one-time codes, passkeys, sessions, grants.

use hyper::Method;
use serde_json::json;

use super::{administrator, delete, fields, only_administrators_may};
use crate::{protocol::app_config::set, support::op::TestOp};

const UNKNOWN: &str = "/api/users/018f0000-0000-7000-8000-000000000000";
const NO_ROW: &str = "018f0000-0000-7000-8000-000000000001";

#[test]
fn a_one_time_code_signs_its_user_in_once() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let alice = op.user("alice");
    let path = format!("/api/users/{}/one-time-access-token", alice.id);

    for (body, length) in [(json!({}), 6), (json!({"ttl": 600}), 6), (json!({"ttl": "1h"}), 12)] {
        let made = root.post(&path, &body);
        assert_eq!(made.status, 201);
        let code = made.json()["token"].as_str().unwrap().to_owned();
        assert_eq!(code.len(), length);
        let exchange = format!("/api/one-time-access-token/{code}");
        let mut agent = op.agent();
        assert_eq!(agent.post(&exchange, &json!({})).ok().json()["username"], "alice");
        assert_eq!(agent.post(&exchange, &json!({})).error(), "401 token_invalid_or_expired");
    }
    let codes = op.count("one_time_access_tokens");
    assert_eq!(fields(&root.post(&path, &json!({"ttl": "800h"}))), ["ttl ttl"]);
    assert_eq!(root.post(&path, &json!({"ttl": "soon"})).error(), "400 invalid_request_body");
    op.change_user(alice.id, |user| user.disabled = true);
    assert_eq!(root.post(&path, &json!({})).error(), "403 user_disabled");
    assert_eq!(op.count("one_time_access_tokens"), codes);
}

#[test]
fn without_mail_the_answers_are_those_of_pocket_id() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let alice = op.user("alice");
    let path = format!("/api/users/{}/one-time-access-email", alice.id);
    assert_eq!(root.post(&path, &json!({"ttl": 900})).error(), "403 one_time_access_disabled");
    let mut nobody = op.agent();
    let address = json!({"email": "nobody@example.com"});
    assert_eq!(
        nobody.post("/api/one-time-access-email", &address).error(),
        "403 one_time_access_disabled"
    );
    assert_eq!(fields(&nobody.post("/api/one-time-access-email", &json!({}))), ["email required"]);
    let me = "/api/users/me";
    assert_eq!(
        root.post(&format!("{me}/send-email-verification"), &json!({})).error(),
        "500 internal_error"
    );
    assert_eq!(fields(&root.post(&format!("{me}/verify-email"), &json!({}))), ["token required"]);
    let token = json!({"token": "nonsense"});
    assert_eq!(
        root.post(&format!("{me}/verify-email"), &token).error(),
        "400 invalid_email_verification_token"
    );
    for path in ["send-email-verification", "verify-email"] {
        assert_eq!(nobody.post(&format!("{me}/{path}"), &token).error(), "401 not_signed_in");
    }

    set(&op, "emailOneTimeAccessAsAdminEnabled", "true");
    assert_eq!(root.post(&path, &json!({})).status, 204);
    op.change_user(alice.id, |user| user.email = None);
    assert_eq!(root.post(&path, &json!({})).error(), "409 user_email_not_set");
}

#[test]
fn passkeys_of_a_user_are_listed_and_removed() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let (alice, bob) = (op.person("alice"), op.person("bob"));
    let path = |id: &dyn std::fmt::Display| format!("/api/users/{id}/webauthn-credentials");

    let listed = root.get(&path(&alice.id)).ok().json();
    let passkey = listed[0]["id"].as_str().unwrap();
    let of_another = format!("{}/{passkey}", path(&bob.id));
    assert_eq!(delete(&mut root, &of_another).error(), "404 not_found");
    assert_eq!(op.count("passkeys"), 2);
    let own = format!("{}/{passkey}", path(&alice.id));
    assert_eq!(delete(&mut root, &own).status, 204);
    assert_eq!(delete(&mut root, &own).error(), "404 not_found");
    assert_eq!(root.get(&path(&alice.id)).ok().json(), json!([]));
    let removed = op.audit_kinds().iter().filter(|kind| *kind == "PASSKEY_REMOVED").count();
    assert_eq!(removed, 1);
}

#[test]
fn sessions_of_a_user_are_listed_and_ended() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let (mut alice, mut bob) = (op.person("alice"), op.person("bob"));
    let path = format!("/api/users/{}/sessions", alice.id);
    let listed = root.get(&path).ok().json();
    let session = listed[0]["id"].as_str().unwrap();

    let of_bob = format!("/api/users/{}/sessions/{session}", bob.id);
    assert_eq!(delete(&mut root, &of_bob).error(), "404 not_found");
    alice.agent.get("/api/users/me").ok();
    assert_eq!(delete(&mut root, &format!("{path}/{session}")).status, 204);
    assert_eq!(alice.agent.get("/api/users/me").error(), "401 not_signed_in");
    assert_eq!(delete(&mut root, &format!("{path}/{session}")).error(), "404 not_found");
    assert_eq!(delete(&mut root, &format!("/api/users/{}/sessions", bob.id)).status, 204);
    assert_eq!(bob.agent.get("/api/users/me").error(), "401 not_signed_in");
}

#[test]
fn grants_of_a_user_are_listed_and_ended() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let (mut alice, bob, client) = (op.person("alice"), op.user("bob"), op.client());
    let token = |alice: &mut crate::support::flow::Person| {
        let code = alice.code(&client, &[]);
        op.redeem(&client, &code).ok().json()["access_token"].as_str().unwrap().to_owned()
    };
    let (first, second) = (token(&mut alice), token(&mut alice));
    let path = format!("/api/users/{}/grants", alice.id);
    let listed = root.get(&path).ok().json();
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["clientId"]), (2, &json!(client.id)));

    // Newest first.
    let grant = listed[1]["id"].as_str().unwrap();
    assert_eq!(
        delete(&mut root, &format!("/api/users/{}/grants/{grant}", bob.id)).error(),
        "404 not_found"
    );
    assert_eq!(op.userinfo(&first).status, 200);
    assert_eq!(delete(&mut root, &format!("{path}/{grant}")).status, 204);
    assert_eq!((op.userinfo(&first).status, op.userinfo(&second).status), (401, 200));
    assert_eq!(delete(&mut root, &path).status, 204);
    assert_eq!((op.userinfo(&second).status, op.count("consents")), (401, 0));
    assert_eq!(root.get(&path).ok().json(), json!([]));
}

#[test]
fn who_does_not_exist_has_nothing_to_list_or_end() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let entries = op.audit_kinds();
    for rest in ["asserted-subjects", "grants", "sessions", "webauthn-credentials"] {
        assert_eq!(root.get(&format!("{UNKNOWN}/{rest}")).error(), "404 user_not_found");
        assert_eq!(
            delete(&mut root, &format!("{UNKNOWN}/{rest}/{NO_ROW}")).error(),
            "404 user_not_found"
        );
    }
    for rest in ["grants", "sessions"] {
        assert_eq!(delete(&mut root, &format!("{UNKNOWN}/{rest}")).error(), "404 user_not_found");
    }
    let code = format!("{UNKNOWN}/one-time-access-token");
    assert_eq!(root.post(&code, &json!({})).error(), "404 user_not_found");
    assert_eq!(op.audit_kinds(), entries);
}

#[test]
fn access_of_users_is_for_administrators() {
    let op = TestOp::start();
    let path = |rest: &str| format!("{UNKNOWN}/{rest}");
    let row = |rest: &str| format!("{UNKNOWN}/{rest}/{NO_ROW}");
    only_administrators_may(
        &op,
        &[
            (Method::POST, &path("one-time-access-token"), json!({})),
            (Method::POST, &path("one-time-access-email"), json!({})),
            (Method::GET, &path("webauthn-credentials"), json!(null)),
            (Method::DELETE, &row("webauthn-credentials"), json!(null)),
            (Method::GET, &path("asserted-subjects"), json!(null)),
            (Method::DELETE, &row("asserted-subjects"), json!(null)),
            (Method::GET, &path("sessions"), json!(null)),
            (Method::DELETE, &path("sessions"), json!(null)),
            (Method::DELETE, &row("sessions"), json!(null)),
            (Method::GET, &path("grants"), json!(null)),
            (Method::DELETE, &path("grants"), json!(null)),
            (Method::DELETE, &row("grants"), json!(null)),
        ],
    );
    assert_eq!(op.count("one_time_access_tokens"), 0);
}

/// The first step of a deletion ends the caller's own session and keys; the rest follows all the same.
#[test]
fn an_administrator_may_delete_their_own_account_as_a_whole() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    op.user("other");
    op.beside("user update other --admin").expect_success();
    let own = root.get("/api/users/me").ok().json()["id"].as_str().unwrap().to_owned();

    assert_eq!(delete(&mut root, &format!("/api/users/{own}")).status, 204);

    assert_eq!(op.texts("SELECT username FROM users"), ["other"]);
    assert_eq!(root.get("/api/users/me").status, 401);
}
