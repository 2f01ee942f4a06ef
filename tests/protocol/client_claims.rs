//! Claims that a client has rules for, and scopes of its own (RFC 6749 §3.3, OIDC Core §5.4).

use pocketid::{
    crypto::jws,
    model::{ClaimOwner::User, ClaimRule},
};
use serde_json::{Value, json};

use crate::support::{
    flow::interaction_id,
    op::{TestClient, TestOp},
};

/// A client with a fixed claim, a mapped one, and one with a scope of its own.
fn client_with_rules(op: &TestOp) -> TestClient {
    client_with(
        op,
        &json!([
            {"name": "tenant", "value": "{\"id\":7}"},
            {"name": "dept", "from": "department"},
            {"name": "badge", "from": "badge_number", "scope": "hr:badge"},
        ]),
    )
}

fn client_with(op: &TestOp, rules: &Value) -> TestClient {
    let rules: Vec<ClaimRule> = serde_json::from_value(rules.clone()).unwrap();
    op.client_with("https://app.example.com/callback", |client| client.claim_rules = rules)
}

fn claims(op: &TestOp, tokens: &Value) -> Value {
    let in_id_token = jws::peek_claims::<Value>(tokens["id_token"].as_str().unwrap()).unwrap();
    let in_userinfo = op.userinfo(tokens["access_token"].as_str().unwrap()).ok().json();
    for name in ["tenant", "dept", "badge", "department"] {
        assert_eq!(in_id_token[name], in_userinfo[name], "{name}");
    }
    in_userinfo
}

#[test]
fn a_client_gets_its_claims_with_openid_and_those_of_its_scope_with_that() {
    let op = TestOp::start();
    let client = client_with_rules(&op);
    let mut alice = op.person("alice");
    op.set_claim(User(alice.id), "department", "physics");
    op.set_claim(User(alice.id), "badge_number", "\"007\"");

    let mut tokens = |client: &TestClient, scope| {
        op.redeem(client, &alice.code(client, &[("scope", scope)])).ok().json()
    };
    let plain = tokens(&client, "openid");
    let with_scope = tokens(&client, "openid hr:badge");
    let of_another = tokens(&op.client(), "openid hr:badge");

    let plain_claims = claims(&op, &plain);
    assert_eq!(plain_claims["tenant"], json!({"id": 7}));
    assert_eq!(plain_claims["dept"], "physics");
    assert_eq!((&plain_claims["badge"], &plain_claims["department"]), (&Value::Null, &Value::Null));
    assert_eq!(with_scope["scope"], "openid hr:badge");
    assert_eq!(claims(&op, &with_scope)["badge"], "007");
    assert_eq!(of_another["scope"], "openid");
    assert_eq!(claims(&op, &of_another)["tenant"], Value::Null);
}

/// RFC 6749 §3.3: scopes that the client does not have are ignored, and the answer says so.
#[test]
fn a_scope_of_another_client_is_ignored() {
    let op = TestOp::start();
    let (client, other) = (client_with_rules(&op), op.client());
    let mut alice = op.person("alice");

    let code = alice.code(&other, &[("scope", "openid hr:badge HR:badge hr")]);
    let tokens = op.redeem(&other, &code).ok().json();
    let code = alice.code(&client, &[("scope", "openid HR:badge hr hr:badge hr:badge")]);
    let own = op.redeem(&client, &code).ok().json();

    assert_eq!(tokens["scope"], "openid");
    assert_eq!(own["scope"], "openid hr:badge");
}

/// OIDC Core §3.1.2.4: the user is asked for what the client had not been granted.
#[test]
fn a_scope_of_the_client_is_shown_to_the_user_and_remembered() {
    let op = TestOp::start();
    let client = client_with_rules(&op);
    let mut alice = op.person("alice");
    let with_scope = [("scope", "openid hr:badge")];
    alice.code(&client, &[("scope", "openid")]);

    let asked = alice.agent.get(&client.authorize_path(&with_scope));
    let id = interaction_id(&asked).expect("the consent page");
    let interaction = alice.agent.get(&format!("/api/oidc/interactions/{id}")).ok().json();
    let page = alice.agent.get(asked.location()).ok().text();
    alice.walk(asked);
    let again = alice.agent.get(&client.authorize_path(&with_scope));

    assert_eq!(interaction["scopes"], json!(["openid", "hr:badge"]));
    assert_eq!(interaction["currentStep"], "consent");
    assert!(page.contains("hr:badge"));
    assert!(again.location_param("code").is_some(), "{again:?}");
}

/// RFC 6749 §6 and RFC 7662 §2.2
#[test]
fn a_scope_of_the_client_lasts_with_its_grant() {
    let op = TestOp::start();
    let client = client_with_rules(&op);
    let mut alice = op.person("alice");
    op.set_claim(User(alice.id), "badge_number", "1");
    let code = alice.code(&client, &[("scope", "openid hr:badge")]);
    let tokens = op.redeem(&client, &code).ok().json();
    op.set_claim(User(alice.id), "badge_number", "2");

    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    let refreshed = op.refresh(&client, refresh_token).ok().json();
    let access_token = refreshed["access_token"].as_str().unwrap();
    let fields =
        [("token", access_token), ("client_id", &client.id), ("client_secret", &client.secret)];
    let introspected = op.agent().post_form("/api/oidc/introspect", &fields).ok().json();

    assert_eq!(refreshed["scope"], "openid hr:badge");
    assert_eq!(claims(&op, &refreshed)["badge"], 2);
    assert_eq!(introspected["scope"], "openid hr:badge");
}

/// RFC 6749 §6: a refresh cannot widen the granted scope, by a scope of the client either.
#[test]
fn a_refresh_does_not_add_a_scope_of_the_client() {
    let op = TestOp::start();
    let client = client_with_rules(&op);
    let mut alice = op.person("alice");
    let code = alice.code(&client, &[("scope", "openid")]);
    let tokens = op.redeem(&client, &code).ok().json();

    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        ("scope", "openid hr:badge"),
    ];
    let answer = op.token(&client, &fields);

    assert_eq!(answer.error(), "400 invalid_scope");
}

/// RFC 8628 §3.1
#[test]
fn a_device_may_ask_for_a_scope_of_its_client() {
    let op = TestOp::start();
    let client = client_with_rules(&op);
    let mut alice = op.person("alice");
    op.set_claim(User(alice.id), "badge_number", "1");

    let codes = op.device_authorization(&client, "openid hr:badge unknown");
    let path = format!("/api/oidc/device/info?code={}", codes.user_code);
    let info = alice.agent.get(&path).ok().json();
    alice.verify_device(&codes.user_code);
    let tokens = op.poll(&client, &codes).ok().json();

    assert_eq!(info["scope"], json!(["openid", "hr:badge"]));
    assert_eq!(tokens["scope"], "openid hr:badge");
    assert_eq!(claims(&op, &tokens)["badge"], 1);
}

/// OIDC Core §2: whatever the rules are, the standard claims of a token are true.
#[test]
fn a_rule_never_takes_the_place_of_a_standard_claim() {
    let op = TestOp::start();
    let names = ["sub", "iss", "aud", "exp", "nonce", "acr", "email", "events", "groups"];
    let rules: Vec<Value> =
        names.iter().map(|name| json!({"name": name, "value": "not-from-here"})).collect();
    let client = client_with(&op, &json!(rules));
    let mut alice = op.person("alice");

    let tokens = op.redeem(&client, &alice.code(&client, &[])).ok().json();

    let id_token = jws::peek_claims::<Value>(tokens["id_token"].as_str().unwrap()).unwrap();
    assert!(!id_token.to_string().contains("not-from-here"), "{id_token}");
    assert!(!claims(&op, &tokens).to_string().contains("not-from-here"));
    op.refresh(&client, tokens["refresh_token"].as_str().unwrap()).ok();
}

/// The rules of today count, for tokens of before too.
#[test]
fn a_claim_whose_rule_is_gone_is_told_no_more() {
    let op = TestOp::start();
    let client = client_with_rules(&op);
    let mut alice = op.person("alice");
    let code = alice.code(&client, &[("scope", "openid hr:badge")]);
    let tokens = op.redeem(&client, &code).ok().json();
    op.set_claim(User(alice.id), "badge_number", "1");
    assert_eq!(op.userinfo(tokens["access_token"].as_str().unwrap()).ok().json()["badge"], 1);

    op.execute("UPDATE clients SET claim_rules = NULL");

    let refreshed = op.refresh(&client, tokens["refresh_token"].as_str().unwrap()).ok().json();
    let claims = claims(&op, &refreshed);
    assert_eq!((&claims["badge"], &claims["tenant"]), (&Value::Null, &Value::Null));
}

/// The scopes of a client's own concern no other client.
#[test]
fn discovery_tells_of_no_clients_own_scopes() {
    let op = TestOp::start();
    client_with_rules(&op);

    let metadata = op.agent().get("/.well-known/openid-configuration").ok().json();

    assert!(!metadata.to_string().contains("hr:badge"));
    assert!(metadata["claims_supported"].as_array().unwrap().contains(&json!("updated_at")));
}
