//! RFC 7009: token revocation.

use pocketid::model::ClientType;
use serde_json::{Value, json};

use crate::support::{
    agent::Answer,
    op::{TestClient, TestOp},
};

const PATH: &str = "/api/oidc/revoke";

fn revoke(op: &TestOp, client: &TestClient, fields: &[(&str, &str)]) -> Answer {
    let credentials =
        [("client_id", client.id.as_str()), ("client_secret", client.secret.as_str())];
    op.agent().post_form(PATH, &[fields, &credentials].concat())
}

fn text(tokens: &Value, name: &str) -> String {
    tokens[name].as_str().unwrap().to_owned()
}

/// RFC 7009 §2.1: with a refresh token goes all that its grant bought.
#[test]
fn a_revoked_refresh_token_takes_its_grant_with_it() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let tokens = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    let other = op.redeem(&client, &alice.code(&client, &[])).ok().json();

    let answer = revoke(&op, &client, &[("token", &text(&tokens, "refresh_token"))]);

    assert_eq!((answer.status, answer.text().as_str()), (200, ""));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(op.userinfo(&text(&tokens, "access_token")).error(), "401 invalid_token");
    let refreshed = op.refresh(&client, &text(&tokens, "refresh_token"));
    assert_eq!(refreshed.error(), "400 invalid_grant");
    op.userinfo(&text(&other, "access_token")).ok();
    assert!(op.audit_kinds().contains(&"GRANT_REVOKED".to_owned()));
}

#[test]
fn a_revoked_access_token_goes_alone() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let tokens = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    let token = text(&tokens, "access_token");

    revoke(&op, &client, &[("token", &token), ("token_type_hint", "refresh_token")]).ok();

    assert_eq!(op.userinfo(&token).error(), "401 invalid_token");
    op.refresh(&client, &text(&tokens, "refresh_token")).ok();
}

/// RFC 7009 §2.2: an invalid token is no error.
#[test]
fn a_token_that_is_of_no_use_is_as_good_as_revoked() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let tokens = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    let token = text(&tokens, "access_token");
    revoke(&op, &client, &[("token", &token)]).ok();
    for token in [token.as_str(), "nonsense", &"x".repeat(9_000), &text(&tokens, "id_token")] {
        assert_eq!(revoke(&op, &client, &[("token", token)]).status, 200, "{token}");
    }
    let unknown_hint = [("token", "nonsense"), ("token_type_hint", "something")];
    assert_eq!(revoke(&op, &client, &unknown_hint).status, 200);
}

/// RFC 7009 §2.1: a client revokes only its own tokens.
#[test]
fn a_token_of_another_client_stays_as_it_is() {
    let op = TestOp::start();
    let (client, other) = (op.client(), op.client());
    let public = op.client_with("https://spa.example.com/cb", |client| {
        client.client_type = ClientType::Public;
    });
    let mut alice = op.person("alice");
    let tokens = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    for name in ["access_token", "refresh_token"] {
        let token = text(&tokens, name);
        assert_eq!(revoke(&op, &other, &[("token", &token)]).error(), "400 invalid_grant");
        let anybody = [("token", token.as_str()), ("client_id", public.id.as_str())];
        assert_eq!(op.agent().post_form(PATH, &anybody).error(), "400 invalid_grant");
        let unproven = [("token", token.as_str()), ("client_id", client.id.as_str())];
        assert_eq!(op.agent().post_form(PATH, &unproven).error(), "401 invalid_client");
    }
    op.userinfo(&text(&tokens, "access_token")).ok();
    op.refresh(&client, &text(&tokens, "refresh_token")).ok();
}

/// RFC 7009 §5: applications in browsers revoke their tokens, too.
#[test]
fn a_public_client_revokes_its_own_tokens_from_a_browser() {
    let op = TestOp::start();
    let public = op.client_with("https://spa.example.com/cb", |client| {
        client.client_type = ClientType::Public;
    });
    let preflight = op.agent().send(hyper::Method::OPTIONS, PATH, None, Vec::new().into());
    assert_eq!(preflight.header("access-control-allow-origin"), "*");
    let answer =
        op.agent().post_form(PATH, &[("token", "nonsense"), ("client_id", public.id.as_str())]);
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, "*"));
}

#[test]
fn a_malformed_request_is_refused() {
    let op = TestOp::start();
    let client = op.client();
    for fields in [&[][..], &[("token", "")], &[("token", "a"), ("token", "b")]] {
        assert_eq!(revoke(&op, &client, fields).error(), "400 invalid_request", "{fields:?}");
    }
    let huge = "x".repeat(20_000);
    assert_eq!(revoke(&op, &client, &[("token", &huge)]).error(), "400 invalid_request");
    assert_eq!(op.agent().post(PATH, &json!({"token": "a"})).error(), "400 invalid_request");
    assert_eq!(op.agent().get(PATH).status, 404);
}

/// A caller without a secret could keep the one writer busy with texts that only look like a token.
#[test]
fn a_token_that_nobody_issued_is_not_looked_for_in_a_write() {
    let op = TestOp::start();
    if op.is_postgres() {
        return;
    }
    let client = op.client();
    let mut alice = op.person("alice");
    let tokens = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    let forged = format!("{}x", text(&tokens, "access_token"));
    let _held = op.hold_writes();

    revoke(&op, &client, &[("token", &forged)]).ok();
}
