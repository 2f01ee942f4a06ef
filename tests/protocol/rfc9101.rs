//! RFC 9101 and OIDC Core §6: request objects.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use pocketid::crypto::{Algorithm, JwkSet, jws};
use serde_json::{Value, json};

use crate::support::{dpop::ProofKey, flow::interaction_id, op::TestOp};

fn object(alg: &str, claims: &Value) -> String {
    let encode = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let signature = if alg == "none" { "" } else { "c2lnbmF0dXJl" };
    format!("{}.{}.{signature}", encode(&json!({"alg": alg})), encode(claims))
}

/// OIDC Core §6.1: the parameters in the object supersede those beside it.
#[test]
fn an_unsigned_request_object_overrides_the_address() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let claims = json!({
        "iss": client.id, "aud": op.base_url(), "client_id": client.id, "response_type": "code",
        "redirect_uri": client.redirect_uri, "scope": "openid email", "state": "in the object",
        "max_age": 86_400, "nonce": "n-in-the-object",
    });
    let request = object("none", &claims);

    for more in [
        vec![("request", request.as_str())],
        vec![("request", &request), ("redirect_uri", ""), ("scope", ""), ("state", "")],
    ] {
        let code = alice.authorize(&client, &more);
        assert_eq!(code.location_param("state").unwrap(), "in the object");
        let tokens = op.redeem(&client, &code.location_param("code").unwrap()).ok().json();
        assert_eq!(tokens["scope"], "openid email");
        let id_token = tokens["id_token"].as_str().unwrap();
        let claims: Value = pocketid::crypto::jws::peek_claims(id_token).unwrap();
        assert_eq!(claims["nonce"], "n-in-the-object");
    }
}

/// OIDC Core §6.1: an interaction keeps the parameters, wherever they were.
#[test]
fn a_request_object_survives_the_sign_in() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let request = object("none", &json!({"prompt": "consent login", "scope": "openid groups"}));
    let fields = client.authorize_fields(&[("request", &request)]);
    let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();

    let answer = alice.agent.post_form("/authorize", &fields);

    let id = interaction_id(&answer).unwrap();
    let shown = alice.agent.get(&format!("/api/oidc/interactions/{id}")).ok().json();
    assert_eq!(shown["scopes"], json!(["openid", "groups"]));
    assert_eq!(shown["requiredSteps"], json!(["reauthenticate", "consent"]));
}

/// RFC 9101 §6, OIDC Core §3.1.2.6: the client is told, at an address that the rest proves.
#[test]
fn a_request_object_that_is_not_good_is_refused() {
    let op = TestOp::start();
    let client = op.client();
    let none = |claims: Value| object("none", &claims);
    let long = none(json!({"state": "x".repeat(20_000)}));
    let invalid = "invalid_request_object";
    for (request, error) in [
        (object("RS256", &json!({})), invalid),
        (object("HS256", &json!({})), "request_not_supported"),
        ("a.b.c.d.e".to_owned(), "request_not_supported"),
        ("nonsense".to_owned(), invalid),
        ("a.b.".to_owned(), invalid),
        (none(json!({})) + "c2ln", invalid),
        (long, invalid),
        (none(json!({"client_id": "other"})), invalid),
        (none(json!({"response_type": "token"})), invalid),
        (none(json!({"iss": "other"})), invalid),
        (none(json!({"aud": "https://other.example.com"})), invalid),
        (none(json!({"exp": 1})), invalid),
        (none(json!({"request_uri": "urn:x"})), invalid),
        (none(json!({"scope": 1.5})), invalid),
        (none(json!({"nonce": "n".repeat(3_000)})), "invalid_request"),
        (none(json!({"prompt": "none login"})), "invalid_request"),
        (none(json!({"max_age": -1})), "invalid_request"),
    ] {
        let answer = op.agent().get(&client.authorize_path(&[("request", &request)]));
        let short = &request[..request.len().min(200)];
        assert_eq!(answer.location_param("error").as_deref(), Some(error), "{short}");
        let without = [("request", request.as_str()), ("redirect_uri", "")];
        let page = op.agent().get(&client.authorize_path(&without));
        assert_eq!((page.status, page.location()), (400, ""), "{short}");
    }
    assert_eq!(op.count("interactions"), 0);
}

/// RFC 9700 §2.1: an unsigned object proves no address.
#[test]
fn a_request_object_does_not_open_another_redirect_uri() {
    let op = TestOp::start();
    let client = op.client();
    let request = object("none", &json!({"redirect_uri": "https://evil.example.com/callback"}));

    let answer = op.agent().get(&client.authorize_path(&[("request", &request)]));

    assert_eq!((answer.status, answer.location()), (400, ""));
}

/// RFC 9101 §5.
#[test]
fn request_and_request_uri_exclude_each_other() {
    let op = TestOp::start();
    let client = op.client();
    let request = object("none", &json!({}));
    let pushed = op.push(&client, &[]).ok().json()["request_uri"].as_str().unwrap().to_owned();
    let both = [("request", request.as_str()), ("request_uri", pushed.as_str())];

    let answer = op.agent().get(&client.authorize_path(&both));

    assert_eq!(answer.location_param("error").unwrap(), "invalid_request");
    assert_eq!(op.count("pushed_authorization_requests"), 1, "it is not used up");
}

/// RFC 9126 §3.
#[test]
fn a_request_object_can_be_pushed() {
    let op = TestOp::start();
    let client = op.client();
    let request = object("none", &json!({"client_id": client.id, "scope": "openid groups"}));
    op.push(&client, &[("request", &request)]).ok();
    let stored = op.texts("SELECT parameters FROM pushed_authorization_requests").remove(0);
    assert_eq!(serde_json::from_str::<Value>(&stored).unwrap()["scope"], "openid groups");
    for (request, error) in [
        (object("none", &json!({"client_id": "other"})), "invalid_request_object"),
        (object("ES256", &json!({})), "invalid_request_object"),
        (object("HS256", &json!({})), "request_not_supported"),
        ("x".to_owned(), "invalid_request_object"),
    ] {
        let answer = op.push(&client, &[("request", &request)]);
        assert_eq!(answer.error(), format!("400 {error}"));
    }
    assert_eq!(op.count("pushed_authorization_requests"), 1);
}

/// RFC 9101 §6.2, §6.3: it stands for the whole request; at the endpoint and pushed.
#[test]
fn a_signed_request_object_is_the_request() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    for algorithm in Algorithm::ALL {
        let key = ProofKey::of(algorithm);
        let jwks = JwkSet { keys: vec![key.key().public_jwk()] };
        let client = op.client_with("https://app.example.com/callback", move |client| {
            client.keys.jwks = Some(jwks);
        });
        let claims = json!({
            "iss": client.id, "aud": op.base_url(), "client_id": client.id,
            "response_type": "code", "redirect_uri": client.redirect_uri, "scope": "openid email",
            "nonce": "in the object", "exp": op.now().plus(60).as_unix(),
        });
        let request = jws::sign(key.key(), "oauth-authz-req+jwt", &claims);
        let more = [("request", request.as_str()), ("scope", "openid profile groups")];
        let uri = text(&op.push(&client, &more).ok().json(), "request_uri");
        for more in [&more[..], &[("request_uri", uri.as_str())]] {
            let answer = alice.authorize(&client, more);
            assert_eq!(answer.location_param("state"), None, "it stands beside the object");
            let code = answer.location_param("code").unwrap();
            let tokens = op.redeem(&client, &code).ok().json();
            assert_eq!(tokens["scope"], "openid email", "{algorithm:?}");
            let claims: Value = jws::peek_claims(&text(&tokens, "id_token")).unwrap();
            assert_eq!(claims["nonce"], "in the object");
        }
    }
}

/// RFC 9101 §6.2, §10.8.
#[test]
fn a_request_object_that_the_client_did_not_sign_is_refused() {
    let op = TestOp::start();
    let (own, other) = (ProofKey::new(), ProofKey::new());
    let jwks = JwkSet { keys: vec![own.key().public_jwk()] };
    let client = op.client_with("https://app.example.com/callback", move |client| {
        client.keys.jwks = Some(jwks);
    });
    let claims = json!({
        "iss": client.id, "aud": op.base_url(), "client_id": client.id, "response_type": "code",
        "redirect_uri": client.redirect_uri, "scope": "openid",
    });
    let with = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        jws::sign(own.key(), "JWT", &claims)
    };
    let good = with("nonce", json!("n"));
    let (signed, _) = good.rsplit_once('.').unwrap();
    for request in [
        jws::sign(other.key(), "JWT", &claims),
        jws::sign(own.key(), "at+jwt", &claims),
        with("iss", json!("other")),
        with("aud", json!("https://other.example.com")),
        with("exp", json!(op.now().plus(-120).as_unix())),
        with("nbf", json!(op.now().plus(120).as_unix())),
        with("request", json!("x")),
        format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode([7; 64])),
    ] {
        let answer = op.push(&client, &[("request", &request)]);
        assert_eq!(answer.error(), "400 invalid_request_object", "{request}");
    }
    op.push(&client, &[("request", &good)]).ok();
    let stranger = op.client();
    let answer = op.push(&stranger, &[("request", &good)]);
    assert_eq!(answer.error(), "400 invalid_request_object", "it has no keys");
}

fn text(json: &Value, name: &str) -> String {
    json[name].as_str().unwrap().to_owned()
}

/// OIDC Discovery §3.
#[test]
fn the_metadata_tells_which_request_objects_are_read() {
    let op = TestOp::start();
    let document = op.agent().get("/.well-known/openid-configuration").ok().json();
    assert_eq!(document["request_parameter_supported"], true);
    assert_eq!(document["request_uri_parameter_supported"], false);
    let algorithms = json!(["none", "RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]);
    assert_eq!(document["request_object_signing_alg_values_supported"], algorithms);
}
