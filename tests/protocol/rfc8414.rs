//! RFC 8414 §2 and §3, OIDC Discovery §3 and §4, RFC 7517: each field of the metadata is tried.

use std::collections::BTreeSet;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use hyper::Method;
use pocketid::{
    crypto::{Algorithm, JwkSet, SigningKey, jws},
    model::ClientType,
};
use serde_json::{Value, json};

use crate::support::{
    flow::{CHALLENGE, interaction_id},
    op::TestOp,
};

const PATHS: [&str; 2] =
    ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"];

fn metadata(op: &TestOp) -> Value {
    op.agent().get(PATHS[0]).ok().json()
}

fn list(metadata: &Value, name: &str) -> Vec<String> {
    serde_json::from_value(metadata[name].clone()).unwrap_or_else(|_| panic!("no list {name}"))
}

/// RFC 8414 §3.2 and §2: JSON, the same at both places, and without anything empty.
#[test]
fn the_document_is_the_same_at_both_places() {
    let op = TestOp::start();
    let answers = PATHS.map(|path| op.agent().get(path).ok());
    assert_eq!(answers[0].body, answers[1].body);
    for answer in answers {
        assert!(answer.header("content-type").starts_with("application/json"));
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        for (name, value) in answer.json().as_object().unwrap() {
            let is_empty = value.as_array().is_some_and(Vec::is_empty) || *value == "";
            assert!(!is_empty && !value.is_null(), "§3.2: {name} must be left out");
        }
    }
    let document = metadata(&op);
    for name in [
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "response_types_supported",
        "subject_types_supported",
        "id_token_signing_alg_values_supported",
    ] {
        assert!(!document[name].is_null(), "OIDC Discovery §3: {name} is required");
    }
    assert_eq!(document["issuer"], op.base_url(), "§3.3: to the letter");
    assert!(list(&document, "id_token_signing_alg_values_supported").contains(&"RS256".into()));
}

/// Every address leads somewhere, and by the method of its standard.
#[test]
fn every_endpoint_is_there() {
    let op = TestOp::start();
    let document = metadata(&op);
    let endpoints = document.as_object().unwrap().iter();
    let endpoints =
        endpoints.filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri");
    let mut count = 0;
    for (name, address) in endpoints {
        let path = address.as_str().unwrap().strip_prefix(op.base_url()).unwrap();
        let method = match name.as_str() {
            "authorization_endpoint"
            | "end_session_endpoint"
            | "jwks_uri"
            | "userinfo_endpoint" => Method::GET,
            _ => Method::POST,
        };
        let status = op.agent().send(method, path, None, Bytes::new()).status;
        assert!(matches!(status, 200 | 302 | 303 | 400 | 401), "{name}: {status}");
        count += 1;
    }
    assert_eq!(count, 9, "a new endpoint is to be tried here, too");
}

/// The authorization endpoint takes every value that the metadata names.
#[test]
fn every_value_of_an_authorization_request_is_taken() {
    let op = TestOp::start();
    let client = op.client();
    let document = metadata(&op);
    let mut alice = op.person("alice");
    alice.code(&client, &[]);
    let mut is_taken = |more: &[(&str, &str)]| {
        let answer = alice.agent.get(&client.authorize_path(more));
        let is_form = answer.status == 200 && answer.text().contains("name=\"code\"");
        let has_code = is_form || answer.location_param("code").is_some();
        let fields = if answer.status == 200 { answer.form_fields() } else { Vec::new() };
        let in_form = fields.into_iter().find(|(name, _)| name == "response").map(|(_, jwt)| jwt);
        let signed = answer.location_param("response").or(in_form);
        let has_signed_code = signed.is_some_and(|jwt| op.verified(&jwt).1["code"].is_string());
        has_code || has_signed_code || interaction_id(&answer).is_some()
    };
    for (parameter, list_name) in [
        ("response_type", "response_types_supported"),
        ("response_mode", "response_modes_supported"),
        ("prompt", "prompt_values_supported"),
        ("ui_locales", "ui_locales_supported"),
        ("acr_values", "acr_values_supported"),
    ] {
        for value in list(&document, list_name) {
            assert!(is_taken(&[(parameter, &value)]), "{parameter}={value}");
        }
    }
    for method in list(&document, "code_challenge_methods_supported") {
        let more = [("code_challenge", CHALLENGE), ("code_challenge_method", method.as_str())];
        assert!(is_taken(&more), "{method}");
    }
    for (parameter, flag) in
        [("request", "request_parameter_supported"), ("claims", "claims_parameter_supported")]
    {
        assert_eq!(document[flag], true);
        let value = if parameter == "claims" { "{}" } else { "eyJhbGciOiJub25lIn0.e30." };
        assert!(is_taken(&[(parameter, value)]), "{parameter}");
    }
    assert_eq!(document["request_uri_parameter_supported"], false);
    assert_eq!(document["require_pushed_authorization_requests"], false);
}

/// RFC 8414 §2: each method by which a client may prove itself, at each endpoint that has a list.
#[test]
fn every_way_to_authenticate_works_where_it_is_listed() {
    let op = TestOp::start();
    let client = op.client();
    let public = op.client_with("https://spa.example.com/cb", |client| {
        client.client_type = ClientType::Public;
    });
    let pkcs8 = SigningKey::generate(Algorithm::Es256).unwrap();
    let key = SigningKey::from_pkcs8("one".into(), Algorithm::Es256, &pkcs8).unwrap();
    let keys = JwkSet { keys: vec![key.public_jwk()] };
    let signing = op.client_with("https://app.example.com/cb", move |client| {
        client.keys.jwks = Some(keys);
    });
    let mut alice = op.person("alice");
    let bearer = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    let bearer = format!("Bearer {}", bearer["access_token"].as_str().unwrap());
    let basic = BASE64_STANDARD.encode(format!("{}:{}", client.id, client.secret));
    let basic = format!("Basic {basic}");
    let mut serial = 0;
    let mut send = |path: &str, method: &str| {
        serial += 1;
        let assertion = json!({
            "iss": signing.id, "sub": signing.id, "aud": op.base_url(), "jti": serial.to_string(),
            "exp": op.now().plus(60).as_unix(),
        });
        let assertion = jws::sign(&key, "JWT", &assertion);
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let own: &[(&str, &str)] = match method {
            "client_secret_post" => &[("client_id", &client.id), ("client_secret", &client.secret)],
            "none" => &[("client_id", &public.id)],
            "private_key_jwt" => {
                &[("client_assertion_type", kind), ("client_assertion", &assertion)]
            }
            _ => &[],
        };
        let agent = match method {
            "Bearer" => op.agent().with_header("authorization", &bearer),
            "client_secret_basic" => op.agent().with_header("authorization", &basic),
            _ => op.agent(),
        };
        let fields = [("grant_type", "refresh_token"), ("refresh_token", "x"), ("token", "x")];
        agent.clone().post_form(path, &[&fields[..], own].concat()).error()
    };

    let document = metadata(&op);
    for (endpoint, authenticated) in
        [("token", "400 invalid_grant"), ("introspection", "200 "), ("revocation", "200 ")]
    {
        let address = document[format!("{endpoint}_endpoint")].as_str().unwrap();
        let path = address.strip_prefix(op.base_url()).unwrap();
        let listed = list(&document, &format!("{endpoint}_endpoint_auth_methods_supported"));
        for method in
            ["client_secret_basic", "client_secret_post", "private_key_jwt", "none", "Bearer"]
        {
            let expected = if listed.iter().any(|one| one == method) {
                authenticated
            } else {
                "401 invalid_client"
            };
            assert_eq!(send(path, method), expected, "{method} at {path}");
        }
    }
}

/// RFC 6749 §5.2: a grant type that is not listed is one that is not supported.
#[test]
fn the_grant_types_are_those_that_there_are() {
    let op = TestOp::start();
    let client = op.client();
    let listed = list(&metadata(&op), "grant_types_supported");
    for grant_type in listed.iter().map(String::as_str).chain(["password", "implicit", "x"]) {
        let error = op.token(&client, &[("grant_type", grant_type)]).error();
        let is_unsupported = error == "400 unsupported_grant_type";
        assert_eq!(!is_unsupported, listed.iter().any(|one| one == grant_type), "{error}");
    }
}

/// RFC 7517 §4, OIDC Core §10.1: a key names its use, and has a name of its own.
#[test]
fn every_key_has_a_name_a_use_and_an_algorithm_and_nothing_private() {
    let op = TestOp::start();
    let document = metadata(&op);
    let path = document["jwks_uri"].as_str().unwrap().strip_prefix(op.base_url()).unwrap();
    let answer = op.agent().get(path).ok();
    let keys = answer.json()["keys"].as_array().unwrap().clone();
    let mut kids = BTreeSet::new();
    for key in &keys {
        assert_eq!(key["use"], "sig");
        assert!(Algorithm::parse(key["alg"].as_str().unwrap()).is_some());
        assert!(kids.insert(key["kid"].as_str().unwrap().to_owned()), "a kid is unique");
        for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert!(key.get(private).is_none(), "{private}");
        }
    }
    assert!(keys.len() >= 2);
}
