//! What an assertion that a service signed itself gets.

use pocketid::{
    crypto::jws,
    model::{ClaimOwner, SubjectType, UserId},
};
use serde_json::{Value, json};

use super::{super::token_endpoint::at_once, GRANT_TYPE, REFUSED, Scene};
use crate::support::{
    dpop::{ProofKey, ask_userinfo},
    op::TestOp,
};

pub(super) fn public(op: &TestOp) -> crate::support::op::TestClient {
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.client_type = pocketid::model::ClientType::Public;
    });
    crate::support::op::TestClient { secret: String::new(), ..client }
}

#[test]
fn a_service_gets_a_token_about_itself_with_its_groups_and_claims() {
    let scene = Scene::start();
    let op = &scene.op;
    let id: UserId = scene.id.parse().unwrap();
    op.group("deployers", &[id]);
    op.set_claim(ClaimOwner::User(id), "stage", "production");

    let tokens = scene.token(&[("scope", "openid profile groups offline_access")]);

    assert_eq!(tokens["token_type"], "bearer");
    assert_eq!(tokens["scope"], "openid profile groups", "RFC 7521 §4.1: nothing to refresh");
    assert_eq!(tokens["refresh_token"], Value::Null);
    let claims: Value = jws::peek_claims(tokens["access_token"].as_str().unwrap()).unwrap();
    assert_eq!((&claims["sub"], &claims["client_id"]), (&json!(id), &json!(scene.client.id)));
    let userinfo = scene.userinfo(&tokens).ok().json();
    for claims in [userinfo, jws::peek_claims(tokens["id_token"].as_str().unwrap()).unwrap()] {
        assert_eq!(claims["sub"], scene.id, "{claims}");
        assert_eq!(claims["preferred_username"], "ci-deploy", "{claims}");
        assert_eq!(claims["groups"], json!(["deployers"]), "{claims}");
        assert_eq!(claims["stage"], "production", "{claims}");
        assert_eq!(claims["amr"], Value::Null, "no person signed in: {claims}");
    }
    let shown: Value =
        serde_json::from_str(&op.beside("service show ci-deploy -o json").ok()).unwrap();
    assert!(shown["lastUsedAt"].is_string(), "{shown}");
    assert_eq!(op.audit_kinds().last().unwrap(), "CLIENT_AUTHORIZATION");
    assert!(op.beside("grant list ci-deploy").ok().contains("openid profile groups"));
    // A grant ends with its token.
    op.advance(3_601);
    op.clean_up();
    assert_eq!((op.count("grants"), op.count("access_tokens")), (0, 0));
}

/// RFC 7523 §3: the issuer identifier, or the token endpoint; one audience or several.
#[test]
fn an_assertion_names_the_service_by_its_name_or_id_and_us_by_issuer_or_endpoint() {
    let scene = Scene::start();
    let endpoint = format!("{}/api/oidc/token", scene.op.base_url());
    for changes in [
        json!({"aud": endpoint}),
        json!({"aud": ["https://other.example.com", scene.op.base_url()]}),
        json!({"iss": "CI-Deploy", "sub": "CI-Deploy"}),
        json!({"iss": scene.id, "sub": scene.id}),
        json!({"iat": null, "jti": null}),
        json!({"exp": scene.op.now().plus(3_600).as_unix()}),
        json!({"scope": "admin"}),
    ] {
        let answer = scene.send(&scene.sign(&changes), &[]);
        assert_eq!(answer.status, 200, "{changes}: {}", answer.text());
    }
}

/// RFC 8705 §5: the metadata name another token endpoint for clients with certificates.
#[test]
fn an_assertion_may_name_each_token_endpoint_of_the_metadata() {
    let op = TestOp::with_settings(&[
        ("TRUST_PROXY", "127.0.0.1"),
        ("CLIENT_CERTIFICATE_HEADER", "X-Client-Certificate"),
        ("MTLS_APP_URL", "https://mtls.id.example.com:8443"),
    ]);
    let scene = Scene::at(op, TestOp::client);
    let metadata = scene.op.agent().get("/.well-known/openid-configuration").ok().json();
    let aliases = &metadata["mtls_endpoint_aliases"];
    for endpoint in [&metadata["token_endpoint"], &aliases["token_endpoint"]] {
        let answer = scene.send(&scene.sign(&json!({"aud": endpoint})), &[]);
        assert_eq!(answer.status, 200, "{endpoint}: {}", answer.text());
    }
}

#[test]
fn an_assertion_is_used_once_by_whatever_name_and_client_and_however_it_is_signed() {
    let scene = Scene::start();
    let other = public(&scene.op);
    let clients = format!("--client {} --client {}", scene.client.id, other.id);
    scene.op.beside(&format!("service update ci-deploy {clients}")).ok();
    for jti in [json!("once"), json!(null)] {
        let claims = scene.claims(&json!({ "jti": jti }));
        let sign = || jws::sign(&scene.key, "JWT", &claims);
        let first = sign();
        assert_eq!(scene.send(&first, &[]).status, 200);
        assert_eq!(scene.send(&first, &[]).error(), REFUSED);
        assert_eq!(scene.send_as(&other, &first, &[]).error(), REFUSED);
        // ES256 is not deterministic: another signature of the same claims.
        let second = sign();
        assert_ne!(first, second);
        assert_eq!(scene.send(&second, &[]).error(), REFUSED);
    }
    let renamed = scene.claims(&json!({"iss": scene.id, "sub": scene.id, "jti": "once"}));
    assert_eq!(scene.send(&jws::sign(&scene.key, "JWT", &renamed), &[]).error(), REFUSED);
    assert_eq!(scene.op.count("grants"), 2);
    scene.op.advance(200);
    scene.op.clean_up();
    assert_eq!(scene.op.count("service_assertions"), 0);
}

/// RFC 7521 §4.1: the client need not be named, and libraries for service accounts do not name one.
#[test]
fn a_service_with_one_public_client_need_not_name_it() {
    let scene = Scene::with_client(public);
    let ask = |more: &[(&str, &str)]| {
        let assertion = scene.sign(&json!({}));
        let fields = [("grant_type", GRANT_TYPE), ("assertion", assertion.as_str())];
        scene.op.agent().post_form("/api/oidc/token", &[&fields[..], more].concat())
    };
    let tokens = ask(&[("scope", "profile")]).ok().json();
    let claims: Value = jws::peek_claims(tokens["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(claims["client_id"], scene.client.id);
    assert_eq!(ask(&[("client_secret", "x")]).error(), "401 invalid_client");

    let other = public(&scene.op);
    let clients = format!("--client {} --client {}", scene.client.id, other.id);
    scene.op.beside(&format!("service update ci-deploy {clients}")).ok();
    assert_eq!(ask(&[]).error(), REFUSED, "which of the two?");
    let confidential = scene.op.client();
    let line = format!("service update ci-deploy --client {}", confidential.id);
    scene.op.beside(&line).ok();
    assert_eq!(ask(&[]).error(), REFUSED, "it has to prove who it is");
}

/// RFC 8707: permissions of an API on behalf of users.
#[test]
fn a_service_uses_an_api_as_the_users_of_its_client_do() {
    let scene = Scene::start();
    let api = scene.op.api("https://api.example.com", &["read", "write"]);
    let of_api = [("resource", "https://api.example.com"), ("scope", "openid read offline_access")];
    let refused = scene.send(&scene.sign(&json!({})), &of_api);
    assert_eq!(refused.error(), "400 access_denied", "the client may not use the API");
    scene.op.let_use(&scene.client, api, SubjectType::User, &["read"]);

    let tokens = scene.token(&of_api);

    let claims: Value = jws::peek_claims(tokens["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(claims["aud"], json!(["https://api.example.com", scene.op.base_url()]));
    assert_eq!((&claims["sub"], &claims["scope"]), (&json!(scene.id), &json!("openid read")));
    assert_eq!((&tokens["refresh_token"], &tokens["scope"]), (&Value::Null, &json!("openid read")));
    for (more, error) in [
        (&[("resource", "https://api.example.com"), ("scope", "write")], "400 invalid_scope"),
        (&[("resource", "https://other.example.com"), ("scope", "read")], "400 invalid_target"),
        (&[("resource", "nonsense"), ("scope", "read")], "400 invalid_target"),
    ] {
        assert_eq!(scene.send(&scene.sign(&json!({})), more).error(), error, "{more:?}");
    }
}

/// RFC 9449: with a proof the token is bound, and of no use without the key.
#[test]
fn the_token_of_a_service_is_bound_to_the_key_of_a_proof() {
    let scene = Scene::start();
    let op = &scene.op;
    let key = ProofKey::new();
    let ask = |assertion: &str, proof: &str| {
        let fields =
            [("grant_type", GRANT_TYPE), ("assertion", assertion), ("scope", "openid profile")];
        op.token_with(&scene.client, &fields, proof)
    };
    let (assertion, proof) = (scene.sign(&json!({})), key.proof(op));
    let tokens = ask(&assertion, &proof).ok().json();
    assert_eq!(tokens["token_type"], "DPoP");
    let token = tokens["access_token"].as_str().unwrap();
    let claims: Value = jws::peek_claims(token).unwrap();
    assert_eq!(claims["cnf"]["jkt"], key.jkt());
    assert_eq!(key.userinfo(op, token).ok().json()["sub"], scene.id);
    assert_eq!(op.userinfo(token).status, 401, "without a proof");
    let stranger = ProofKey::new();
    let other = stranger.sign(op, &json!({}), &ProofKey::userinfo_claims(op, token));
    assert_eq!(ask_userinfo(op, token, &other).status, 401);
    // A proof that was used uses up no assertion.
    let next = scene.sign(&json!({}));
    assert_eq!(ask(&next, &proof).error(), "400 invalid_dpop_proof");
    assert_eq!(ask(&next, &key.proof(op)).status, 200);
}

/// `exp` may have a fraction, and the clean-up comes at any time.
#[test]
fn an_assertion_is_remembered_for_longer_than_it_is_good() {
    let scene = Scene::start();
    let exp = scene.op.now().plus(60).as_unix() as f64 + 0.9;
    let assertion = scene.sign(&json!({ "exp": exp }));
    assert_eq!(scene.send(&assertion, &[]).status, 200);
    scene.op.advance(90);
    scene.op.clean_up();
    assert_eq!(scene.op.count("service_assertions"), 1);
    assert_eq!(scene.send(&assertion, &[]).error(), REFUSED);
}

/// They end together, in one step, however many there are.
#[test]
fn the_tokens_of_a_service_are_of_one_session() {
    let scene = Scene::start();
    let tokens: Vec<_> = (0..3).map(|_| scene.token(&[("scope", "openid")])).collect();
    let sessions = "SELECT COUNT(DISTINCT session_id) FROM grants";
    assert_eq!((scene.op.number(sessions), scene.op.count("grants")), (1, 3));
    scene.op.beside("user disable ci-deploy").expect_success();
    for tokens in &tokens {
        assert_eq!(scene.userinfo(tokens).status, 401);
    }
}

#[test]
fn an_assertion_is_used_once_by_many_at_one_moment() {
    let scene = Scene::start();
    for number in 1..=10 {
        let assertion = scene.sign(&json!({}));
        assert_eq!(at_once(|| scene.send(&assertion, &[]).status == 200), 1);
        assert_eq!(scene.op.count("grants"), number);
    }
}
