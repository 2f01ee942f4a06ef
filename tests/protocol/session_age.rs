//! The longest session age of a client: an older sign-in needs the passkey again, and its tokens end.

use hyper::Method;
use serde_json::{Value, json};

use crate::support::{
    agent::{Agent, Answer},
    flow::interaction_id,
    op::{TestClient, TestOp},
};

/// A client of a provider for which a sign-in is good for ten minutes.
fn client_of(op: &TestOp) -> TestClient {
    op.client_with("https://app.example.com/callback", |client| {
        client.skips_consent = true;
        client.max_session_age_seconds = Some(600);
    })
}

fn text(tokens: &Value, name: &str) -> String {
    tokens[name].as_str().unwrap().to_owned()
}

fn introspect(op: &TestOp, client: &TestClient, token: &str) -> Value {
    let fields = [("token", token), ("client_id", &*client.id), ("client_secret", &*client.secret)];
    op.agent().post_form("/api/oidc/introspect", &fields).ok().json()
}

fn is_asked_for_the_passkey(agent: &mut Agent, answer: &Answer) -> bool {
    let Some(id) = interaction_id(answer) else { return false };
    let seen = agent.get(&format!("/api/oidc/interactions/{id}")).ok().json();
    seen["requiredSteps"] == json!(["reauthenticate"])
}

#[test]
fn tokens_end_with_the_session_age_and_a_refresh_does_not_extend_it() {
    let op = TestOp::start();
    let client = client_of(&op);
    let mut alice = op.person("alice");
    let scope = [("scope", "openid offline_access")];
    let first = op.redeem(&client, &alice.code(&client, &scope)).ok().json();
    let end = op.verified(&text(&first, "id_token")).1["auth_time"].as_i64().unwrap() + 600;
    let ends_in_time = |tokens: &Value| {
        let seconds = tokens["expires_in"].as_i64().unwrap();
        assert!((1..=600).contains(&seconds), "{tokens}");
        for name in ["access_token", "id_token"] {
            assert_eq!(op.verified(&text(tokens, name)).1["exp"], end, "{name}");
        }
        for name in ["access_token", "refresh_token"] {
            let told = introspect(&op, &client, &text(tokens, name));
            assert_eq!((&told["active"], &told["exp"]), (&json!(true), &json!(end)), "{name}");
        }
    };
    ends_in_time(&first);
    op.advance(300);
    let second = op.refresh(&client, &text(&first, "refresh_token")).ok().json();
    assert!(second["expires_in"].as_i64().unwrap() <= 300, "{second}");
    ends_in_time(&second);

    op.advance(300);

    // Nothing depends on the times that are stored.
    op.execute("UPDATE access_tokens SET expires_at = expires_at + 100000");
    op.execute("UPDATE refresh_tokens SET expires_at = expires_at + 100000");
    assert_eq!(op.userinfo(&text(&second, "access_token")).error(), "401 invalid_token");
    for name in ["access_token", "refresh_token"] {
        assert_eq!(introspect(&op, &client, &text(&second, name))["active"], false, "{name}");
    }
    let refused = op.refresh(&client, &text(&second, "refresh_token"));
    assert_eq!(refused.error(), "400 invalid_grant");
}

/// OIDC Core §3.1.2.6: `login_required`.
#[test]
fn an_old_sign_in_needs_the_passkey_again_also_for_a_pushed_request() {
    let op = TestOp::start();
    let client = client_of(&op);
    let mut alice = op.person("alice");
    alice.code(&client, &[("prompt", "none")]);

    // The last minute is left for the client to redeem its code.
    op.advance(545);

    let silent = alice.agent.get(&client.authorize_path(&[("prompt", "none")]));
    assert_eq!(silent.location_param("error").as_deref(), Some("login_required"));
    let answer = alice.agent.get(&client.authorize_path(&[]));
    assert!(is_asked_for_the_passkey(&mut alice.agent, &answer), "{answer:?}");
    let pushed = text(&op.push(&client, &[]).json(), "request_uri");
    let path = format!("/authorize?client_id={}&request_uri={pushed}", client.id);
    let answer = alice.agent.get(&path);
    assert!(is_asked_for_the_passkey(&mut alice.agent, &answer), "{answer:?}");

    let code = alice.walk(answer).location_param("code").unwrap();
    let tokens = op.redeem(&client, &code).ok().json();
    assert!(tokens["expires_in"].as_i64().unwrap() > 590, "{tokens}");
    alice.code(&client, &[("prompt", "none")]);
    // Other clients do not ask.
    let open = op.client();
    op.advance(10_000);
    alice.code(&open, &[]);
    alice.code(&open, &[("prompt", "none")]);
}

#[test]
fn a_consent_page_that_waits_too_long_leads_to_the_passkey() {
    let op = TestOp::start();
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.max_session_age_seconds = Some(600);
    });
    let mut alice = op.person("alice");
    let id = interaction_id(&alice.agent.get(&client.authorize_path(&[]))).unwrap();
    op.advance(600);

    let done = alice.complete(&id, &json!("consent")).ok().json();
    let back = alice.agent.get(done["redirectUrl"].as_str().unwrap());

    assert!(is_asked_for_the_passkey(&mut alice.agent, &back), "{back:?}");
    assert_eq!(op.count("grants"), 0);
    let code = alice.walk(back).location_param("code").unwrap();
    assert!(op.redeem(&client, &code).ok().json()["expires_in"].as_i64().unwrap() > 590);
}

#[test]
fn a_code_that_is_redeemed_after_the_session_age_is_refused() {
    let op = TestOp::start();
    let client = client_of(&op);
    let mut alice = op.person("alice");
    let code = alice.code(&client, &[]);
    op.execute("UPDATE grants SET auth_time = auth_time - 600");

    assert_eq!(op.redeem(&client, &code).error(), "400 invalid_grant");

    assert_eq!(op.count("access_tokens") + op.count("refresh_tokens"), 0);
}

#[test]
fn a_device_is_let_in_by_a_sign_in_that_is_young_enough() {
    let op = TestOp::start();
    let client = op.client_with("https://tv.example.com", |client| {
        client.max_session_age_seconds = Some(300);
    });
    let mut alice = op.person("alice");
    op.advance(250);
    let codes = op.device_authorization(&client, "openid");
    let refused = alice.verify_device(&codes.user_code);
    assert_eq!(refused.error(), "401 reauthentication_required");
    alice.authenticator.reauthenticate(&mut alice.agent).ok();
    assert_eq!(alice.verify_device(&codes.user_code).status, 204);

    op.advance(300);

    assert_eq!(op.poll(&client, &codes).error(), "400 invalid_grant");
    assert_eq!(op.count("access_tokens"), 0);
}

/// RFC 7662 §2.2: `exp` tells when the token expires, also when that is sooner than was once planned.
#[test]
fn a_session_age_that_is_set_later_holds_for_earlier_tokens() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let tokens = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    let auth_time = op.verified(&text(&tokens, "id_token")).1["auth_time"].as_i64().unwrap();
    op.beside(&format!("client update {} --max-session-age 10m", client.id)).expect_success();

    for name in ["access_token", "refresh_token"] {
        assert_eq!(
            introspect(&op, &client, &text(&tokens, name))["exp"],
            auth_time + 600,
            "{name}"
        );
    }
    op.advance(601);

    assert_eq!(op.userinfo(&text(&tokens, "access_token")).error(), "401 invalid_token");
    assert_eq!(op.refresh(&client, &text(&tokens, "refresh_token")).error(), "400 invalid_grant");
    // Whoever takes the age away again gives these tokens back.
    op.beside(&format!("client update {} --no-max-session-age", client.id)).expect_success();
    op.userinfo(&text(&tokens, "access_token")).ok();
}

/// OIDC Back-Channel Logout 1.0: the application may keep its own session for longer than the tokens.
#[test]
fn a_grant_whose_tokens_have_ended_is_kept_for_the_notice_of_the_logout() {
    let op = TestOp::start();
    let client = client_of(&op);
    let mut alice = op.person("alice");
    op.redeem(&client, &alice.code(&client, &[])).ok();

    op.advance(3_600);
    op.clean_up();

    assert_eq!(op.count("access_tokens"), 0);
    assert_eq!(op.count("grants"), 1);
}

#[test]
fn the_rest_api_sets_keeps_and_takes_away_the_session_age() {
    let op = TestOp::start();
    let root = op.user("root");
    op.change_user(root.id, |user| user.is_admin = true);
    let key = op.beside("api-key create script --for root").ok();
    let mut root = op.agent().with_header("x-api-key", key.trim());
    let body = json!({
        "name": "Web", "callbackURLs": ["https://app.example.com/callback"], "maxSessionAgeMinutes": 5
    });
    let made = root.post("/api/oidc/clients", &body);
    assert_eq!(made.status, 201, "{}", made.text());
    let path = format!("/api/oidc/clients/{}", made.json()["id"].as_str().unwrap());
    let age = |root: &mut Agent| root.get(&path).ok().json()["maxSessionAgeMinutes"].clone();
    assert_eq!(age(&mut root), 5);
    let mut put = |age: Option<Value>| {
        let mut body = body.clone();
        body.as_object_mut().unwrap().remove("maxSessionAgeMinutes");
        if let Some(age) = age {
            body["maxSessionAgeMinutes"] = age;
        }
        let answer = root.json(Method::PUT, &path, &body);
        let field = &answer.json()["details"]["fields"][0]["field"];
        let field = field.as_str().unwrap_or_default().to_owned();
        (answer.status, field, root.get(&path).ok().json()["maxSessionAgeMinutes"].clone())
    };
    let kept = || json!(525_600);
    assert_eq!(put(Some(kept())), (200, String::new(), kept()));
    // Programs for Pocket ID do not know the field.
    assert_eq!(put(None), (200, String::new(), kept()));
    for bad in [json!(4), json!(-1), json!(525_601), json!(i64::MAX)] {
        assert_eq!(put(Some(bad)), (400, "maxSessionAgeMinutes".to_owned(), kept()));
    }
    for bad in [json!("5"), json!(5.5), json!([])] {
        assert_eq!(put(Some(bad)).0, 400);
    }
    assert_eq!(put(Some(json!(0))), (200, String::new(), Value::Null));
    put(Some(json!(60)));
    // A null is as good as nothing, as in all bodies.
    assert_eq!(put(Some(Value::Null)), (200, String::new(), json!(60)));
}
