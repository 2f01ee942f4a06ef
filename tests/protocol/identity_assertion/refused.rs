//! Requests and tokens that are refused.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use pocketid::{
    crypto::{Algorithm, JwkSet, SigningKey, jws},
    model::ClientType,
};
use serde_json::{Value, json};

use super::{ACCESS_TOKEN, BY_REFRESH, CHAT, ID_TOKEN, Scene, allow, fields, text};
use crate::support::op::TestClient;

const BAD: &str = "400 invalid_request";

/// §4.3, RFC 8693 §2.2.2, RFC 8707 §2.
#[test]
fn a_request_that_the_rule_does_not_allow_is_refused() {
    let mut scene = Scene::open();
    let id_token = scene.id_token();
    let (target, scope) = ("400 invalid_target", "400 invalid_scope");
    let jwt = "urn:ietf:params:oauth:token-type:jwt";
    let saml = "urn:ietf:params:oauth:token-type:saml2";
    let long = format!("https://auth.chat.example/{}", "a".repeat(9_000));
    let long_scope = "a".repeat(9_000);
    let own = scene.op.base_url().to_owned();
    for (more, error) in [
        (&[("audience", "")][..], BAD),
        (&[("subject_token", "")], BAD),
        (&[("subject_token_type", "")], BAD),
        (&[("subject_token_type", jwt)], BAD),
        (&[("subject_token_type", saml)], BAD),
        (&[("subject_token_type", ACCESS_TOKEN)], BAD),
        (&[("requested_token_type", "")], BAD),
        (&[("requested_token_type", jwt)], BAD),
        (&[("requested_token_type", ID_TOKEN)], BAD),
        (&[("actor_token", &id_token)], BAD),
        (&[("actor_token", &id_token), ("actor_token_type", ID_TOKEN)], BAD),
        (&[("actor_token_type", ID_TOKEN)], BAD),
        (&[("authorization_details", "[]")], BAD),
        (&[("audience", CHAT), ("audience", "https://other.example")], BAD),
        (&[("audience", "https://other.example")], target),
        (&[("audience", "http://auth.chat.example")], target),
        (&[("audience", "https://auth.chat.example/x")], target),
        (&[("audience", "chat")], target),
        (&[("audience", &own)], target),
        (&[("audience", &long)], target),
        (&[("resource", "https://other.example")], target),
        (&[("resource", "chat")], target),
        (&[("scope", "chat.admin")], scope),
        (&[("scope", "chat.read chat.admin")], scope),
        (&[("scope", "openid")], scope),
        (&[("scope", "chat.read\"")], scope),
        (&[("scope", &long_scope)], scope),
    ] {
        let refused = scene.ask(&id_token, more);
        assert_eq!(refused.error(), error, "{:.60?} {}", format!("{more:?}"), refused.text());
        let told = refused.text();
        assert!(told.len() < 400 && !told.contains("aaaa"), "{told}");
    }
    // Where the rule says nothing of scopes, their form counts.
    allow(&scene.op, &scene.wiki, "https://open.example", "", "");
    for bad in ["a\"b", "é", "a\\b", &long_scope] {
        let more = [("audience", "https://open.example"), ("scope", bad)];
        assert_eq!(scene.ask(&id_token, &more).error(), scope);
    }
    assert_eq!(scene.op.count("asserted_audiences"), 0);
    assert!(!scene.op.audit_kinds().contains(&"IDENTITY_ASSERTION_ISSUED".to_owned()));
}

/// §9.1, RFC 8693 §2.1.
#[test]
fn only_a_confidential_client_with_a_rule_may_ask() {
    let mut scene = Scene::open();
    let id_token = scene.id_token();
    let op = &scene.op;
    let unauthorized = "400 unauthorized_client";
    let stranger = TestClient { secret: "wrong".into(), ..scene.wiki.clone() };
    assert_eq!(op.token(&stranger, &fields(&id_token, &[])).error(), "401 invalid_client");
    let other = op.client();
    let code = scene.alice.code(&other, &[("scope", "openid")]);
    let of_other = text(&op.redeem(&other, &code).ok().json(), "id_token");
    assert_eq!(op.token(&other, &fields(&of_other, &[])).error(), unauthorized);
    let public = op.client_with("https://wiki.example.com/callback", |client| {
        client.client_type = ClientType::Public;
    });
    allow(op, &public, CHAT, "", "");
    let mut all = fields(&id_token, &[]);
    all.push(("client_id", &public.id));
    assert_eq!(op.agent().post_form("/api/oidc/token", &all).error(), unauthorized);
    op.execute("DELETE FROM identity_assertions");
    assert_eq!(scene.ask(&id_token, &[]).error(), unauthorized);
}

/// §4.3.3: "MUST validate that the audience of the assertion matches the client_id".
#[test]
fn an_id_token_is_one_of_ours_for_the_client_and_whole() {
    let mut scene = Scene::open();
    let tokens = scene.sign_in("openid offline_access");
    let id_token = text(&tokens, "id_token");
    let other = scene.op.client();
    let code = scene.alice.code(&other, &[("scope", "openid offline_access")]);
    let of_other = scene.op.redeem(&other, &code).ok().json();
    let forged = with_claims(&id_token, &json!({"sub": "00000000-0000-4000-8000-000000000001"}));
    let key = signing_key();
    let own_claims = scene.op.verified(&id_token).1;
    let by_other_key = jws::sign(&key, "JWT", &own_claims);
    let mut elsewhere = own_claims.clone();
    elsewhere["iss"] = json!("https://other.example");
    let of_other_issuer = jws::sign(&key, "JWT", &elsewhere);
    let unsigned = unsigned(&own_claims);
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    let cut = &id_token[..id_token.len() - 2];
    let long = format!("{id_token}{}", "A".repeat(50_000));
    for (subject, more) in [
        (&*text(&of_other, "id_token"), &[][..]),
        (&forged, &[]),
        (&by_other_key, &[]),
        (&of_other_issuer, &[]),
        (&unsigned, &[]),
        (cut, &[]),
        (&access, &[]),
        (&refresh, &[]),
        ("x", &[]),
        ("a.b.c", &[]),
        (&*text(&of_other, "refresh_token"), BY_REFRESH),
        (&id_token, BY_REFRESH),
        (&access, BY_REFRESH),
        (&refresh[..refresh.len() - 1], BY_REFRESH),
        ("pocket_id_rt_x", BY_REFRESH),
    ] {
        let refused = scene.ask(subject, more);
        assert_eq!(refused.error(), BAD, "{subject:.30} {more:?} {}", refused.text());
    }
    assert_ne!(scene.ask(&long, &[]).status, 200);
    // The refresh token of the other client still works: nothing was revoked.
    scene.op.refresh(&other, &text(&of_other, "refresh_token")).ok();
    scene.ask(&id_token, &[]).ok();
    scene.ask(&refresh, BY_REFRESH).ok();
}

/// A client that nobody signed in to knows no user, and vouches for none.
#[test]
fn a_grant_without_a_sign_in_is_refused() {
    let mut scene = Scene::open();
    let tokens = scene.sign_in("openid offline_access");
    scene.op.execute("UPDATE grants SET scope = 'profile offline_access'");
    for (name, more) in [("id_token", &[][..]), ("refresh_token", BY_REFRESH)] {
        assert_eq!(scene.ask(&text(&tokens, name), more).error(), BAD, "{name}");
    }
}

/// A service is no user.
#[test]
fn a_service_is_not_vouched_for() {
    let scene = Scene::open();
    let key = signing_key();
    let set = JwkSet { keys: vec![key.public_jwk()] };
    let path = scene.op.folder().join("own.json");
    std::fs::write(&path, serde_json::to_string(&set).unwrap()).unwrap();
    let line =
        format!("service create ci --jwks {} --client {} -o json", path.display(), scene.wiki.id);
    let shown: Value = serde_json::from_str(&scene.op.beside(&line).ok()).unwrap();
    let now = scene.op.now();
    let claims = json!({
        "iss": shown["id"], "sub": shown["id"], "aud": scene.op.base_url(),
        "jti": "1", "iat": now.as_unix(), "exp": now.plus(60).as_unix(),
    });
    let assertion = jws::sign(&key, "JWT", &claims);
    let grant = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("assertion", &*assertion),
        ("scope", "openid"),
    ];
    let tokens = scene.op.token(&scene.wiki, &grant).ok().json();
    assert_eq!(scene.ask(&text(&tokens, "id_token"), &[]).error(), BAD);
}

#[test]
fn assertions_of_one_sign_in_are_counted() {
    let mut scene = Scene::open();
    let id_token = scene.id_token();
    let refused = (0..400).map(|number| {
        // Of all requests, an address has one more every ten milliseconds.
        scene.op.advance(i64::from(number % 100 == 99));
        scene.ask(&id_token, &[])
    });
    let refused = refused.skip(300).find(|answer| answer.status != 200).expect("a limit");
    assert_eq!(refused.status, 429, "{}", refused.text());
    assert!(!refused.header("retry-after").is_empty());
}

fn signing_key() -> SigningKey {
    let pkcs8 = SigningKey::generate(Algorithm::Es256).unwrap();
    SigningKey::from_pkcs8("own".into(), Algorithm::Es256, &pkcs8).unwrap()
}

/// The token with other claims, and the old signature.
fn with_claims(token: &str, changes: &Value) -> String {
    let mut parts: Vec<&str> = token.split('.').collect();
    let claims = BASE64_URL_SAFE_NO_PAD.decode(parts[1]).unwrap();
    let mut claims: Value = serde_json::from_slice(&claims).unwrap();
    claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    let claims = BASE64_URL_SAFE_NO_PAD.encode(claims.to_string());
    parts[1] = &claims;
    parts.join(".")
}

fn unsigned(claims: &Value) -> String {
    let encode = |json: &Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}.", encode(&json!({"alg": "none", "typ": "JWT"})), encode(claims))
}
