//! The longest session age of a client: how long ago its users may have used their passkey.

use hyper::Method;
use serde_json::{Value, json};

use crate::support::{
    flow::{Person, interaction_id},
    op::{TestClient, TestOp},
};

/// Less than the session of a browser.
const AGE: i64 = 1_800;

fn client(op: &TestOp) -> TestClient {
    op.client_with("https://app.example.com/callback", |client| {
        client.max_session_age_seconds = Some(AGE);
        client.access_token_seconds = 900;
    })
}

fn text(tokens: &Value, name: &str) -> String {
    tokens[name].as_str().unwrap().to_owned()
}

/// The next step of the user, if there is one.
fn step(person: &mut Person, client: &TestClient, more: &[(&str, &str)]) -> Option<String> {
    let answer = person.agent.get(&client.authorize_path(more));
    let id = interaction_id(&answer)?;
    let shown = person.agent.get(&format!("/api/oidc/interactions/{id}")).ok().json();
    Some(shown["requiredSteps"][0].as_str().unwrap_or_else(|| panic!("{shown}")).to_owned())
}

#[test]
fn an_old_sign_in_needs_the_passkey_again_and_keeps_the_consent() {
    let op = TestOp::start();
    let (client, open) = (client(&op), op.client());
    let mut alice = op.person("alice");
    alice.code(&client, &[]);
    alice.code(&open, &[]);
    op.advance(AGE - 60);
    assert_eq!(step(&mut alice, &client, &[]), None);
    op.advance(60);

    assert_eq!(step(&mut alice, &client, &[]).as_deref(), Some("reauthenticate"));
    assert_eq!(step(&mut alice, &open, &[]), None, "another client is as before");
    // Nothing but the passkey is asked for, and the new time counts.
    let code = alice.code(&client, &[]);
    let tokens = op.redeem(&client, &code).ok().json();
    assert_eq!(op.count("consents"), 2);
    op.userinfo(&text(&tokens, "access_token")).ok();
    // What the request asks for counts if it is less.
    op.advance(700);
    assert_eq!(step(&mut alice, &client, &[("max_age", "600")]).as_deref(), Some("reauthenticate"));
    assert_eq!(step(&mut alice, &client, &[("max_age", "900000")]), None);
    op.advance(AGE - 700);
    alice.authenticator.sign_in(&mut alice.agent).ok();
    op.advance(AGE);
    assert_eq!(
        step(&mut alice, &client, &[("max_age", "900000")]).as_deref(),
        Some("reauthenticate")
    );
}

/// OIDC Core §3.1.2.1: `prompt=none` shows no page.
#[test]
fn without_a_page_the_client_learns_that_a_sign_in_is_needed() {
    let op = TestOp::start();
    let client = client(&op);
    let mut alice = op.person("alice");
    alice.code(&client, &[]);
    let silent = [("prompt", "none")];
    let answer = alice.agent.get(&client.authorize_path(&silent));
    assert!(answer.location_param("code").is_some());
    op.advance(AGE);
    let answer = alice.agent.get(&client.authorize_path(&silent));
    assert_eq!(answer.location_param("error").as_deref(), Some("login_required"));
}

#[test]
fn no_token_outlives_the_session_age() {
    let op = TestOp::start();
    let client = client(&op);
    let mut alice = op.person("alice");
    let auth_time = op.now();
    let code = alice.code(&client, &[("scope", "openid offline_access")]);
    let first = op.redeem(&client, &code).ok().json();
    assert_eq!(first["expires_in"], 900);
    op.advance(AGE - 600);

    let tokens = op.refresh(&client, &text(&first, "refresh_token")).ok().json();

    let seconds = tokens["expires_in"].as_i64().unwrap();
    assert!((590..=600).contains(&seconds), "{seconds}");
    for name in ["access_token", "id_token"] {
        let claims: Value = pocketid::crypto::jws::peek_claims(&text(&tokens, name)).unwrap();
        let end = claims["exp"].as_i64().unwrap() - auth_time.as_unix();
        assert!((AGE - 10..=AGE + 10).contains(&end), "{name}: {end}");
    }
    op.userinfo(&text(&tokens, "access_token")).ok();
    op.advance(600);
    assert_eq!(op.userinfo(&text(&tokens, "access_token")).error(), "401 invalid_token");
    let refused = op.refresh(&client, &text(&tokens, "refresh_token"));
    assert_eq!(refused.error(), "400 invalid_grant");
}

/// A setting of an administrator counts from then on, also for what was issued before.
#[test]
fn a_session_age_that_is_set_later_counts_for_older_tokens() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let code = alice.code(&client, &[("scope", "openid offline_access")]);
    let tokens = op.redeem(&client, &code).ok().json();
    let waiting = alice.code(&client, &[]);
    op.advance(50);
    op.execute("UPDATE grants SET auth_time = auth_time - 400");
    op.beside(&format!("client update {} --max-session-age 5m", client.id)).expect_success();

    assert_eq!(op.userinfo(&text(&tokens, "access_token")).error(), "401 invalid_token");
    let fields = [
        ("token", tokens["access_token"].as_str().unwrap()),
        ("client_id", client.id.as_str()),
        ("client_secret", client.secret.as_str()),
    ];
    assert_eq!(op.agent().post_form("/api/oidc/introspect", &fields).ok().json()["active"], false);
    let refused = op.refresh(&client, &text(&tokens, "refresh_token"));
    assert_eq!(refused.error(), "400 invalid_grant");
    assert_eq!(op.redeem(&client, &waiting).error(), "400 invalid_grant");

    // Nothing was used up or revoked.
    op.beside(&format!("client update {} --no-max-session-age", client.id)).expect_success();
    op.userinfo(&text(&tokens, "access_token")).ok();
    op.refresh(&client, &text(&tokens, "refresh_token")).ok();
}

#[test]
fn a_client_that_acts_for_itself_has_no_session_age() {
    let op = TestOp::start();
    let client = client(&op);
    op.advance(2 * AGE);
    let tokens = op.token(&client, &[("grant_type", "client_credentials")]).ok().json();
    assert_eq!(tokens["expires_in"], 900);
}

#[test]
fn the_rest_api_sets_shows_keeps_and_bounds_it() {
    let op = TestOp::start();
    let user = op.user("root");
    op.change_user(user.id, |user| user.is_admin = true);
    let key = op.beside("api-key create script --for root").ok();
    let mut root = op.agent().with_header("x-api-key", key.trim());
    let made =
        root.post("/api/oidc/clients", &json!({ "name": "App", "maxSessionAgeMinutes": 480 }));
    assert_eq!((made.status, &made.json()["maxSessionAgeMinutes"]), (201, &json!(480)));
    let path = format!("/api/oidc/clients/{}", made.json()["id"].as_str().unwrap());
    // Programs of Pocket ID do not know it.
    let kept = root.json(Method::PUT, &path, &json!({ "name": "App" })).ok().json();
    assert_eq!(kept["maxSessionAgeMinutes"], 480);
    for bad in [json!(4), json!(-1), json!(525_601), json!(i64::MAX)] {
        let body = json!({ "name": "App", "maxSessionAgeMinutes": bad });
        let answer = root.json(Method::PUT, &path, &body);
        assert_eq!(answer.status, 400, "{bad}");
        let field = answer.json()["details"]["fields"][0]["field"].clone();
        assert_eq!(field, "maxSessionAgeMinutes", "{bad}");
    }
    for bad in [json!("8h"), json!(1.5), json!([5]), json!(true)] {
        let body = json!({ "name": "App", "maxSessionAgeMinutes": bad });
        assert_eq!(root.json(Method::PUT, &path, &body).status, 400, "{bad}");
    }
    assert_eq!(root.get(&path).ok().json()["maxSessionAgeMinutes"], 480);
    let body = json!({ "name": "App", "maxSessionAgeMinutes": 0 });
    let changed = root.json(Method::PUT, &path, &body).ok().json();
    assert_eq!(changed["maxSessionAgeMinutes"], Value::Null);
}
