//! RFC 6749 §4.4: clients that act for themselves.

use pocketid::{
    crypto::jws,
    model::{ClientType, SubjectType},
};
use serde_json::{Value, json};

use crate::support::{
    agent::Answer,
    op::{TestClient, TestOp},
};

const ORDERS: &str = "https://orders.example.com";

fn ask(op: &TestOp, client: &TestClient, more: &[(&str, &str)]) -> Answer {
    op.token(client, &[&[("grant_type", "client_credentials")], more].concat())
}

fn introspect(op: &TestOp, client: &TestClient, token: &str) -> Value {
    let fields = [
        ("token", token),
        ("client_id", client.id.as_str()),
        ("client_secret", client.secret.as_str()),
    ];
    op.agent().post_form("/api/oidc/introspect", &fields).ok().json()
}

fn access_token(answer: &Answer) -> String {
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

/// RFC 6749 §4.4.3, RFC 9068 §2.2.
#[test]
fn a_client_gets_a_token_that_says_who_it_is_and_nothing_of_a_user() {
    let op = TestOp::start();
    let client = op.client();

    let answer = ask(&op, &client, &[("scope", "openid profile")]).ok();

    assert_eq!(answer.header("cache-control"), "no-store");
    let tokens = answer.json();
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("bearer"), &json!(3_600)));
    assert!(tokens.get("scope").is_none(), "scopes about a user mean nothing here");
    assert!(tokens.get("refresh_token").is_none() && tokens.get("id_token").is_none());
    let token = access_token(&answer);
    let claims: Value = jws::peek_claims(&token).unwrap();
    assert_eq!(claims["sub"], format!("client-{}", client.id));
    assert_eq!((&claims["aud"], &claims["iss"]), (&json!([client.id]), &json!(op.base_url())));
    let told = introspect(&op, &client, &token);
    assert_eq!((&told["active"], &told["sub"]), (&json!(true), &claims["sub"]));
    assert!(told.get("username").is_none());
    let refused = op.userinfo(&token);
    assert_eq!(refused.error(), "403 insufficient_scope");
}

/// RFC 8707 §2, RFC 9068 §3.
#[test]
fn a_token_for_an_api_has_its_audience_and_the_permissions_that_the_client_has() {
    let op = TestOp::start();
    let client = op.client();
    let api = op.api(ORDERS, &["read", "write", "delete"]);
    op.let_use(&client, api, SubjectType::Client, &["read", "write"]);

    let all = ask(&op, &client, &[("resource", ORDERS)]).ok();
    let some =
        ask(&op, &client, &[("resource", "https://orders.example.com/"), ("scope", "write")]);

    let claims: Value = jws::peek_claims(&access_token(&all)).unwrap();
    assert_eq!((&claims["aud"], &claims["scope"]), (&json!([ORDERS]), &json!("read write")));
    assert_eq!(claims["scp"], json!(["read", "write"]));
    assert_eq!(some.ok().json()["scope"], "write");
    let header = access_token(&all);
    let header = header.split('.').next().unwrap();
    assert!(header.starts_with("eyJhbGciOiJSUzI1Ni"), "an API knows the client's algorithm");
}

#[test]
fn what_a_client_may_not_have_it_does_not_get() {
    let op = TestOp::start();
    let client = op.client();
    let public = op.client_with("https://spa.example.com/cb", |client| {
        client.client_type = ClientType::Public;
    });
    let orders = op.api(ORDERS, &["read", "write"]);
    let stock = op.api("https://stock.example.com", &["count"]);
    op.let_use(&client, orders, SubjectType::Client, &["read"]);
    op.let_use(&client, stock, SubjectType::User, &["count"]);
    for (fields, error) in [
        (&[("resource", ORDERS), ("scope", "write")][..], "400 invalid_scope"),
        (&[("resource", ORDERS), ("scope", "read unknown")], "400 invalid_scope"),
        (&[("scope", "read")], "400 invalid_scope"),
        (&[("resource", "https://stock.example.com")], "400 access_denied"),
        (&[("resource", "https://other.example.com")], "400 invalid_target"),
        (&[("resource", "orders")], "400 invalid_target"),
        (&[("resource", "https://orders.example.com#f")], "400 invalid_target"),
        (&[("resource", ORDERS), ("resource", ORDERS)], "400 invalid_request"),
    ] {
        assert_eq!(ask(&op, &client, fields).error(), error, "{fields:?}");
    }
    let anybody = [("grant_type", "client_credentials"), ("client_id", public.id.as_str())];
    let answer = op.agent().post_form("/api/oidc/token", &anybody);
    assert_eq!(answer.error(), "400 unauthorized_client");
    let wrong = TestClient { secret: "wrong".into(), ..op.client() };
    assert_eq!(ask(&op, &wrong, &[]).error(), "401 invalid_client");
    assert_eq!(op.count("client_access_tokens"), 0);
}

#[test]
fn a_clients_own_token_is_revoked_expires_and_goes_with_its_client() {
    let op = TestOp::start();
    let (client, other) = (op.client(), op.client());
    let token = access_token(&ask(&op, &client, &[]).ok());
    assert_eq!(introspect(&op, &other, &token), json!({"active": false}));
    let revoke = |client: &TestClient, token: &str| {
        let fields = [
            ("token", token),
            ("client_id", client.id.as_str()),
            ("client_secret", client.secret.as_str()),
        ];
        op.agent().post_form("/api/oidc/revoke", &fields)
    };
    assert_eq!(revoke(&other, &token).error(), "400 invalid_grant");
    assert_eq!(revoke(&client, &token).status, 200);
    assert_eq!(introspect(&op, &client, &token), json!({"active": false}));

    let token = access_token(&ask(&op, &client, &[]).ok());
    op.advance(3_601);
    assert_eq!(introspect(&op, &client, &token), json!({"active": false}));
    op.clean_up();
    assert_eq!(op.count("client_access_tokens"), 0);
}
