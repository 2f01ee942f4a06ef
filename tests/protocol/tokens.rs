//! OIDC Core §2 and §5.3, RFC 9068, RFC 6750, RFC 7517: tokens, UserInfo, keys, discovery.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use pocketid::crypto::Algorithm;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde_json::{Value, json};

use super::rfc6750::SCHEMES;
use crate::support::op::{TestClient, TestOp};

fn tokens(op: &TestOp, client: &TestClient, more: &[(&str, &str)]) -> Value {
    let mut alice = op.person("alice");
    op.redeem(client, &alice.code(client, more)).ok().json()
}

fn text(tokens: &Value, name: &str) -> String {
    tokens[name].as_str().unwrap().to_owned()
}

fn decode(text: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// Verifies a token with the published keys, as a client does; gives its header and claims.
fn verify(op: &TestOp, token: &str) -> (Value, Value) {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else { panic!("not three parts") };
    let json = |part: &str| serde_json::from_slice::<Value>(&decode(part)).unwrap();
    let (kid, message) = (json(header)["kid"].clone(), format!("{header}.{claims}"));
    let keys = op.agent().get("/.well-known/jwks.json").ok().json();
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == kid).unwrap();
    let part = |name: &str| decode(key[name].as_str().unwrap());
    assert_eq!(key["alg"], json(header)["alg"]);
    match key["kty"].as_str().unwrap() {
        "RSA" => RsaPublicKeyComponents { n: part("n"), e: part("e") }
            .verify(&RSA_PKCS1_2048_8192_SHA256, message.as_bytes(), &decode(signature))
            .unwrap(),
        _ => UnparsedPublicKey::new(
            &ECDSA_P256_SHA256_FIXED,
            [&[4], &part("x")[..], &part("y")[..]].concat(),
        )
        .verify(message.as_bytes(), &decode(signature))
        .unwrap(),
    }
    (json(header), json(claims))
}

/// OIDC Core §2, §3.1.3.6 and §3.1.3.7.
#[test]
fn an_id_token_verifies_and_says_who_for_whom_and_until_when() {
    let op = TestOp::start();
    let client = op.client();
    let tokens = tokens(&op, &client, &[]);

    let (header, claims) = verify(&op, &text(&tokens, "id_token"));

    assert_eq!((&header["alg"], &header["typ"]), (&json!("RS256"), &json!("JWT")));
    assert_eq!(claims["iss"], op.base_url());
    assert_eq!(claims["aud"], json!([client.id]));
    assert_eq!(claims["nonce"], "nonce-of-the-client");
    assert_eq!(claims["amr"], json!(["phr"]));
    assert_eq!(claims["email"], "alice@example.com");
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3_600);
    let at_hash = Algorithm::Rs256.left_half_hash(&text(&tokens, "access_token"));
    assert_eq!(claims["at_hash"], at_hash);
}

/// OIDC Core §12.2: a refreshed ID token has the same subject and no nonce.
#[test]
fn a_refreshed_id_token_has_the_same_subject_and_sign_in_time_and_no_nonce() {
    let op = TestOp::start();
    let client = op.client();
    let first = tokens(&op, &client, &[]);
    op.advance(60);

    let second = op.refresh(&client, &text(&first, "refresh_token")).ok().json();

    let (_, before) = verify(&op, &text(&first, "id_token"));
    let (_, after) = verify(&op, &text(&second, "id_token"));
    for claim in ["iss", "sub", "aud", "auth_time"] {
        assert_eq!(before[claim], after[claim], "{claim}");
    }
    assert!(after.get("nonce").is_none());
    assert_ne!(before["jti"], after["jti"]);
}

/// RFC 9068 §2.
#[test]
fn an_access_token_is_a_jwt_for_the_client_and_for_userinfo() {
    let op = TestOp::start();
    let client = op.client();
    let tokens = tokens(&op, &client, &[]);

    let (header, claims) = verify(&op, &text(&tokens, "access_token"));

    assert_eq!((&header["alg"], &header["typ"]), (&json!("ES256"), &json!("at+jwt")));
    assert_eq!(claims["aud"], json!([client.id, op.base_url()]));
    assert_eq!(claims["scope"], "openid profile email");
    assert_eq!(claims["client_id"], client.id);
    assert!(claims.get("email").is_none(), "it is no place for claims about the user");
}

/// RFC 6749 §3.3: without `openid` it is plain OAuth, and there is no ID token.
#[test]
fn without_openid_there_is_no_id_token_and_no_userinfo() {
    let op = TestOp::start();
    let client = op.client();
    let tokens = tokens(&op, &client, &[("scope", "email")]);

    assert!(tokens.get("id_token").is_none());
    let answer = op.userinfo(&text(&tokens, "access_token"));
    assert_eq!(answer.error(), "403 insufficient_scope");
    assert!(answer.header("www-authenticate").starts_with("Bearer error=\"insufficient_scope\""));
}

/// RFC 6750 §2 and §3.
#[test]
fn userinfo_takes_a_live_access_token_in_one_place_and_nothing_else() {
    let op = TestOp::start();
    let client = op.client();
    let tokens = tokens(&op, &client, &[]);
    let token = text(&tokens, "access_token");
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else { panic!("not three parts") };
    let tampered = decode(claims).into_iter().map(|byte| if byte == b'p' { b'q' } else { byte });
    let tampered = BASE64_URL_SAFE_NO_PAD.encode(tampered.collect::<Vec<_>>());
    let mut agent = op.agent();

    let path = "/api/oidc/userinfo";
    op.userinfo(&token).ok();
    agent.post_form(path, &[("access_token", &token)]).ok();
    agent.with_header("authorization", &format!("bearer {token}")).get(path).ok();

    for refused in [
        "",
        "nonsense",
        "a.b.c",
        &format!("{header}.{tampered}.{signature}"),
        &format!("{header}.{claims}."),
        &format!("{header}.{claims}.{}", signature.to_lowercase()),
        &text(&tokens, "id_token"),
        &text(&tokens, "refresh_token"),
        &"x".repeat(10_000),
    ] {
        let answer = op.userinfo(refused);
        assert_eq!(answer.error(), "401 invalid_token", "{refused}");
        assert!(answer.header("www-authenticate").starts_with("Bearer error=\"invalid_token\""));
    }
    // RFC 9700 §4.3.2: not in a query, where logs would find it.
    let in_query = agent.get(&format!("{path}?access_token={token}"));
    assert_eq!((in_query.status, in_query.header("www-authenticate")), (401, SCHEMES));
    let mut in_both = agent.with_header("authorization", &format!("Bearer {token}"));
    // RFC 6750 §3.1: who shows none learns the scheme, and of no error.
    for fields in [&[][..], &[("access_token", "")], &[("other", "x")]] {
        let without = agent.post_form(path, fields);
        assert_eq!((without.status, without.header("www-authenticate")), (401, SCHEMES));
    }
    let without = agent.send(hyper::Method::POST, path, None, bytes::Bytes::new());
    assert_eq!((without.status, without.header("www-authenticate")), (401, SCHEMES));
    let in_both = in_both.post_form(path, &[("access_token", &token)]);
    assert_eq!(in_both.error(), "400 invalid_request");
    let other_scheme = agent.with_header("authorization", "Basic abc").get(path);
    assert_eq!(other_scheme.error(), "401 invalid_token");
    op.advance(3_601);
    assert_eq!(op.userinfo(&token).error(), "401 invalid_token");
}

/// OIDC Core §5.4.
#[test]
fn userinfo_tells_what_was_granted_and_no_more() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    op.group("admins", &[alice.id]);
    let mut claims = |scope: &str| {
        let code = alice.code(&client, &[("scope", scope)]);
        let tokens = op.redeem(&client, &code).ok().json();
        let claims = op.userinfo(&text(&tokens, "access_token")).ok().json();
        let names: Vec<_> = claims.as_object().unwrap().keys().cloned().collect();
        names.join(" ")
    };

    assert_eq!(claims("openid"), "sub");
    assert_eq!(claims("openid email"), "email email_verified sub");
    assert_eq!(claims("openid groups"), "groups sub");
    assert_eq!(
        claims("openid profile"),
        "display_name name picture preferred_username sub updated_at"
    );
}

/// OIDC Discovery §3, RFC 8414 §2.
#[test]
fn the_discovery_document_tells_the_truth() {
    let op = TestOp::start();
    let mut agent = op.agent();
    let document = agent.get("/.well-known/openid-configuration").ok();
    let same = agent.get("/.well-known/oauth-authorization-server").ok();
    assert_eq!(document.body, same.body);
    let document = document.json();
    assert_eq!(document["issuer"], op.base_url());
    for name in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"] {
        let path = document[name].as_str().unwrap().strip_prefix(op.base_url()).unwrap();
        let status = agent.get(path).status;
        // A page for a bare request, a demand for a token, or no GET at all; but it is there.
        assert!(matches!((name, status), ("token_endpoint", 404) | (_, 200 | 400 | 401)), "{name}");
    }
    let keys = agent.get("/.well-known/jwks.json").ok().json();
    let kinds: Vec<_> = keys["keys"].as_array().unwrap().iter().map(|key| &key["kty"]).collect();
    assert_eq!(kinds, ["RSA", "EC"], "some clients look at the first key only");
    assert!(!keys.to_string().contains("\"d\""), "a private part is nobody's business");
}

#[test]
fn browser_applications_of_other_sites_may_call_the_protocol_and_nothing_else() {
    let op = TestOp::start();
    let mut agent = op.agent();
    for (path, is_open) in [
        ("/.well-known/openid-configuration", true),
        ("/.well-known/jwks.json", true),
        ("/api/oidc/token", true),
        ("/api/oidc/userinfo", true),
        ("/authorize", false),
        ("/api/users/me", false),
        ("/api/webauthn/login/start", false),
        ("/login", false),
    ] {
        let get = agent.get(path);
        let preflight = agent
            .with_header("origin", "https://app.example.com")
            .with_header("sec-fetch-site", "cross-site")
            .with_header("access-control-request-method", "GET")
            .with_header("access-control-request-headers", "authorization")
            .send(hyper::Method::OPTIONS, path, None, bytes::Bytes::new());
        let expected = if is_open { "*" } else { "" };
        assert_eq!(get.header("access-control-allow-origin"), expected, "{path}");
        assert_eq!(preflight.header("access-control-allow-origin"), expected, "{path}");
        assert_eq!(preflight.status == 204, is_open, "{path}: {preflight:?}");
        assert_eq!(get.header("access-control-allow-credentials"), "");
    }
}
