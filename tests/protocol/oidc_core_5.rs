//! OIDC Core §5.3 and §5.4: claims about the user, and the UserInfo endpoint.

use pocketid::crypto::jws;
use serde_json::{Value, json};

use crate::support::op::TestOp;

/// OIDC Core §5.3.2: `sub` is always there, and is that of the ID token.
#[test]
fn userinfo_is_about_the_subject_of_the_id_token() {
    let op = TestOp::start();
    let (client, other) = (op.client(), op.client());
    let mut people = [op.person("alice"), op.person("bob")];
    let mut subjects = Vec::new();
    for (person, client) in [(0, &client), (0, &other), (1, &client)] {
        let code = people[person].code(client, &[]);
        let tokens = op.redeem(client, &code).ok().json();
        let id_token: Value = jws::peek_claims(tokens["id_token"].as_str().unwrap()).unwrap();
        let userinfo = op.userinfo(tokens["access_token"].as_str().unwrap()).ok();
        assert!(userinfo.header("content-type").starts_with("application/json"), "§5.3.2");
        assert_eq!(userinfo.json()["sub"], id_token["sub"]);
        subjects.push(id_token["sub"].as_str().unwrap().to_owned());
    }
    // OIDC Core §8: public subjects.
    assert_eq!(subjects[0], subjects[1]);
    assert_ne!(subjects[0], subjects[2]);
}

/// OIDC Core §5.1: the types of the claims.
#[test]
fn claims_have_the_types_of_the_standard() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    op.group("admins", &[alice.id]);
    op.change_user(alice.id, |user| {
        user.first_name = "Alice".parse().unwrap();
        user.last_name = "Liddell".parse().unwrap();
        user.email_verified = true;
        user.locale = Some("zh-CN".to_owned());
    });
    let code = alice.code(&client, &[("scope", "openid profile email groups")]);
    let tokens = op.redeem(&client, &code).ok().json();

    let claims = op.userinfo(tokens["access_token"].as_str().unwrap()).ok().json();

    for (name, value) in [
        ("name", json!("Alice Liddell")),
        ("given_name", json!("Alice")),
        ("family_name", json!("Liddell")),
        ("preferred_username", json!("alice")),
        ("locale", json!("zh-CN")),
        ("email", json!("alice@example.com")),
        ("email_verified", json!(true)),
        ("groups", json!(["admins"])),
    ] {
        assert_eq!(claims[name], value, "{name}");
    }
    // §5.1: "This URL MUST refer to an image file".
    let path = claims["picture"].as_str().unwrap().strip_prefix(op.base_url()).unwrap();
    let picture = op.agent().get(path).ok();
    assert!(picture.header("content-type").starts_with("image/"), "{picture:?}");
}

/// OIDC Core §5.3.2: the claims are those of now; §16.11 and RFC 9700 §4.14.2: none of a disabled user.
#[test]
fn userinfo_tells_what_is_so_at_the_moment() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let tokens = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    let token = tokens["access_token"].as_str().unwrap();

    op.change_user(alice.id, |user| user.email = Some("new@example.com".parse().unwrap()));
    assert_eq!(op.userinfo(token).ok().json()["email"], "new@example.com");
    op.change_user(alice.id, |user| user.disabled = true);
    assert_eq!(op.userinfo(token).error(), "401 invalid_token");
}
