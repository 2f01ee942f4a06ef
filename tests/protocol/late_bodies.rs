//! Requests whose body comes late: a right that the caller had at the beginning may be gone at the end.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use hyper::Method;
use serde_json::{Value, json};

use crate::support::{
    agent::Agent,
    flow::Person,
    op::{TestClient, TestOp},
    patience::PATIENCE,
    soft_authenticator::SoftAuthenticator,
};

/// A request that the server has begun with, and whose body it waits for.
struct Held {
    stream: TcpStream,
    body: String,
}

impl Held {
    /// Sends the head. The server asks for the body (RFC 9110 §10.1.1) once it knows the caller.
    fn begin(agent: &Agent, (method, path): (Method, &str), body: &Value) -> Self {
        let address = agent.address();
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let cookies: Vec<_> = agent.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let headers = agent.headers.iter().map(|(n, v)| format!("{n}: {v}\r\n"));
        let (headers, cookies) = (headers.collect::<String>(), cookies.join("; "));
        let body = body.to_string();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookies}\r\n{headers}\
             Content-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\
             Connection: close\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let (mut answer, mut byte) = (Vec::new(), [0]);
        while !answer.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
            answer.push(byte[0]);
        }
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 100"), "{path}: {answer}");
        Self { stream, body }
    }

    /// Sends the body. Says the status of the answer.
    fn end(mut self) -> u16 {
        self.stream.write_all(self.body.as_bytes()).unwrap();
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).unwrap().parse().unwrap()
    }
}

/// Begins with every change that has a body.
fn begin_all(op: &TestOp, client: &TestClient, alice: &mut Person) -> Vec<(&'static str, Held)> {
    let expiry = json!({ "name": "late", "expiresAt": op.now().plus(900).to_string() });
    let brief = json!({ "name": "brief", "expiresAt": op.now().plus(30).to_string() });
    let brief = alice.agent.post("/api/api-keys", &brief).ok().json();
    let id = brief["apiKey"]["id"].as_str().unwrap().to_owned();
    op.advance(31);
    let options = alice.agent.get("/api/webauthn/register/start").ok().json();
    let passkey = SoftAuthenticator::new(op.base_url()).create(&options);
    let passkeys = alice.agent.get("/api/webauthn/credentials").ok().json();
    let renamed = format!("/api/webauthn/credentials/{}", passkeys[0]["id"].as_str().unwrap());
    let asked = alice.agent.get(&client.authorize_path(&[]));
    let interaction = asked.location_param("interaction").unwrap();
    let interaction = format!("/api/oidc/interactions/{interaction}/complete");
    let profile = json!({ "username": "mallory", "firstName": "M", "email": "m@example.com" });
    let agent = &alice.agent;
    let post = |path: &str, body: &Value| Held::begin(agent, (Method::POST, path), body);
    vec![
        ("add a passkey", post("/api/webauthn/register/finish", &passkey)),
        ("make a key", post("/api/api-keys", &expiry)),
        ("renew a key", post(&format!("/api/api-keys/{id}/renew"), &expiry)),
        ("change the profile", Held::begin(agent, (Method::PUT, "/api/users/me"), &profile)),
        ("rename", Held::begin(agent, (Method::PATCH, &renamed), &json!({ "name": "Mine" }))),
        ("consent", post(&interaction, &json!({ "step": "consent" }))),
    ]
}

#[test]
fn a_session_that_ends_during_a_request_changes_nothing_any_more() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let held = begin_all(&op, &client, &mut alice);
    let rows = || (op.count("passkeys"), op.count("api_keys"), op.count("consents"));
    let before = rows();

    op.beside("session revoke --all alice --yes").expect_success();

    for (what, held) in held {
        assert_eq!(held.end(), 401, "{what}");
    }
    assert_eq!(rows(), before);
    assert_eq!(op.texts("SELECT username FROM users"), ["alice"]);
    let live = op.now().plus(60).to_string();
    let listed = op.beside("api-key list alice -o json").ok();
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert!(listed[0]["expiresAt"].as_str().unwrap() < live.as_str(), "{listed}");
}

/// However they came to be disabled: not every way is one that ends sessions first.
#[test]
fn whoever_is_disabled_during_a_request_changes_nothing_any_more() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let held = begin_all(&op, &client, &mut alice);

    op.change_user(alice.id, |user| user.disabled = true);

    for (what, held) in held {
        assert_eq!(held.end(), 401, "{what}");
    }
    assert_eq!((op.count("passkeys"), op.count("api_keys"), op.count("consents")), (1, 1, 0));
}

#[test]
fn a_key_that_ends_during_a_request_changes_nothing_any_more() {
    let op = TestOp::start();
    op.person("alice");
    let made: Value =
        serde_json::from_str(&op.beside("api-key create script --for alice -o json").ok()).unwrap();
    let script = op.agent().with_header("x-api-key", made["token"].as_str().unwrap());
    let profile = json!({ "username": "mallory", "firstName": "M", "email": "m@example.com" });
    let held = Held::begin(&script, (Method::PUT, "/api/users/me"), &profile);

    op.beside("user disable alice").expect_success();

    assert_eq!(held.end(), 401);
    assert_eq!(op.texts("SELECT username FROM users"), ["alice"]);
}

/// Otherwise an administrator with an open request could undo their own demotion.
#[test]
fn an_administrator_who_is_one_no_more_changes_nothing_with_a_request_begun_before() {
    let op = TestOp::start();
    let root = op.user("root");
    op.change_user(root.id, |user| user.is_admin = true);
    let key = op.beside("api-key create script --for root").ok();
    let agent = op.agent().with_header("x-api-key", key.trim());
    let own = format!("/api/users/{}", root.id);
    let me = json!({
        "username": "root", "email": "root@example.com", "firstName": "R", "lastName": "",
        "displayName": "R", "isAdmin": true,
    });
    let group = json!({ "name": "late", "friendlyName": "Late" });
    let client = json!({ "name": "Late", "callbackURLs": ["https://app.example.com/cb"] });
    let held = [
        Held::begin(&agent, (Method::PUT, &own), &me),
        Held::begin(&agent, (Method::POST, "/api/user-groups"), &group),
        Held::begin(&agent, (Method::POST, "/api/oidc/clients"), &client),
        Held::begin(&agent, (Method::POST, "/api/signing-keys/rotate"), &json!({ "revoke": true })),
    ];
    let keys = op.texts("SELECT kid FROM signing_keys ORDER BY kid");

    op.change_user(root.id, |user| user.is_admin = false);

    for request in held {
        assert_eq!(request.end(), 401);
    }
    assert_eq!((op.count("groups"), op.count("clients")), (0, 0));
    assert_eq!(op.number("SELECT COUNT(*) FROM users WHERE is_admin = 1"), 0);
    assert_eq!(op.texts("SELECT kid FROM signing_keys ORDER BY kid"), keys);
}
