//! RFC 7662: token introspection.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use pocketid::model::ClientType;
use serde_json::{Value, json};

use crate::support::{
    agent::Answer,
    op::{TestClient, TestOp},
};

const PATH: &str = "/api/oidc/introspect";

fn introspect(op: &TestOp, client: &TestClient, token: &str) -> Answer {
    let credentials = BASE64_STANDARD.encode(format!("{}:{}", client.id, client.secret));
    ask(op, &format!("Basic {credentials}"), &[("token", token)])
}

fn ask(op: &TestOp, authorization: &str, fields: &[(&str, &str)]) -> Answer {
    op.agent().with_header("authorization", authorization).post_form(PATH, fields)
}

fn text(tokens: &Value, name: &str) -> String {
    tokens[name].as_str().unwrap().to_owned()
}

fn tokens(op: &TestOp, client: &TestClient) -> Value {
    let mut alice = op.person("alice");
    op.redeem(client, &alice.code(client, &[])).ok().json()
}

/// RFC 7662 §2.2.
#[test]
fn a_good_access_token_is_described_to_its_client() {
    let op = TestOp::start();
    let client = op.client();
    let before = op.now().as_unix();
    let access_token = text(&tokens(&op, &client), "access_token");
    let issued = before..=op.now().as_unix();

    let answer = introspect(&op, &client, &access_token).ok();

    assert_eq!(answer.header("cache-control"), "no-store");
    let claims = answer.json();
    assert_eq!(claims["active"], true);
    assert_eq!(claims["client_id"], client.id);
    assert_eq!(claims["scope"], "openid profile email");
    assert_eq!(claims["username"], "alice");
    assert_eq!(claims["iss"], op.base_url());
    assert_eq!(claims["aud"], json!([client.id, op.base_url()]));
    let iat = claims["iat"].as_i64().unwrap();
    assert!(issued.contains(&iat), "{iat}");
    assert_eq!(claims["exp"], iat + 3_600);
    let userinfo = op.userinfo(&access_token).ok().json();
    assert_eq!(claims["sub"], userinfo["sub"]);
}

#[test]
fn a_refresh_token_ends_when_it_ends_and_not_with_the_access_token() {
    let op = TestOp::start();
    let client = op.client();
    let before = op.now();
    let refresh_token = text(&tokens(&op, &client), "refresh_token");
    let ends = [before, op.now()].map(|now| now.plus(30 * 86_400).as_unix());

    let claims = introspect(&op, &client, &refresh_token).ok().json();

    assert_eq!((&claims["active"], &claims["client_id"]), (&json!(true), &json!(client.id)));
    let exp = claims["exp"].as_i64().unwrap();
    assert!((ends[0]..=ends[1]).contains(&exp), "{exp}");
}

/// RFC 7662 §2.2: nothing more is told of a token that is not active, or not the caller's.
#[test]
fn a_token_that_is_not_good_is_not_active_and_nothing_more_is_told() {
    let op = TestOp::start();
    let (client, other) = (op.client(), op.client());
    let mut alice = op.person("alice");
    let tokens = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    let inactive = |client: &TestClient, token: &str| {
        assert_eq!(introspect(&op, client, token).ok().json(), json!({"active": false}), "{token}");
    };
    for token in [&access, &refresh] {
        inactive(&other, token);
    }
    let id_token = text(&tokens, "id_token");
    let long = "x".repeat(9_000);
    let (signed, _) = access.rsplit_once('.').unwrap();
    for token in
        ["nonsense", &id_token, &long, &format!("{signed}.AAAA"), &refresh.replace('_', "-")]
    {
        inactive(&client, token);
    }
    op.refresh(&client, &refresh).ok();
    inactive(&client, &refresh);
    inactive(&client, &access);

    let tokens = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    op.change_user(alice.id, |user| user.disabled = true);
    inactive(&client, &text(&tokens, "access_token"));
    op.change_user(alice.id, |user| user.disabled = false);
    op.advance(3_601);
    inactive(&client, &text(&tokens, "access_token"));
}

/// RFC 7662 §2.1: the endpoint must require authorization.
#[test]
fn whoever_does_not_prove_who_they_are_learns_nothing() {
    let op = TestOp::start();
    let client = op.client();
    let public = op.client_with("https://spa.example.com/cb", |client| {
        client.client_type = ClientType::Public;
    });
    let mut alice = op.person("alice");
    let own = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    let token = text(&own, "access_token");
    for fields in [
        &[("token", token.as_str())][..],
        &[("token", &token), ("client_id", &client.id)],
        &[("token", &token), ("client_id", &client.id), ("client_secret", "wrong")],
        &[("token", &token), ("client_id", &public.id)],
    ] {
        let answer = op.agent().post_form(PATH, fields);
        assert_eq!(answer.error(), "401 invalid_client", "{fields:?}");
        assert!(!answer.header("www-authenticate").is_empty());
    }
    let nonsense = ask(&op, "Bearer nonsense", &[("token", &token)]);
    assert_eq!(nonsense.error(), "401 invalid_client");
    let itself = ask(&op, &format!("Bearer {token}"), &[("token", &token)]);
    assert_eq!(itself.error(), "401 invalid_client");
    let refresh = text(&own, "refresh_token");
    let not_access = ask(&op, &format!("Bearer {refresh}"), &[("token", &token)]);
    assert_eq!(not_access.error(), "401 invalid_client");

    let second = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    let bearer = format!("Bearer {}", text(&second, "access_token"));
    assert_eq!(ask(&op, &bearer, &[("token", &token)]).ok().json()["active"], true);
}

#[test]
fn a_malformed_request_is_refused() {
    let op = TestOp::start();
    let client = op.client();
    let credentials = BASE64_STANDARD.encode(format!("{}:{}", client.id, client.secret));
    let basic = format!("Basic {credentials}");
    for fields in [&[][..], &[("token", "")], &[("token", "a"), ("token", "b")]] {
        assert_eq!(ask(&op, &basic, fields).error(), "400 invalid_request", "{fields:?}");
    }
    let huge = "x".repeat(20_000);
    assert_eq!(ask(&op, &basic, &[("token", &huge)]).error(), "400 invalid_request");
    let mut agent = op.agent().with_header("authorization", &basic);
    assert_eq!(agent.post(PATH, &json!({"token": "a"})).error(), "400 invalid_request");
    assert_eq!(agent.get(PATH).status, 404);
    let both = [("token", "a"), ("client_secret", "another")];
    assert_eq!(ask(&op, &basic, &both).error(), "400 invalid_request");
}
