//! Authlib, with its HTTP client and its integration with Django.

use std::process::Command;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use pocketid::crypto::{Algorithm, JwkSet, SigningKey};
use serde_json::{Value, json};

use crate::support::{
    django::python,
    op::TestOp,
    program::{relying_party, run},
};

/// Where users come out who signed out.
const BYE: &str = "https://app.example.com/bye";

fn result(auth_method: &str) -> Value {
    let op = TestOp::start();
    let mut ada = op.person("ada");
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.requires_pkce = true;
        client.post_logout_redirect_uris.push(BYE.parse().expect("a redirect URI"));
    });
    let mut command = Command::new(python());
    command.arg("-B").arg(relying_party("authlib/client.py"));
    let config = json!({
        "client_id": client.id,
        "client_secret": client.secret,
        "redirect_uri": client.redirect_uri,
        "post_logout_redirect_uri": BYE,
        "auth_method": auth_method,
    });
    run(command, &op, &mut ada, config)
}

#[test]
fn authlib_signs_its_user_in_and_out_and_refreshes_with_rotation() {
    for auth_method in ["client_secret_basic", "client_secret_post"] {
        let result = result(auth_method);
        for claims in ["id_token", "userinfo", "userinfo_after_refresh"] {
            assert_eq!(result[claims]["preferred_username"], "ada", "{claims}: {result}");
            assert_eq!(result[claims]["email"], "ada@example.com", "{claims}: {result}");
            assert_eq!(result[claims]["sub"], result["id_token"]["sub"], "{claims}: {result}");
        }
        assert_eq!(result["is_rotated"], true, "{result}");
        assert_eq!(result["good"], json!([false, true]), "{result}");
        // RFC 9700 §4.14.2: whoever uses a refresh token again ends what it was rotated into.
        let refusals = json!(["mismatching_state", "invalid_grant", "invalid_grant"]);
        assert_eq!(result["refusals"], refusals, "{result}");
        assert_eq!(result["signed_out"], true, "{result}");
    }
}

/// A private key as Authlib reads it, and the public one as a JWK Set in a file.
fn new_key(op: &TestOp, name: &str) -> (String, String) {
    let pkcs8 = SigningKey::generate(Algorithm::Rs256).unwrap();
    let key = SigningKey::from_pkcs8("own".to_owned(), Algorithm::Rs256, &pkcs8).unwrap();
    let set = JwkSet { keys: vec![key.public_jwk()] };
    let path = op.folder().join(name);
    std::fs::write(&path, serde_json::to_string(&set).unwrap()).unwrap();
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        BASE64_STANDARD.encode(&*pkcs8)
    );
    (pem, path.to_str().unwrap().to_owned())
}

#[test]
fn authlib_gets_the_tokens_of_a_service_by_its_key_alone() {
    let op = TestOp::start();
    let mut ada = op.person("ada");
    let (key, file) = new_key(&op, "own.json");
    let (other_key, _) = new_key(&op, "other.json");
    op.beside("client create Deploy --id deploy --public --callback http://127.0.0.1/callback")
        .ok();
    op.beside("group create deployers").ok();
    let create = "service create ci-deploy --client deploy --group deployers --jwks";
    op.beside(&format!("{create} {file}")).ok();
    let mut command = Command::new(python());
    command.arg("-B").arg(relying_party("authlib/service.py"));
    let result = run(command, &op, &mut ada, json!({ "key": key, "other_key": other_key }));
    assert_eq!(result["userinfo"]["preferred_username"], "ci-deploy", "{result}");
    assert_eq!(result["userinfo"]["groups"], json!(["deployers"]), "{result}");
    assert_eq!(result["has_refresh_token"], false, "{result}");
    assert_eq!(result["token_type"], "bearer", "{result}");
    assert_eq!(result["refusal"], "invalid_grant", "{result}");
}
