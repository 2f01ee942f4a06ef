//! RFC 9068: access tokens that are JWTs.

use pocketid::crypto::{JwkSet, VerifyingKey, jws};
use serde_json::Value;

use crate::support::op::{TestClient, TestOp};

fn tokens(op: &TestOp, client: &TestClient, name: &str) -> Value {
    op.redeem(client, &op.person(name).code(client, &[])).ok().json()
}

fn verify(op: &TestOp, token: &str) -> (jws::Header, Value) {
    let body = op.agent().get("/.well-known/jwks.json").ok().body;
    let set: JwkSet = serde_json::from_slice(&body).unwrap();
    jws::verify(token, |algorithm, kid| {
        let named = set.keys.iter().filter(|key| key.kid.as_deref() == kid);
        named.filter_map(|key| VerifyingKey::from_jwk(key, algorithm)).collect()
    })
    .unwrap()
}

/// RFC 9068 §2.1 and §2.2: signed, typed, and with every claim that is required.
#[test]
fn an_access_token_has_the_type_and_the_claims_of_the_standard() {
    let op = TestOp::start();
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.access_token_seconds = 300;
    });
    let tokens = tokens(&op, &client, "alice");

    let (header, claims) = verify(&op, tokens["access_token"].as_str().unwrap());

    assert_eq!(header.typ.as_deref(), Some("at+jwt"));
    assert_ne!(header.alg, "none");
    assert!(header.kid.is_some());
    for name in ["iss", "sub", "client_id", "jti", "scope"] {
        assert!(claims[name].as_str().is_some_and(|text| !text.is_empty()), "{name}");
    }
    assert!(claims["aud"].as_array().is_some_and(|aud| !aud.is_empty()));
    let seconds = |name: &str| claims[name].as_i64().unwrap();
    assert_eq!(seconds("exp") - seconds("iat"), 300);
    assert_eq!(tokens["expires_in"], 300, "RFC 6749 §5.1");
}

/// RFC 9068 §2.2 and RFC 7519 §4.1.7: a `jti` is one token's own.
#[test]
fn no_two_tokens_have_one_name() {
    let op = TestOp::start();
    let client = op.client();
    let first = tokens(&op, &client, "alice");
    let second = op.refresh(&client, first["refresh_token"].as_str().unwrap()).ok().json();
    let mut names = Vec::new();
    for tokens in [&first, &second] {
        for kind in ["access_token", "id_token"] {
            let (_, claims) = verify(&op, tokens[kind].as_str().unwrap());
            names.push(claims["jti"].as_str().unwrap().to_owned());
        }
    }
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 4);
}

/// RFC 9068 §5 and RFC 8725 §3.11: an ID token is told from an access token by its type and audience.
#[test]
fn an_id_token_is_not_taken_for_an_access_token() {
    let op = TestOp::start();
    let client = op.client();
    let tokens = tokens(&op, &client, "alice");
    let id_token = tokens["id_token"].as_str().unwrap();
    let (header, claims) = verify(&op, id_token);
    assert_eq!(header.typ.as_deref(), Some("JWT"));
    assert!(claims.get("client_id").is_none() && claims.get("scope").is_none());
    assert_eq!(op.userinfo(id_token).error(), "401 invalid_token");
    // And an access token is no hint, whose ID tokens are.
    let access_token = tokens["access_token"].as_str().unwrap();
    let path = format!("/api/oidc/end-session?id_token_hint={access_token}");
    assert_eq!(op.agent().get(&path).location(), "/logout?refused=hint");
}
