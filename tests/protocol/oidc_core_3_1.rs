//! OIDC Core §3.1.2: asking for a sign-in, as the conformance suite of the OpenID Foundation does.

use pocketid::crypto::jws;
use serde_json::{Value, json};

use crate::support::{
    agent::{Agent, Answer, SESSION},
    flow::{Person, interaction_id},
    op::{TestClient, TestOp},
    soft_authenticator::SoftAuthenticator,
};

fn auth_time(op: &TestOp, client: &TestClient, code: &str) -> i64 {
    let tokens = op.redeem(client, code).ok().json();
    let claims: Value = jws::peek_claims(tokens["id_token"].as_str().unwrap()).unwrap();
    claims["auth_time"].as_i64().unwrap()
}

fn ask(agent: &mut Agent, client: &TestClient, more: &[(&str, &str)]) -> Answer {
    agent.get(&client.authorize_path(&[more, &[("prompt", "none")]].concat()))
}

/// OIDC Core §3.1.2.1: `prompt=login` and `max_age` ask for the passkey anew, and `auth_time` says
/// when it was used; without them it stays.
#[test]
fn whoever_must_sign_in_again_does_and_auth_time_moves() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let mut last = auth_time(&op, &client, &alice.code(&client, &[]));
    for more in [[("prompt", "login")], [("max_age", "1")], [("max_age", "0")]] {
        op.advance(2);
        let kept = auth_time(&op, &client, &alice.code(&client, &[("max_age", "10000")]));
        assert_eq!(kept, last, "nobody was asked");

        let answer = alice.agent.get(&client.authorize_path(&more));
        let id = interaction_id(&answer).unwrap();
        // A step that was not taken does not count, and neither does the passkey of before.
        assert_eq!(alice.complete(&id, &json!("reauthenticate")).status, 400, "{more:?}");
        let back = alice.agent.get(&format!("/authorize?interaction={id}"));
        assert_eq!(interaction_id(&back).as_deref(), Some(id.as_str()), "{more:?}");

        let code = alice.walk(back).location_param("code").unwrap();
        let now = auth_time(&op, &client, &code);
        assert!(now >= last + 2, "{more:?}: {last} {now}");
        last = now;
    }
    // A proof for one request is no proof for the next.
    assert!(
        interaction_id(&alice.agent.get(&client.authorize_path(&[("prompt", "login")]))).is_some()
    );
}

/// A passkey that was used before the client asked is none that was used because it asked.
#[test]
fn a_passkey_used_beforehand_is_not_taken_for_prompt_login() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    alice.code(&client, &[]);
    alice.authenticator.reauthenticate(&mut alice.agent).ok();
    op.advance(5);

    let answer = alice.agent.get(&client.authorize_path(&[("prompt", "login")]));
    let id = interaction_id(&answer).unwrap();

    assert_eq!(
        alice.complete(&id, &json!("reauthenticate")).error(),
        "401 reauthentication_required"
    );
    assert!(interaction_id(&alice.agent.get(&format!("/authorize?interaction={id}"))).is_some());
}

/// OIDC Core §3.1.2.1: the age is that of the last active authentication, so a client that renews
/// its tokens in silence with the `max_age` that it always sends is not turned away after it.
#[test]
fn a_passkey_used_again_makes_the_session_young_for_everybody() {
    let op = TestOp::start();
    let client = op.client();
    let user = op.user("bob");
    let mut agent = op.agent();
    let code = op.one_time_code(user.id, 600);
    agent.post(&format!("/api/one-time-access-token/{code}"), &json!({})).ok();
    let mut authenticator = SoftAuthenticator::new(op.base_url());
    authenticator.register(&mut agent).ok();
    let mut bob = Person { id: user.id, agent, authenticator };
    let amr = |code: &str| {
        let tokens = op.redeem(&client, code).ok().json();
        let claims: Value = jws::peek_claims(tokens["id_token"].as_str().unwrap()).unwrap();
        claims["amr"][0].as_str().unwrap().to_owned()
    };
    assert_eq!(amr(&bob.code(&client, &[])), "otp");
    op.advance(600);
    let max_age = [("max_age", "300")];
    let silent = |bob: &mut Person| ask(&mut bob.agent, &client, &max_age);
    assert_eq!(silent(&mut bob).location_param("error").unwrap(), "login_required");

    bob.code(&client, &max_age);

    op.advance(60);
    assert_eq!(amr(&silent(&mut bob).location_param("code").unwrap()), "phr");
    op.advance(241);
    assert_eq!(silent(&mut bob).location_param("error").unwrap(), "login_required");
}

/// OIDC Core §3.1.2.1 and §3.1.2.6: with `prompt=none` no page is ever shown.
#[test]
fn prompt_none_is_answered_to_the_client_whatever_is_missing() {
    let op = TestOp::start();
    let client = op.client();
    let careful = op.client_with("https://careful.example.com/cb", |client| {
        client.requires_reauthentication = true;
        client.skips_consent = true;
    });
    let closed = op.client_with("https://closed.example.com/cb", |client| {
        client.is_group_restricted = true;
        client.skips_consent = true;
    });
    let mut alice = op.person("alice");
    let mut disabled = op.person("bob");
    op.change_user(disabled.id, |user| user.disabled = true);
    let error = |person: &mut Person, client: &TestClient, more: &[(&str, &str)]| {
        let answer = ask(&mut person.agent, client, more);
        assert_eq!(answer.status, 303, "{more:?}");
        assert!(answer.location().starts_with(&client.redirect_uri), "{more:?}");
        answer.location_param("error").unwrap_or_default()
    };

    assert_eq!(error(&mut alice, &client, &[]), "consent_required");
    assert_eq!(error(&mut alice, &careful, &[]), "login_required");
    assert_eq!(error(&mut alice, &closed, &[]), "access_denied");
    assert_eq!(error(&mut disabled, &client, &[]), "login_required");
    assert_eq!(op.count("interactions") + op.count("grants"), 0);
    alice.code(&client, &[]);
    op.advance(60);
    assert_eq!(error(&mut alice, &client, &[]), "", "a code");
    assert_eq!(error(&mut alice, &client, &[("max_age", "3600")]), "", "a code");
    assert_eq!(error(&mut alice, &client, &[("max_age", "59")]), "login_required");
    assert_eq!(error(&mut alice, &client, &[("scope", "openid groups")]), "consent_required");
    alice.agent.post("/api/webauthn/logout", &json!({})).ok();
    assert_eq!(error(&mut alice, &client, &[]), "login_required");
    alice.agent.cookies.insert(SESSION.into(), "nonsense".into());
    assert_eq!(error(&mut alice, &client, &[]), "login_required");
}

/// OIDC Core §3.1.2.6 and §6: each unsupported feature has an error of its own.
#[test]
fn each_unsupported_request_has_its_own_error() {
    let op = TestOp::start();
    let client = op.client();
    // The client has no keys that it could have signed with.
    let signed = "eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl";
    let encrypted = "eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d";
    for (more, error) in [
        ([("response_type", "")], "invalid_request"),
        ([("response_type", "none")], "unsupported_response_type"),
        ([("response_type", "id_token")], "unsupported_response_type"),
        ([("response_type", "code token")], "unsupported_response_type"),
        ([("response_mode", "web_message.jwt")], "invalid_request"),
        ([("response_mode", "web_message")], "invalid_request"),
        ([("request", signed)], "invalid_request_object"),
        ([("request", encrypted)], "request_not_supported"),
        ([("request_uri", "https://app.example.com/r.jwt")], "request_uri_not_supported"),
        ([("request_uri", "http://127.0.0.1:1/r.jwt")], "request_uri_not_supported"),
    ] {
        let answer = op.agent().get(&client.authorize_path(&more));
        assert_eq!(answer.location_param("error").unwrap(), error, "{more:?}");
        assert!(!answer.location_param("error_description").unwrap().is_empty());
        assert!(!answer.location().contains('#'), "{more:?}: in the mode of a code");
    }
}

/// OIDC Core §3.1.2.1, Form Post §2: errors travel the way that was asked for.
#[test]
fn an_error_travels_as_a_code_would() {
    let op = TestOp::start();
    let client = op.client();
    let fragment = ask(&mut op.agent(), &client, &[("response_mode", "fragment")]);
    assert!(fragment.location().starts_with("https://app.example.com/callback#error="));
    let form = ask(&mut op.agent(), &client, &[("response_mode", "form_post")]);
    assert_eq!((form.status, form.form_action()), (200, client.redirect_uri.clone()));
    assert!(form.form_fields().contains(&("error".to_owned(), "login_required".to_owned())));
    assert_eq!((form.header("cache-control"), form.header("pragma")), ("no-store", "no-cache"));
}

/// OIDC Core §3.1.2.1: a request for something unknown is no reason to refuse it.
#[test]
fn unknown_scopes_and_parameters_are_ignored() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let more = [
        ("scope", "unknown email openid phone address"),
        ("display", "popup"),
        ("claims_locales", "se"),
        ("extra", "foobar"),
    ];
    let answer = alice.authorize(&client, &more);
    let tokens = op.redeem(&client, &answer.location_param("code").unwrap()).ok().json();
    assert_eq!(tokens["scope"], "email openid");
}
