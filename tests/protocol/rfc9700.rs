//! RFC 9700: the security best current practice, where no other standard has a file of its own for it.

use std::{sync::Barrier, thread};

use hyper::Method;
use serde_json::{Value, json};

use crate::support::{
    agent::{Agent, Answer},
    device::GRANT_TYPE,
    flow::interaction_id,
    op::TestOp,
};

/// RFC 9700 §4.12: a redirect to the client turns a POST into a GET, so that nothing that was posted
/// to us is posted on.
#[test]
fn a_post_is_never_sent_on_as_a_post() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let first = client.authorize_fields(&[]);
    let post = |agent: &mut Agent, fields: &[(String, String)]| -> Answer {
        let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        agent.post_form("/authorize", &fields)
    };
    let interaction = post(&mut alice.agent, &first);
    alice.code(&client, &[]);
    let code = post(&mut alice.agent, &first);
    let error = post(&mut alice.agent, &client.authorize_fields(&[("prompt", "nonsense")]));
    let stranger = post(&mut op.agent(), &first);
    let logout = alice.agent.post_form("/api/oidc/end-session", &[]);
    for answer in [interaction, code, error, stranger, logout] {
        assert!(matches!(answer.status, 302 | 303), "{answer:?}");
    }
    assert_eq!(
        post(&mut alice.agent, &first).status,
        303,
        "to the client, the one that is certain"
    );
}

/// RFC 9700 §4.16: no page on which something is allowed can be put into a frame.
#[test]
fn pages_that_ask_cannot_be_framed() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let consent = alice.agent.get(&client.authorize_path(&[])).location().to_owned();
    for path in [consent.as_str(), "/device", "/logout", "/login", "/authorize", "/"] {
        let answer = alice.agent.get(path);
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}, RFC 9700 §4.2.4");
    }
}

/// RFC 9700 §4.7: no other site takes a step with a user's cookie, whatever it knows.
#[test]
fn another_site_neither_allows_nor_refuses_for_a_user() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let id = interaction_id(&alice.agent.get(&client.authorize_path(&[]))).unwrap();
    let user_code = op.device_authorization(&client, "openid").user_code;
    let paths = [
        format!("/api/oidc/interactions/{id}/complete"),
        format!("/api/oidc/interactions/{id}/deny"),
        format!("/api/oidc/device/verify?code={user_code}"),
        format!("/api/oidc/device/deny?code={user_code}"),
        "/api/webauthn/reauthenticate".to_owned(),
        "/api/webauthn/logout".to_owned(),
    ];
    for (name, value) in [
        ("origin", "https://evil.example.com"),
        ("origin", "null"),
        ("origin", "http://localhost"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let mut elsewhere = alice.agent.with_header(name, value);
        for path in &paths {
            let body = json!({"step": "consent"}).to_string();
            for content_type in ["application/json", "text/plain"] {
                let answer =
                    elsewhere.send(Method::POST, path, Some(content_type), body.clone().into());
                assert_eq!(answer.error(), "403 forbidden", "{name}: {value} {path}");
            }
        }
    }
    assert_eq!(op.count("grants") + op.count("consents"), 0);
    assert_eq!(op.number("SELECT COUNT(*) FROM interactions WHERE is_denied = 1"), 0);
    alice.agent.get("/api/users/me").ok();
    // A form of another site cannot send JSON, either.
    let answer = alice.agent.send(Method::POST, &paths[0], Some("text/plain"), "{}".into());
    assert_eq!(answer.error(), "400 invalid_request_body");
}

/// Anonymous requests are stored for an hour: one address gets only so many.
#[test]
fn nobody_fills_the_database_from_one_address() {
    let op = TestOp::with_settings(&[("TRUST_PROXY", "127.0.0.1")]);
    let client = op.client();
    let path = client.authorize_path(&[]);
    let mut mallory = op.agent().with_header("x-forwarded-for", "203.0.113.1");
    let begun = (0..400).filter(|_| mallory.get(&path).status == 302).count();
    assert_eq!(op.count("interactions"), i64::try_from(begun).unwrap());

    // A request that stores nothing is still answered.
    op.advance(1);
    let silent = mallory.get(&client.authorize_path(&[("prompt", "none")]));
    assert_eq!(silent.location_param("error").unwrap(), "login_required");
    assert!((0..10).any(|_| mallory.get(&path).status == 429));
    let mut bob = op.agent().with_header("x-forwarded-for", "203.0.113.2");
    assert!(interaction_id(&bob.get(&path)).is_some());
}

/// RFC 9700 §4.5 and §4.14, RFC 8628 §3.5, RFC 9126 §7.3: once means once among all servers.
#[test]
fn of_two_servers_one_takes_what_is_good_once() {
    let one = TestOp::on_postgres();
    let other = one.replica();
    let client = one.client();
    let mut alice = one.person("alice");
    alice.code(&client, &[]);
    let wins = |attempt: &(dyn Fn(&TestOp) -> bool + Sync)| {
        let barrier = Barrier::new(2);
        let run = |op| {
            barrier.wait();
            attempt(op)
        };
        thread::scope(|scope| {
            let first = scope.spawn(|| run(&one));
            usize::from(run(&other)) + usize::from(first.join().unwrap())
        })
    };
    for _ in 0..25 {
        let codes = one.device_authorization(&client, "openid");
        alice.verify_device(&codes.user_code).ok();
        let fields = [("grant_type", GRANT_TYPE), ("device_code", &*codes.device_code)];
        assert_eq!(wins(&|op| op.token(&client, &fields).status == 200), 1, "a device code");

        let pushed: Value = one.push(&client, &[]).ok().json();
        let path = form_urlencoded::Serializer::new("/authorize?".to_owned())
            .append_pair("client_id", &client.id)
            .append_pair("request_uri", pushed["request_uri"].as_str().unwrap())
            .finish();
        let browser = &alice.agent;
        let has_code = |answer: &Answer| answer.location_param("code").is_some();
        let attempt = |op: &TestOp| has_code(&browser.at(&op.agent()).get(&path));
        assert_eq!(wins(&attempt), 1, "a pushed request");

        let path = client.authorize_path(&[("prompt", "consent")]);
        let id = interaction_id(&alice.agent.get(&path)).unwrap();
        alice.complete(&id, &json!("consent")).ok();
        let path = format!("/authorize?interaction={id}");
        let browser = &alice.agent;
        let attempt = |op: &TestOp| has_code(&browser.at(&op.agent()).get(&path));
        assert_eq!(wins(&attempt), 1, "an interaction");
    }
}
