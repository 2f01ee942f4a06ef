//! Claims beside the standard ones (OIDC Core §5.1.2): of users, of groups, of clients.

use pocketid::{
    crypto::jws,
    model::{ClaimOwner, ClaimOwner::User},
};
use serde_json::{Value, json};

use crate::support::{
    flow::Person,
    op::{TestClient, TestOp},
};

/// The value of `name` in the ID token and in UserInfo, which has to be the same.
#[track_caller]
fn told(op: &TestOp, person: &mut Person, client: &TestClient, scope: &str, name: &str) -> Value {
    let code = person.code(client, &[("scope", scope)]);
    let tokens = op.redeem(client, &code).ok().json();
    let in_id_token = jws::peek_claims::<Value>(tokens["id_token"].as_str().unwrap()).unwrap();
    let in_userinfo = op.userinfo(tokens["access_token"].as_str().unwrap()).ok().json();
    assert_eq!(in_id_token[name], in_userinfo[name]);
    in_userinfo[name].clone()
}

#[test]
fn custom_claims_come_with_profile_only() {
    let op = TestOp::start();
    let (client, mut alice) = (op.client(), op.person("alice"));
    op.set_claim(User(alice.id), "department", "physics");
    op.set_claim(User(alice.id), "roles", "[\"admin\", \"editor\"]");

    let mut told = |scope, name| told(&op, &mut alice, &client, scope, name);

    assert_eq!(told("openid profile", "department"), "physics");
    assert_eq!(told("openid profile", "roles"), json!(["admin", "editor"]));
    assert_eq!(told("openid email groups", "department"), Value::Null);
}

/// OIDC Core §5.1 and §5.4: `profile` carries these, where an administrator has set them, as texts.
#[test]
fn the_standard_claims_of_profile_that_an_administrator_sets_are_texts() {
    let op = TestOp::start();
    let (client, mut alice) = (op.client(), op.person("alice"));
    let texts = [
        ("birthdate", "1990"),
        ("gender", "female"),
        ("middle_name", "M"),
        ("nickname", "007e1"),
        ("profile", "https://example.com/alice"),
        ("website", "https://alice.example.com"),
        ("zoneinfo", "Europe/Berlin"),
    ];
    for (name, value) in texts {
        op.set_claim(User(alice.id), name, value);
    }
    op.set_claim(User(alice.id), "level", "1990");

    let mut told = |scope, name| told(&op, &mut alice, &client, scope, name);

    for (name, value) in texts {
        assert_eq!(told("openid profile", name), value, "{name}");
    }
    assert_eq!(told("openid profile", "level"), 1990, "no standard claim");
    assert_eq!(told("openid email", "nickname"), Value::Null);
}

/// Pocket ID 2.14: the user's own first, then those of the group that was made first.
#[test]
fn the_users_own_claim_wins_and_of_two_groups_the_first_one() {
    let op = TestOp::start();
    let (client, mut alice) = (op.client(), op.person("alice"));
    let first = ClaimOwner::Group(op.group("zebras", &[alice.id]));
    op.advance(1);
    let second = ClaimOwner::Group(op.group("ants", &[alice.id]));
    let foreign = ClaimOwner::Group(op.group("others", &[]));
    for (owner, value) in [(second, "second"), (first, "first"), (foreign, "foreign")] {
        op.set_claim(owner, "role", value);
        op.set_claim(owner, "team", value);
    }
    op.set_claim(second, "floor", "2");
    op.set_claim(foreign, "secret", "x");
    op.set_claim(User(alice.id), "role", "own");

    let mut told = |name| told(&op, &mut alice, &client, "openid profile", name);

    assert_eq!(told("role"), "own");
    assert_eq!(told("team"), "first");
    assert_eq!(told("floor"), 2);
    assert_eq!(told("secret"), Value::Null);
}

/// OIDC Core §2: whatever the database holds, the standard claims of a token are true.
#[test]
fn a_custom_claim_never_takes_the_place_of_a_standard_one() {
    let op = TestOp::start();
    let (client, mut alice) = (op.client(), op.person("alice"));
    for name in ["sub", "iss", "aud", "exp", "nonce", "acr", "email", "groups", "picture"] {
        op.set_claim(User(alice.id), name, "not-from-here");
    }

    let tokens = op.redeem(&client, &alice.code(&client, &[("scope", "openid profile")]));
    let id_token = tokens.ok().json()["id_token"].as_str().unwrap().to_owned();
    let claims = jws::peek_claims::<Value>(&id_token).unwrap();

    assert!(!claims.to_string().contains("not-from-here"), "{claims}");
    assert_eq!(claims["sub"], alice.id.to_string());
}

/// A refresh reads the claims again.
#[test]
fn a_refreshed_id_token_has_the_claims_of_its_day() {
    let op = TestOp::start();
    let (client, mut alice) = (op.client(), op.person("alice"));
    let tokens = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    op.set_claim(User(alice.id), "department", "physics");

    let tokens = op.refresh(&client, tokens["refresh_token"].as_str().unwrap()).ok().json();

    let claims = jws::peek_claims::<Value>(tokens["id_token"].as_str().unwrap()).unwrap();
    assert_eq!(claims["department"], "physics");
}

/// OIDC Core §5.1: `updated_at` is a number of seconds, and moves when the user changes.
#[test]
fn updated_at_is_the_second_of_the_last_change() {
    let op = TestOp::start();
    op.stop_clock();
    let (client, mut alice) = (op.client(), op.person("alice"));
    let before = told(&op, &mut alice, &client, "openid profile", "updated_at").as_i64().unwrap();
    op.advance(100);
    op.change_user(alice.id, |user| user.first_name = "Alice".parse().unwrap());

    let after = told(&op, &mut alice, &client, "openid profile", "updated_at").as_i64().unwrap();

    assert_eq!(after - before, 100);
    assert_eq!(told(&op, &mut alice, &client, "openid", "updated_at"), Value::Null);
}

/// OIDC Core §5.3.2: an unknown claim is left out, and is no empty text.
#[test]
fn no_claim_is_blank() {
    let op = TestOp::start();
    let (client, mut alice) = (op.client(), op.person("alice"));
    op.change_user(alice.id, |user| {
        user.display_name = "".parse().unwrap();
        user.email = None;
    });

    let code = alice.code(&client, &[("scope", "openid profile email groups")]);
    let tokens = op.redeem(&client, &code).ok().json();
    let claims = op.userinfo(tokens["access_token"].as_str().unwrap()).ok().json();

    for (name, value) in claims.as_object().unwrap() {
        assert!(!value.is_null() && value != "", "{name} is blank");
    }
    let absent = ["given_name", "family_name", "display_name", "email", "email_verified", "locale"];
    assert!(absent.iter().all(|name| claims.get(name).is_none()), "{claims}");
}

/// The owner of an account sees the claims that clients get about them.
#[test]
fn the_account_of_the_signed_in_lists_its_own_claims() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    op.set_claim(User(alice.id), "department", "physics");
    op.set_claim(ClaimOwner::Group(op.group("staff", &[alice.id])), "role", "employee");

    let me = alice.agent.get("/api/users/me").ok().json();

    assert_eq!(me["customClaims"], json!([{"key": "department", "value": "physics"}]));
    assert_eq!(me["userGroups"][0]["customClaims"], json!([]));
}
