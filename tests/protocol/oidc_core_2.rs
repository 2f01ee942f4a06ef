//! OIDC Core §2, §3.1.3.3 and §3.1.3.6: the ID token.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use pocketid::crypto::{Algorithm, jws};
use ring::digest::{self, digest};
use serde_json::Value;

use crate::support::op::{TestClient, TestOp};

fn tokens(op: &TestOp, client: &TestClient, name: &str) -> Value {
    op.redeem(client, &op.person(name).code(client, &[])).ok().json()
}

fn claims(tokens: &Value, name: &str) -> Value {
    jws::peek_claims(tokens[name].as_str().unwrap()).unwrap()
}

/// OIDC Core §3.1.3.6: the left half of the digest that the algorithm is named after; Ed25519's is
/// SHA-512.
#[test]
fn at_hash_is_that_of_the_algorithm_of_the_token() {
    let op = TestOp::start();
    for algorithm in Algorithm::ALL {
        let client = op.client_with("https://app.example.com/callback", |client| {
            client.id_token_signed_response_alg = algorithm;
        });
        let tokens = tokens(&op, &client, &format!("a{}", algorithm.as_str().to_lowercase()));

        let access_token = tokens["access_token"].as_str().unwrap();
        let hash = match &algorithm.as_str()[2..] {
            "256" => digest(&digest::SHA256, access_token.as_bytes()),
            "384" => digest(&digest::SHA384, access_token.as_bytes()),
            _ => digest(&digest::SHA512, access_token.as_bytes()),
        };
        let left_half = &hash.as_ref()[..hash.as_ref().len() / 2];
        let expected = BASE64_URL_SAFE_NO_PAD.encode(left_half);
        assert_eq!(claims(&tokens, "id_token")["at_hash"], expected, "{}", algorithm.as_str());
    }
}

/// OIDC Core §2: what each claim is made of.
#[test]
fn times_are_whole_numbers_and_a_subject_is_short_ascii() {
    let op = TestOp::start();
    let client = op.client();
    let before = op.now().as_unix();
    let id_token = claims(&tokens(&op, &client, "alice"), "id_token");
    let after = op.now().as_unix();

    for name in ["iat", "exp", "auth_time", "rat"] {
        assert!(id_token[name].is_i64(), "{name}: {id_token}");
    }
    for name in ["iat", "auth_time"] {
        let moment = id_token[name].as_i64().unwrap();
        assert!((before..=after).contains(&moment), "{name}: {id_token}");
    }
    let sub = id_token["sub"].as_str().unwrap();
    assert!(sub.is_ascii() && sub.len() <= 255, "{sub}");
    assert!(id_token["amr"].as_array().unwrap().iter().all(Value::is_string));
    assert!(id_token.get("azp").is_none(), "there is one audience, and it is the client");
}

/// OIDC Core §5.3.2 and §5.1: a claim without a value is left out, wherever it would be.
#[test]
fn nothing_is_blank_or_null() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    op.change_user(alice.id, |user| {
        user.display_name = "".parse().unwrap();
        user.email = None;
    });
    let everything = [("scope", "openid profile email groups offline_access"), ("nonce", "")];
    let tokens = op.redeem(&client, &alice.code(&client, &everything)).ok().json();
    let access_token = tokens["access_token"].as_str().unwrap();
    let documents = [
        claims(&tokens, "id_token"),
        claims(&tokens, "access_token"),
        op.userinfo(access_token).ok().json(),
        op.agent().get("/.well-known/openid-configuration").ok().json(),
        op.agent().get("/.well-known/jwks.json").ok().json(),
        tokens.clone(),
    ];
    for document in documents {
        let text = document.to_string();
        assert!(!text.contains(":\"\"") && !text.contains(":null"), "{text}");
    }
    let userinfo = op.userinfo(access_token).json();
    assert!(userinfo.get("email_verified").is_none(), "there is no address to be verified");
}

/// OIDC Core §2 and §15.5.2: a nonce comes back as it was, whatever it is made of.
#[test]
fn a_nonce_is_given_back_to_the_letter() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    for nonce in ["x", "with space & \"quotes\" + ü 🦀", "<b>%41</b>", &"n".repeat(512)] {
        let code = alice.code(&client, &[("nonce", nonce)]);
        let tokens = op.redeem(&client, &code).ok().json();
        assert_eq!(claims(&tokens, "id_token")["nonce"], nonce);
    }
}
