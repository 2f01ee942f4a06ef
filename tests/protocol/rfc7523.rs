//! RFC 7523 and OIDC Core §9: clients that prove themselves with a signed JWT.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

use pocketid::{
    crypto::{Algorithm, JwkSet, SigningKey, jws},
    model::FederatedIdentity,
};
use serde_json::{Value, json};

use crate::support::{
    agent::Answer,
    op::{TestClient, TestOp},
};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn key(kid: &str, algorithm: Algorithm) -> SigningKey {
    let pkcs8 = SigningKey::generate(algorithm).unwrap();
    SigningKey::from_pkcs8(kid.to_owned(), algorithm, &pkcs8).unwrap()
}

fn client_with_keys(op: &TestOp, keys: &[&SigningKey]) -> TestClient {
    let set = JwkSet { keys: keys.iter().map(|key| key.public_jwk()).collect() };
    op.client_with("https://app.example.com/callback", move |client| {
        client.keys.jwks = Some(set.clone());
    })
}

/// The claims of an assertion, with `changes` in place of the usual.
fn claims(op: &TestOp, client: &TestClient, jti: &str, changes: &Value) -> Value {
    let mut claims = json!({
        "iss": client.id, "sub": client.id, "aud": op.base_url(), "jti": jti,
        "iat": op.now().as_unix(), "exp": op.now().plus(60).as_unix(),
    });
    claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    claims
}

/// A token request whose code is nonsense: a client that is believed gets as far as that.
fn attempt(op: &TestOp, assertion: &str, more: &[(&str, &str)]) -> String {
    send(op, assertion, more).error()
}

fn send(op: &TestOp, assertion: &str, more: &[(&str, &str)]) -> Answer {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", "nonsense"),
        ("client_assertion_type", TYPE),
        ("client_assertion", assertion),
    ];
    op.agent().post_form("/api/oidc/token", &[&fields, more].concat())
}

const BELIEVED: &str = "400 invalid_grant";
const NOT_BELIEVED: &str = "401 invalid_client";

#[test]
fn a_client_redeems_its_code_with_an_assertion_of_any_algorithm() {
    let op = TestOp::start();
    for algorithm in Algorithm::ALL {
        let key = key("own", algorithm);
        let client = client_with_keys(&op, &[&key]);
        let mut alice = op.person(&format!("alice{}", algorithm.as_str().to_lowercase()));
        let code = alice.code(&client, &[]);
        let endpoint = format!("{}/api/oidc/token", op.base_url());
        let assertion =
            jws::sign(&key, "JWT", &claims(&op, &client, "1", &json!({"aud": [endpoint]})));
        let answer = op.agent().post_form(
            "/api/oidc/token",
            &[
                ("grant_type", "authorization_code"),
                ("code", &code),
                ("redirect_uri", &client.redirect_uri),
                ("client_id", &client.id),
                ("client_assertion_type", TYPE),
                ("client_assertion", &assertion),
            ],
        );
        assert!(answer.ok().json()["id_token"].is_string(), "{algorithm:?}");
    }
}

/// Pocket ID 2.14: at introspection the assertion may be a bearer token, beside the client's name.
#[test]
fn a_client_may_show_its_assertion_as_a_bearer_token_at_introspection() {
    let op = TestOp::start();
    let own = key("own", Algorithm::Es256);
    let client = client_with_keys(&op, &[&own]);
    let mut alice = op.person("alice");
    let tokens = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    let token = tokens["access_token"].as_str().unwrap();
    let ask = |assertion: &str, more: &[(&str, &str)]| {
        let authorization = format!("Bearer {assertion}");
        let mut agent = op.agent().with_header("authorization", &authorization);
        agent.post_form("/api/oidc/introspect", &[&[("token", token)][..], more].concat())
    };
    let sign = |key, jti| jws::sign(key, "JWT", &claims(&op, &client, jti, &json!({})));
    let named = [("client_id", client.id.as_str())];

    let answer = ask(&sign(&own, "1"), &named).ok().json();
    assert_eq!((&answer["active"], &answer["client_id"]), (&json!(true), &json!(client.id)));
    assert_eq!(ask(&sign(&own, "1"), &named).error(), NOT_BELIEVED, "used before");
    assert_eq!(ask(&sign(&own, "2"), &[]).error(), NOT_BELIEVED, "no client is named");
    let stranger = key("own", Algorithm::Es256);
    assert_eq!(ask(&sign(&stranger, "3"), &named).error(), NOT_BELIEVED);
}

/// RFC 7523 §3 and OIDC Core §9.
#[test]
fn what_an_assertion_says_must_be_true() {
    let op = TestOp::start();
    let key = key("own", Algorithm::Es256);
    let client = client_with_keys(&op, &[&key]);
    let now = op.now().as_unix();
    let sign =
        |jti: &str, changes: Value| jws::sign(&key, "JWT", &claims(&op, &client, jti, &changes));
    assert_eq!(attempt(&op, &sign("good", json!({})), &[]), BELIEVED);
    for (number, changes) in [
        json!({"iss": "other"}),
        json!({"sub": "other"}),
        json!({"aud": "https://other.example.com"}),
        json!({"exp": now - 31}),
        json!({"exp": null}),
        json!({"exp": now + 90_000}),
        json!({"iat": now + 60}),
        json!({"nbf": now + 60}),
        json!({"jti": null}),
        // It would be of use only with a proof of that key.
        json!({"cnf": {"jkt": "x"}}),
    ]
    .into_iter()
    .enumerate()
    {
        let assertion = sign(&number.to_string(), changes.clone());
        assert_eq!(attempt(&op, &assertion, &[]), NOT_BELIEVED, "{changes}");
    }
}

/// RFC 7523 §3: each once.
#[test]
fn an_assertion_is_used_once() {
    let op = TestOp::start();
    let key = key("own", Algorithm::Es256);
    let client = client_with_keys(&op, &[&key]);
    let assertion = jws::sign(&key, "JWT", &claims(&op, &client, "once", &json!({})));
    assert_eq!(attempt(&op, &assertion, &[]), BELIEVED);
    assert_eq!(attempt(&op, &assertion, &[]), NOT_BELIEVED);
    op.advance(91);
    op.clean_up();
    assert_eq!(op.count("client_assertions"), 1, "the clocks of servers differ");
    op.advance(30);
    op.clean_up();
    assert_eq!(op.count("client_assertions"), 0);
    assert_eq!(attempt(&op, &assertion, &[]), NOT_BELIEVED, "now it has expired");
}

/// Each of them is remembered until it ends.
#[test]
fn a_client_that_proves_itself_without_end_has_to_wait() {
    let op = TestOp::with_settings(&[("TRUST_PROXY", "127.0.0.1")]);
    let key = key("own", Algorithm::Es256);
    let (client, other) = (client_with_keys(&op, &[&key]), client_with_keys(&op, &[&key]));
    let prove = |client: &TestClient, number: usize| {
        let claims = claims(&op, client, &format!("name-{number}"), &json!({}));
        let address = format!("10.0.{}.{}", number / 200, number % 200);
        let assertion = jws::sign(&key, "JWT", &claims);
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", "nonsense"),
            ("client_assertion_type", TYPE),
            ("client_assertion", &assertion),
        ];
        let mut agent = op.agent().with_header("x-forwarded-for", &address);
        agent.post_form("/api/oidc/token", &fields).error()
    };

    let answers = (0..3_000).map(|number| prove(&client, number));
    let refused = answers.into_iter().find(|answer| answer != BELIEVED);

    assert_eq!(refused.as_deref(), Some("429 temporarily_unavailable"));
    let stored = op.count("client_assertions");
    assert!((1_000..2_000).contains(&stored), "{stored}");
    assert_eq!(prove(&other, 0), BELIEVED);
}

/// RFC 8725 §3.1 and §3.10.
#[test]
fn only_the_clients_own_keys_are_believed_and_each_for_its_own_algorithm() {
    let op = TestOp::start();
    let (own, stranger) = (key("own", Algorithm::Es256), key("own", Algorithm::Es256));
    let other_type = key("own", Algorithm::Rs256);
    let client = client_with_keys(&op, &[&own]);
    let without_keys = op.client();
    let claims_of = |client: &TestClient| claims(&op, client, "1", &json!({}));
    for signer in [&stranger, &other_type] {
        let assertion = jws::sign(signer, "JWT", &claims_of(&client));
        assert_eq!(attempt(&op, &assertion, &[]), NOT_BELIEVED);
    }
    let good = jws::sign(&own, "JWT", &claims_of(&client));
    let (signed, _) = good.rsplit_once('.').unwrap();
    let none = {
        use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
        let (_, claims) = signed.split_once('.').unwrap();
        format!("{}.{claims}.", BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#))
    };
    for forged in [none, format!("{signed}."), format!("{signed}.AAAA"), "nonsense".to_owned()] {
        assert_eq!(attempt(&op, &forged, &[]), NOT_BELIEVED, "{forged}");
    }
    let of_other = jws::sign(&own, "JWT", &claims_of(&without_keys));
    assert_eq!(attempt(&op, &of_other, &[]), NOT_BELIEVED);
    assert_eq!(attempt(&op, &good, &[("client_id", &without_keys.id)]), NOT_BELIEVED);
    assert_eq!(attempt(&op, &good, &[]), BELIEVED, "and none of that used it up");
}

/// RFC 6749 §2.3: one method in each request.
#[test]
fn an_assertion_comes_alone_and_with_its_type() {
    let op = TestOp::start();
    let key = key("own", Algorithm::Es256);
    let client = client_with_keys(&op, &[&key]);
    let assertion = jws::sign(&key, "JWT", &claims(&op, &client, "1", &json!({})));
    assert_eq!(attempt(&op, &assertion, &[("client_secret", "x")]), "400 invalid_request");
    let grant = ("grant_type", "authorization_code");
    for fields in [
        &[grant, ("client_assertion", assertion.as_str())][..],
        &[grant, ("client_assertion_type", TYPE)],
        &[grant, ("client_assertion", &assertion), ("client_assertion_type", "other")],
    ] {
        let answer = op.agent().post_form("/api/oidc/token", fields);
        assert_eq!(answer.error(), "400 invalid_request", "{fields:?}");
    }
    let long = "x".repeat(9_000);
    assert_eq!(attempt(&op, &long, &[]), NOT_BELIEVED);
}

/// Another issuer, which serves its keys.
struct Issuer {
    url: String,
    key: SigningKey,
}

impl Issuer {
    fn start() -> Self {
        let key = key("issuer", Algorithm::Es256);
        let body = serde_json::to_string(&JwkSet { keys: vec![key.public_jwk()] }).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut buffer = [0; 4_096];
                let count = stream.read(&mut buffer).unwrap();
                let request = String::from_utf8_lossy(&buffer[..count]).into_owned();
                assert!(request.starts_with("GET /.well-known/jwks.json "), "{request}");
                let length = body.len();
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
                stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
            }
        });
        Self { url, key }
    }

    fn identity(&self) -> FederatedIdentity {
        FederatedIdentity {
            issuer: self.url.clone(),
            subject: Some("workload".into()),
            audience: Some("api://pocketid".into()),
            jwks: None,
            replay_protection: false,
        }
    }
}

/// Pocket ID 2.14: federated identities.
#[test]
fn a_token_of_an_issuer_that_vouches_for_the_client_stands_for_it() {
    let op = TestOp::start();
    let issuer = Issuer::start();
    let identity = issuer.identity();
    let client = op.client_with("https://app.example.com/callback", move |client| {
        client.keys.federated_identities = vec![identity.clone()];
    });
    let good = json!({"iss": issuer.url, "sub": "workload", "aud": ["api://pocketid"]});
    let sign = |changes: Value| {
        let mut all = good.as_object().unwrap().clone();
        all.extend(changes.as_object().unwrap().clone());
        jws::sign(&issuer.key, "JWT", &claims(&op, &client, "1", &Value::Object(all)))
    };
    let named = [("client_id", client.id.as_str())];
    for _ in 0..2 {
        assert_eq!(attempt(&op, &sign(json!({})), &named), BELIEVED);
    }
    for changes in [
        json!({"iss": "http://127.0.0.1:9"}),
        json!({"sub": "other"}),
        json!({"aud": op.base_url()}),
        json!({"exp": 1}),
        json!({"cnf": {"jkt": "x"}}),
    ] {
        assert_eq!(attempt(&op, &sign(changes.clone()), &named), NOT_BELIEVED, "{changes}");
    }
    let stranger = key("issuer", Algorithm::Es256);
    let forged = jws::sign(&stranger, "JWT", &claims(&op, &client, "1", &good));
    assert_eq!(attempt(&op, &forged, &named), NOT_BELIEVED);
    assert_eq!(attempt(&op, &sign(json!({})), &[]), NOT_BELIEVED, "its sub is no client");
}

#[test]
fn a_federated_token_with_replay_protection_is_taken_once_and_an_issuer_that_is_away_vouches_for_nobody()
 {
    let op = TestOp::start();
    let issuer = Issuer::start();
    let once = FederatedIdentity { replay_protection: true, ..issuer.identity() };
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let away = FederatedIdentity { issuer: format!("http://{nobody}"), ..issuer.identity() };
    let identities = vec![once, away.clone()];
    let client = op.client_with("https://app.example.com/callback", move |client| {
        client.keys.federated_identities = identities.clone();
    });
    let named = [("client_id", client.id.as_str())];
    let sign = |issuer_url: &str| {
        let changes = json!({"iss": issuer_url, "sub": "workload", "aud": "api://pocketid"});
        jws::sign(&issuer.key, "JWT", &claims(&op, &client, "1", &changes))
    };
    assert_eq!(attempt(&op, &sign(&issuer.url), &named), BELIEVED);
    assert_eq!(attempt(&op, &sign(&issuer.url), &named), NOT_BELIEVED);
    assert_eq!(attempt(&op, &sign(&away.issuer), &named), NOT_BELIEVED);
}

/// RFC 9101 §10.8: a request object travels through browsers, and is signed with the same keys.
#[test]
fn a_request_object_is_no_assertion() {
    let op = TestOp::start();
    let key = key("own", Algorithm::Es256);
    let client = client_with_keys(&op, &[&key]);
    let claims = claims(&op, &client, "request", &json!({}));
    for (typ, told) in [
        ("oauth-authz-req+jwt", NOT_BELIEVED),
        ("application/oauth-authz-req+jwt", NOT_BELIEVED),
        ("client-authentication+jwt", BELIEVED),
    ] {
        assert_eq!(attempt(&op, &jws::sign(&key, typ, &claims), &[]), told, "{typ}");
    }
}
