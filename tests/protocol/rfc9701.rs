//! RFC 9701: introspection responses that are signed; and OIDC Core §5.3.2: UserInfo responses that are.

use pocketid::crypto::Algorithm;
use serde_json::{Value, json};

use crate::support::{
    agent::Answer,
    dpop::ProofKey,
    op::{TestClient, TestOp},
};

const JWT: &str = "application/token-introspection+jwt";

fn introspect(op: &TestOp, client: &TestClient, token: &str, accept: &str) -> Answer {
    let fields = [
        ("token", token),
        ("client_id", client.id.as_str()),
        ("client_secret", client.secret.as_str()),
    ];
    op.agent().with_header("accept", accept).post_form("/api/oidc/introspect", &fields)
}

/// RFC 9701 §4, §5.
#[test]
fn an_introspection_response_is_signed_for_who_asks_for_that() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    for algorithm in [Algorithm::Rs256, Algorithm::Ps256, Algorithm::EdDsa] {
        let client = op.client_with("https://app.example.com/callback", |client| {
            client.id_token_signed_response_alg = algorithm;
        });
        let tokens = op.redeem(&client, &alice.code(&client, &[])).ok().json();
        let token = tokens["access_token"].as_str().unwrap();
        let plain = introspect(&op, &client, token, "application/json").ok().json();

        let answer = introspect(&op, &client, token, JWT).ok();

        assert_eq!(answer.header("content-type"), JWT);
        assert_eq!(answer.header("cache-control"), "no-store");
        let (header, mut claims) = op.verified(&answer.text());
        assert_eq!(header["typ"], "token-introspection+jwt");
        assert_eq!(header["alg"], algorithm.as_str());
        let iat = claims["iat"].take();
        assert!((0..60).contains(&(op.now().as_unix() - iat.as_i64().unwrap())), "{iat}");
        let expected = json!({
            "iss": op.base_url(), "aud": client.id, "iat": null, "token_introspection": plain,
        });
        assert_eq!(claims, expected);
    }
}

/// RFC 9701 §5: nothing more is told of a token that is not active; errors are JSON.
#[test]
fn a_token_that_is_not_active_is_told_so_and_signed() {
    let op = TestOp::start();
    let client = op.client();
    let answer = introspect(&op, &client, "nonsense", JWT).ok();
    let (_, claims) = op.verified(&answer.text());
    assert_eq!(claims["token_introspection"], json!({"active": false}));
    let wrong = TestClient { secret: "wrong".into(), ..client };
    assert_eq!(introspect(&op, &wrong, "nonsense", JWT).error(), "401 invalid_client");
}

fn with_signed_userinfo(op: &TestOp, algorithm: Algorithm) -> TestClient {
    op.client_with("https://app.example.com/callback", |client| {
        client.userinfo_signed_response_alg = Some(algorithm);
    })
}

/// OIDC Core §5.3.2.
#[test]
fn userinfo_is_signed_for_a_client_that_is_registered_so() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    for algorithm in Algorithm::ALL {
        let (plain, signed) = (op.client(), with_signed_userinfo(&op, algorithm));
        let token = |client: &TestClient, alice: &mut crate::support::flow::Person| {
            let tokens = op.redeem(client, &alice.code(client, &[])).ok().json();
            tokens["access_token"].as_str().unwrap().to_owned()
        };
        let mut expected: Value = op.userinfo(&token(&plain, &mut alice)).ok().json();

        let answer = op.userinfo(&token(&signed, &mut alice)).ok();

        assert_eq!(answer.header("content-type"), "application/jwt");
        assert_eq!(answer.header("cache-control"), "no-store");
        let (header, claims) = op.verified(&answer.text());
        assert_eq!((&header["typ"], &header["alg"]), (&json!("JWT"), &json!(algorithm.as_str())));
        expected["iss"] = json!(op.base_url());
        expected["aud"] = json!(signed.id);
        assert_eq!(claims, expected);
        assert_eq!(op.userinfo("nonsense").error(), "401 invalid_token", "an error is JSON");
    }
}

#[test]
fn a_bound_token_gets_a_signed_answer_too() {
    let op = TestOp::start();
    let (client, key) = (with_signed_userinfo(&op, Algorithm::Es256), ProofKey::new());
    let mut alice = op.person("alice");
    let tokens = op.redeem_with(&client, &alice.code(&client, &[]), &key.proof(&op)).ok().json();
    let answer = key.userinfo(&op, tokens["access_token"].as_str().unwrap()).ok();
    assert_eq!(op.verified(&answer.text()).1["aud"], client.id.as_str());
}

/// RFC 9701 §7, OIDC Discovery §3.
#[test]
fn the_metadata_names_the_algorithms() {
    let op = TestOp::start();
    let document = op.agent().get("/.well-known/openid-configuration").ok().json();
    let algorithms = json!(Algorithm::ALL.map(Algorithm::as_str));
    for name in
        ["introspection_signing_alg_values_supported", "userinfo_signing_alg_values_supported"]
    {
        assert_eq!(document[name], algorithms, "{name}");
    }
}
