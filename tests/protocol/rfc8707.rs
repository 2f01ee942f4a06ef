//! RFC 8707 and RFC 9068: tokens for an API, on behalf of a user.

use pocketid::{
    crypto::{JwkSet, VerifyingKey, jws},
    model::{ApiId, SubjectType},
};
use serde_json::{Value, json};

use crate::support::{
    flow::{Person, interaction_id},
    op::{TestClient, TestOp},
};

const ORDERS: &str = "https://orders.example.com";
const SCOPE: &str = "openid orders:read";

fn client_with_api(op: &TestOp) -> (TestClient, ApiId) {
    let client = op.client();
    let api = op.api(ORDERS, &["orders:read", "orders:write"]);
    op.let_use(&client, api, SubjectType::User, &["orders:read"]);
    (client, api)
}

fn tokens(op: &TestOp, client: &TestClient, person: &mut Person) -> Value {
    let code = person.code(client, &[("resource", ORDERS), ("scope", SCOPE)]);
    op.redeem(client, &code).ok().json()
}

/// RFC 9068 §2 and §3.
#[test]
fn an_api_can_verify_its_token_with_the_published_keys_and_finds_itself_in_it() {
    let op = TestOp::start();
    let (client, _) = client_with_api(&op);
    let mut alice = op.person("alice");

    let tokens = tokens(&op, &client, &mut alice);

    let set: JwkSet =
        serde_json::from_value(op.agent().get("/.well-known/jwks.json").ok().json()).unwrap();
    let find = |algorithm, kid: Option<&str>| {
        let keys = set.keys.iter().filter(|key| key.kid.as_deref() == kid);
        keys.filter_map(|key| VerifyingKey::from_jwk(key, algorithm)).collect()
    };
    let access_token = tokens["access_token"].as_str().unwrap();
    let (header, claims) = jws::verify::<Value>(access_token, find).unwrap();
    assert_eq!((header.typ.as_deref(), header.alg.as_str()), (Some("at+jwt"), "RS256"));
    assert_eq!(claims["aud"], json!([ORDERS, op.base_url()]));
    assert_eq!(claims["scope"], SCOPE);
    assert_eq!(claims["client_id"], client.id);
    assert_eq!(tokens["scope"], SCOPE);
    op.userinfo(access_token).ok();
}

/// RFC 8707 §2: the error is `invalid_target`; scopes are those of the API.
#[test]
fn what_the_client_may_not_ask_for_is_refused_to_it() {
    let op = TestOp::start();
    let (client, _) = client_with_api(&op);
    op.api("https://stock.example.com", &["count"]);
    let mut alice = op.person("alice");
    for (params, error) in [
        (&[("resource", "https://other.example.com")][..], "invalid_target"),
        (&[("resource", "orders")], "invalid_target"),
        (&[("resource", "https://stock.example.com")], "access_denied"),
        (&[("resource", ORDERS), ("scope", "openid orders:write")], "invalid_scope"),
        (&[("resource", ORDERS), ("scope", "openid unknown")], "invalid_scope"),
    ] {
        let answer = alice.agent.get(&client.authorize_path(params));
        assert_eq!(answer.location_param("error").unwrap(), error, "{params:?}");
        assert!(answer.location_param("state").is_some() && answer.location_param("iss").is_some());
    }
    let twice = format!("{}&resource=a&resource=b", client.authorize_path(&[]));
    let answer = alice.agent.get(&twice);
    assert_eq!(answer.location_param("error").unwrap(), "invalid_request");
    assert_eq!(op.count("grants"), 0);
    // Pocket ID 2.14: without the API its scopes are an error; unknown scopes are dropped.
    let answer = alice.agent.get(&client.authorize_path(&[("scope", SCOPE)]));
    assert_eq!(answer.location_param("error").unwrap(), "invalid_scope");
    assert_eq!(op.push(&client, &[("scope", SCOPE)]).error(), "400 invalid_scope");
    let device = op.ask_for_device_code(&client, &[("scope", "orders:read")]);
    assert_eq!(device.error(), "400 invalid_scope");
    let code = alice.code(&client, &[("scope", "openid nobody:knows")]);
    assert_eq!(op.redeem(&client, &code).ok().json()["scope"], "openid");
}

/// Pocket ID 2.14: the consent page and the device page explain the scopes of an API.
#[test]
fn scopes_of_an_api_are_explained_where_somebody_is_asked() {
    let op = TestOp::start();
    let (client, _) = client_with_api(&op);
    let mut alice = op.person("alice");
    let expected = json!([{"key": "orders:read", "name": "orders:read", "description": ""}]);
    let ask = [("resource", ORDERS), ("scope", SCOPE)];

    let id = interaction_id(&alice.agent.get(&client.authorize_path(&ask))).unwrap();
    let view = alice.agent.get(&format!("/api/oidc/interactions/{id}")).ok().json();
    let device = op.ask_for_device_code(&client, &ask).ok().json();
    let user_code = device["user_code"].as_str().unwrap();
    let info = alice.agent.get(&format!("/api/oidc/device/info?code={user_code}")).ok().json();

    assert_eq!(view["scopeInfo"], expected);
    assert_eq!(info["scopeInfo"], expected);
    let plain = interaction_id(&alice.agent.get(&client.authorize_path(&[]))).unwrap();
    let view = alice.agent.get(&format!("/api/oidc/interactions/{plain}")).ok().json();
    assert_eq!(view["scopeInfo"], json!([]));
}

#[test]
fn consent_to_one_api_is_none_to_another() {
    let op = TestOp::start();
    let (client, _) = client_with_api(&op);
    let stock = op.api("https://stock.example.com", &["orders:read"]);
    op.let_use(&client, stock, SubjectType::User, &["orders:read"]);
    let mut alice = op.person("alice");
    let ask = |alice: &mut Person, resource: &str| {
        alice.agent.get(&client.authorize_path(&[("resource", resource), ("scope", SCOPE)]))
    };
    tokens(&op, &client, &mut alice);

    let again = ask(&mut alice, ORDERS);
    let other = ask(&mut alice, "https://stock.example.com");

    assert!(again.location_param("code").is_some(), "no page the second time");
    let id = interaction_id(&other).expect("a question");
    let view = alice.agent.get(&format!("/api/oidc/interactions/{id}")).ok().json();
    assert_eq!(view["scopes"], json!(["openid", "orders:read"]));
    let page = alice.agent.get(&format!("/interaction?interaction={id}")).ok().text();
    assert!(page.contains("https://stock.example.com"), "the page names the API");
}

#[test]
fn an_api_that_was_taken_from_the_client_is_renewed_no_more() {
    let op = TestOp::start();
    let (client, _) = client_with_api(&op);
    let mut alice = op.person("alice");
    let refresh = |tokens: &Value| op.refresh(&client, tokens["refresh_token"].as_str().unwrap());
    let renewed = refresh(&tokens(&op, &client, &mut alice)).ok().json();
    let claims: Value = jws::peek_claims(renewed["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(claims["aud"][0], ORDERS, "the audience comes from the grant");
    let code = alice.code(&client, &[("resource", ORDERS), ("scope", SCOPE)]);

    op.beside(&format!("api revoke {ORDERS} {}", client.id)).expect_success();

    assert_eq!(refresh(&renewed).error(), "400 invalid_grant");
    assert_eq!(op.redeem(&client, &code).error(), "400 invalid_grant");
}

/// RFC 8707 §2.2: tokens are for the API that was granted; another one is refused and not passed over.
#[test]
fn a_token_request_for_another_api_than_the_granted_one_is_refused() {
    let op = TestOp::start();
    let (client, _) = client_with_api(&op);
    let mut alice = op.person("alice");
    let code = alice.code(&client, &[("resource", ORDERS), ("scope", SCOPE)]);
    let redeem = |resource: &str| {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", client.redirect_uri.as_str()),
            ("resource", resource),
        ];
        op.token(&client, &fields)
    };
    assert_eq!(redeem("https://stock.example.com").error(), "400 invalid_target");
    let tokens = redeem(ORDERS).ok().json();
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    let refresh = |resource: &str| {
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
            ("resource", resource),
        ];
        op.token(&client, &fields)
    };
    assert_eq!(refresh("https://stock.example.com").error(), "400 invalid_target");
    refresh(ORDERS).ok();
}

#[test]
fn a_malformed_resource_is_refused_at_the_token_endpoint_too() {
    let op = TestOp::start();
    let (client, _) = client_with_api(&op);
    let mut alice = op.person("alice");
    let code = alice.code(&client, &[("resource", ORDERS), ("scope", SCOPE)]);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("resource", "orders"),
    ];
    assert_eq!(op.token(&client, &fields).error(), "400 invalid_target");
    op.redeem(&client, &code).ok();
}

#[test]
fn pushed_requests_and_devices_name_apis_as_well() {
    let op = TestOp::start();
    let (client, _) = client_with_api(&op);
    let mut alice = op.person("alice");
    let pushed = op.push(&client, &[("resource", ORDERS), ("scope", SCOPE)]).ok().json();
    let uri = pushed["request_uri"].as_str().unwrap();
    let path = format!(
        "/authorize?client_id={}&request_uri={}",
        client.id,
        form_urlencoded::byte_serialize(uri.as_bytes()).collect::<String>()
    );
    let answer = alice.agent.get(&path);
    let code = alice.walk(answer).location_param("code").unwrap();
    let claims: Value =
        jws::peek_claims(op.redeem(&client, &code).ok().json()["access_token"].as_str().unwrap())
            .unwrap();
    assert_eq!(claims["aud"][0], ORDERS);
    let refused = op.push(&client, &[("resource", "https://other.example.com")]);
    assert_eq!(refused.error(), "400 invalid_target");

    let credentials =
        [("client_id", client.id.as_str()), ("client_secret", client.secret.as_str())];
    let device = |resource: &str| {
        let fields = [&credentials[..], &[("scope", SCOPE), ("resource", resource)]].concat();
        op.agent().post_form("/api/oidc/device/authorize", &fields)
    };
    assert_eq!(device("https://other.example.com").error(), "400 invalid_target");
    device(ORDERS).ok();
}
