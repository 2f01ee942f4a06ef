//! A Pocket ID that was taken over: its users and clients find it as they knew it.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::json;

use crate::support::{
    flow::{Person, interaction_id},
    op::{TestClient, TestOp},
    pocket_id::{ALICE, ENCRYPTION_KEY, OLD_SECRET, PocketId},
    soft_authenticator::SoftAuthenticator,
    wait_until,
};

/// A provider into which a Pocket ID was imported while it runs, and alice with the passkey that she had.
fn imported() -> (TestOp, Person) {
    let op = TestOp::start();
    let mut old = PocketId::new();
    let mut authenticator = SoftAuthenticator::new(op.base_url());
    authenticator.user_handle = ALICE.as_bytes().to_vec();
    let passkey = &mut old.table("webauthn_credentials")[0];
    passkey["credential_id"] = BASE64_STANDARD.encode(&authenticator.credential_id).into();
    passkey["public_key"] = BASE64_STANDARD.encode(authenticator.cose_key()).into();
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("old.key");
    std::fs::write(&key, ENCRYPTION_KEY).unwrap();
    let path = old.archive();
    let words = ["import", path.to_str().unwrap(), "--encryption-key-file", key.to_str().unwrap()];
    op.beside_args(&words).expect_success();
    let (id, agent) = (ALICE.parse().unwrap(), op.agent());
    (op, Person { id, agent, authenticator })
}

fn client(id: &str, secret: &str) -> TestClient {
    let redirect_uri = "https://app.example.com/callback".to_owned();
    TestClient { id: id.to_owned(), secret: secret.to_owned(), redirect_uri }
}

#[test]
fn a_passkey_signs_in_and_a_client_goes_on_with_its_secret_and_its_key() {
    let (op, mut alice) = imported();
    let keys = || op.agent().get("/.well-known/jwks.json").ok().json()["keys"].clone();
    // A running server looks for new keys twice a second; they sign two seconds later, since others
    // may not publish them yet.
    wait_until(|| keys()[0]["kid"] == "oldKeyOfRSA");
    assert_eq!(keys().as_array().unwrap().iter().filter(|key| key["kty"] == "RSA").count(), 1);

    alice.authenticator.sign_in(&mut alice.agent).ok();
    let me = alice.agent.get("/api/users/me").ok().json();
    assert_eq!((&me["id"], &me["username"]), (&json!(ALICE), &json!("alice")));

    let web = client("web", "secret-of-the-web-client");
    let scope = [("scope", "openid profile email"), ("resource", "https://api.example.com")];
    let answer = alice.agent.get(&web.authorize_path(&scope));
    assert_eq!(interaction_id(&answer), None, "she has consented already, to the API as well");
    let tokens = op.redeem(&web, &answer.location_param("code").unwrap()).ok().json();
    let id_token = tokens["id_token"].as_str().unwrap();
    let header: serde_json::Value = serde_json::from_slice(
        &base64::prelude::BASE64_URL_SAFE_NO_PAD
            .decode(id_token.split('.').next().unwrap())
            .unwrap(),
    )
    .unwrap();
    assert_eq!(header["kid"], "oldKeyOfRSA");
    assert_eq!(tokens["expires_in"], 600);
    let wrong = client("web", "another secret");
    assert_eq!(op.redeem(&wrong, "code").error(), "401 invalid_client");

    let old = client("old", OLD_SECRET);
    let code = alice.code(&old, &[]);
    op.redeem(&old, &code).ok();
}

#[test]
fn an_api_key_works_and_pictures_are_shown() {
    let (op, _alice) = imported();
    let mut script = op.agent().with_header("x-api-key", "key-of-alice");
    let me = script.get("/api/users/me").ok().json();
    assert_eq!(me["customClaims"], json!([{"key": "role", "value": "owner"}]));
    assert_eq!(me["userGroups"][0]["name"], "staff");
    for path in [
        &format!("/api/users/{ALICE}/profile-picture.png"),
        "/api/application-images/logo",
        "/api/oidc/clients/web/logo",
        "/api/oidc/clients/web/logo?light=false",
    ] {
        let answer = op.agent().get(path).ok();
        assert_eq!(answer.header("content-type"), "image/png", "{path}");
    }
    let first = json!({"username": "m", "displayName": "M", "email": "m@example.com"});
    let setup = op.agent().post("/api/signup/setup", &first);
    assert_eq!(setup.error(), "409 setup_already_completed", "the door is closed");
}

#[test]
fn a_scim_provider_has_its_token() {
    let (_op, mut alice) = imported();
    alice.authenticator.sign_in(&mut alice.agent).ok();
    let provider = alice.agent.get("/api/oidc/clients/web/scim-service-provider").ok().json();
    assert_eq!(provider["endpoint"], "https://app.example.com/scim/v2");
    assert_eq!(provider["token"], "token-of-the-scim-endpoint");
}

#[test]
fn who_was_disabled_stays_so_and_who_is_in_no_group_stays_outside() {
    let (op, mut alice) = imported();
    op.execute("DELETE FROM group_members");
    alice.authenticator.sign_in(&mut alice.agent).ok();
    let web = client("web", "secret-of-the-web-client");
    let answer = alice.authorize(&web, &[]);
    assert_eq!(answer.location_param("code"), None);
    op.beside("user disable alice --yes").expect_success();
    let again = alice.authenticator.sign_in(&mut alice.agent);
    assert_eq!(again.error(), "403 user_disabled");
}

#[test]
fn who_was_invited_can_still_come_and_is_in_the_group() {
    let (op, _alice) = imported();
    let come = |token: &str, name: &str| {
        let email = format!("{name}@example.com");
        let body = json!({"username": name, "displayName": name, "email": email, "token": token});
        op.agent().post("/api/signup", &body)
    };
    // Until the running server has taken up that invitations are good.
    wait_until(|| come("GOODtoken1234567", "carol").error() != "403 open_signup_disabled");
    assert!(op.beside("user show carol -o json").json()["userGroups"][0]["name"] == "staff");
    for token in ["GOODtoken1234567", "USEDtoken1234567", "OLDtoken12345678", "nonsense"] {
        assert!(come(token, "dave").status >= 400, "{token}");
    }
}
