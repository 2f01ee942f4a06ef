//! OIDC Core §5.5: the `claims` parameter, and `acr_values` (§3.1.2.1), which is one more way to ask.

use serde_json::{Value, json};

use crate::support::{
    flow::{Person, interaction_id},
    op::{TestClient, TestOp},
};

/// Names of the claims about the user in an ID token and at the UserInfo endpoint.
fn names(op: &TestOp, tokens: &Value) -> (String, String) {
    let about_the_token =
        ["iss", "aud", "iat", "exp", "auth_time", "rat", "jti", "nonce", "at_hash", "amr", "sid"];
    let names = |claims: &Value| {
        let names = claims.as_object().unwrap().keys().map(String::as_str);
        let kept = names.filter(|name| !about_the_token.contains(name) && *name != "type");
        kept.collect::<Vec<_>>().join(" ")
    };
    let userinfo = op.userinfo(tokens["access_token"].as_str().unwrap()).ok().json();
    (names(&id_token(tokens)), names(&userinfo))
}

fn id_token(tokens: &Value) -> Value {
    pocketid::crypto::jws::peek_claims(tokens["id_token"].as_str().unwrap()).unwrap()
}

fn tokens(op: &TestOp, client: &TestClient, alice: &mut Person, claims: &Value) -> Value {
    let claims = claims.to_string();
    let code = alice.code(client, &[("scope", "openid"), ("claims", &claims)]);
    op.redeem(client, &code).ok().json()
}

/// OIDC Core §5.5: each where it was asked for, essential or not; none that has no value.
#[test]
fn claims_are_delivered_where_they_were_asked_for() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    op.group("admins", &[alice.id]);
    let claims = json!({
        "id_token": {"email": {"essential": true}, "given_name": null, "nickname": null},
        "userinfo": {"name": null, "groups": {"essential": false}, "auth_time": null},
    });

    let first = tokens(&op, &client, &mut alice, &claims);
    let before = names(&op, &first);
    let second = op.refresh(&client, first["refresh_token"].as_str().unwrap()).ok().json();

    // Alice has no given name, so there is no such claim.
    let expected = ("email sub".to_owned(), "groups name sub".to_owned());
    assert_eq!(before, expected);
    assert_eq!(names(&op, &second), expected, "it is part of the grant");
    assert_eq!(first["scope"], "openid");
}

/// Claims need consent like the scope that carries them, and are remembered like it.
#[test]
fn nothing_is_told_that_the_user_was_not_asked_about() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    alice.code(&client, &[("scope", "openid")]);
    let claims = json!({"userinfo": {"email": null}, "id_token": {"acr": null}}).to_string();
    let more = [("scope", "openid"), ("claims", claims.as_str())];

    let silent =
        alice.agent.get(&client.authorize_path(&[&more[..], &[("prompt", "none")]].concat()));
    assert_eq!(silent.location_param("error").unwrap(), "consent_required");
    let answer = alice.agent.get(&client.authorize_path(&more));
    let id = interaction_id(&answer).unwrap();
    let asked = alice.agent.get(&format!("/api/oidc/interactions/{id}")).ok().json();
    assert_eq!(asked["scopes"], json!(["openid", "email"]));
    assert!(alice.agent.get(answer.location()).text().contains("alice@example.com"));
    assert!(alice.walk(answer).location_param("code").is_some());

    assert!(alice.agent.get(&client.authorize_path(&more)).location_param("code").is_some());
    // Requested claims are not told for the rest of time: each grant has its own claims.
    let without = tokens(&op, &client, &mut alice, &json!({}));
    assert_eq!(names(&op, &without), ("sub".to_owned(), "sub".to_owned()));
}

/// RFC 6749 §3.3: the parameter belongs to OpenID Connect, and plain OAuth ignores it.
#[test]
fn without_openid_claims_mean_nothing() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let more = [("scope", "email"), ("claims", "{\"userinfo\":{\"name\":null}}")];
    alice.code(&client, &more);
    assert_eq!(op.texts("SELECT userinfo_claims FROM grants"), [""]);
    assert_eq!(op.texts("SELECT scope FROM consents"), ["email"]);
}

/// OIDC Core §3.1.2.2 and §5.5.1: a `sub` with a value is answered by that user, or by an error.
#[test]
fn a_sub_with_a_value_is_answered_by_that_user_alone() {
    let op = TestOp::start();
    let client = op.client();
    let (mut alice, bob) = (op.person("alice"), op.person("bob"));
    alice.code(&client, &[("scope", "openid")]);
    let sub = |id: String| json!({"id_token": {"sub": {"value": id}}}).to_string();
    let (hers, his) = (sub(alice.id.to_string()), sub(bob.id.to_string()));
    let mut ask = |claims: &str, prompt: &str| {
        let more = [("scope", "openid"), ("claims", claims), ("prompt", prompt)];
        alice.agent.get(&client.authorize_path(&more))
    };

    assert!(ask(&hers, "none").location_param("code").is_some());
    assert_eq!(ask(&his, "none").location_param("error").unwrap(), "login_required");
    let id = interaction_id(&ask(&his, "")).unwrap();
    let steps = op.agent().get(&format!("/api/oidc/interactions/{id}")).ok().json();
    assert_eq!(steps["requiredSteps"], json!(["authenticate"]));
    let upper = sub(alice.id.to_string().to_uppercase());
    for nobody in [upper, sub("nobody".to_owned()), sub(String::new())] {
        assert_eq!(ask(&nobody, "").location_param("error").unwrap(), "invalid_request");
    }
    // A hint and a value that do not agree.
    let code = alice.code(&client, &[]);
    let hint = op.redeem(&client, &code).ok().json()["id_token"].as_str().unwrap().to_owned();
    let more = [("id_token_hint", hint.as_str()), ("claims", his.as_str())];
    let answer = alice.agent.get(&client.authorize_path(&more));
    assert_eq!(answer.location_param("error").unwrap(), "invalid_request");
}

/// OIDC Core §2, §3.1.2.1 and §5.5.1.1.
#[test]
fn acr_is_stated_when_it_is_asked_for_and_demanded_in_vain() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let mut acr = |more: &[(&str, &str)]| {
        let code = alice.code(&client, more);
        let tokens = op.redeem(&client, &code).ok().json();
        let refresh_token = tokens["refresh_token"].as_str().unwrap();
        let again = op.refresh(&client, refresh_token).ok().json();
        assert_eq!(id_token(&tokens)["acr"], id_token(&again)["acr"]);
        id_token(&tokens)["acr"].clone()
    };
    assert_eq!(acr(&[]), Value::Null);
    assert_eq!(acr(&[("acr_values", "gold silver")]), "0");
    assert_eq!(acr(&[("claims", "{\"id_token\":{\"acr\":{\"essential\":true}}}")]), "0");
    assert_eq!(acr(&[("claims", "{\"id_token\":{\"acr\":{\"value\":\"gold\"}}}")]), "0");

    let gold = json!({"id_token": {"acr": {"essential": true, "values": ["gold"]}}}).to_string();
    let refused = alice.agent.get(&client.authorize_path(&[("claims", &gold)]));
    let error = refused.location_param("error").unwrap();
    assert_eq!(error, "unmet_authentication_requirements");
}

#[test]
fn what_is_malformed_or_too_long_is_refused() {
    let op = TestOp::start();
    let client = op.client();
    let long = json!({"userinfo": {"x".repeat(5_000): null}}).to_string();
    let deep = format!("{}{}", "{\"a\":".repeat(500), "}".repeat(500));
    for claims in [
        "nonsense",
        "[]",
        "{\"id_token\":[]}",
        "{\"userinfo\":{\"email\":true}}",
        "{\"id_token\":{\"sub\":{\"values\":[]}}}",
        &long,
        &deep,
    ] {
        let answer = op.agent().get(&client.authorize_path(&[("claims", claims)]));
        assert_eq!(answer.location_param("error").as_deref(), Some("invalid_request"), "{claims}");
        assert_eq!(op.push(&client, &[("claims", claims)]).error(), "400 invalid_request");
    }
    assert_eq!(op.count("interactions"), 0);
}

/// OIDC Core §6.1: in a request object it is JSON itself.
#[test]
fn claims_may_be_asked_for_in_a_request_object_and_pushed() {
    use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let encode = |value: Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = json!({"scope": "openid", "claims": {"userinfo": {"email": null}}});
    let request = format!("{}.{}.", encode(json!({"alg": "none"})), encode(claims));
    let uri = op.push(&client, &[("request", &request)]).ok().json()["request_uri"].clone();

    let code = alice.code(&client, &[("request_uri", uri.as_str().unwrap())]);

    let tokens = op.redeem(&client, &code).ok().json();
    assert_eq!(names(&op, &tokens), ("sub".to_owned(), "email sub".to_owned()));
}

/// OIDC Discovery §3.
#[test]
fn the_metadata_tells_of_claims_and_acr() {
    let op = TestOp::start();
    let document = op.agent().get("/.well-known/openid-configuration").ok().json();
    assert_eq!(document["claims_parameter_supported"], true);
    assert_eq!(document["acr_values_supported"], json!(["0"]));
    assert!(document["claims_supported"].as_array().unwrap().contains(&json!("acr")));
}
