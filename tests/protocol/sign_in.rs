//! The main road: from an application to its user and back.

use serde_json::json;

use crate::support::{op::TestOp, soft_authenticator::SoftAuthenticator};

/// OIDC Core §3.1: a user signs in, and the client knows who it is.
#[test]
fn a_user_signs_in_to_a_client_and_is_known_to_it() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");

    let code = alice.code(&client, &[]);
    let tokens = op.redeem(&client, &code).ok().json();
    let claims = op.userinfo(tokens["access_token"].as_str().unwrap()).ok().json();

    assert_eq!(tokens["token_type"], "bearer");
    assert_eq!(tokens["expires_in"], 3_600);
    assert_eq!(tokens["scope"], "openid profile email");
    assert_eq!(claims["sub"], alice.id.to_string());
    assert_eq!(claims["email"], "alice@example.com");
}

/// Once consented, no page is shown while the session lives.
#[test]
fn the_second_sign_in_shows_no_page() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    alice.code(&client, &[]);

    let answer = alice.agent.get(&client.authorize_path(&[]));

    assert_eq!(answer.status, 303);
    assert!(answer.location().starts_with("https://app.example.com/callback?"));
    assert_eq!(answer.location_param("state").unwrap(), "state-of-the-client");
    assert_eq!(answer.location_param("iss").unwrap(), op.base_url());
}

#[test]
fn the_first_administrator_is_set_up_once() {
    let op = TestOp::start();
    let mut agent = op.agent();
    assert_eq!(agent.get("/api/signup/setup").status, 204);

    let body = json!({"username": "root", "email": "root@example.com", "displayName": "Root"});
    agent.post("/api/signup/setup", &body).ok();
    SoftAuthenticator::new(op.base_url()).register(&mut agent).ok();

    assert_eq!(agent.get("/api/users/me").ok().json()["isAdmin"], true);
    assert_eq!(op.agent().post("/api/signup/setup", &body).error(), "409 setup_already_completed");
    assert_eq!(op.agent().get("/api/signup/setup").error(), "404 setup_not_available");
}
