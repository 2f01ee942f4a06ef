//! Requests that pages of other sites, and sibling hosts of the same site, make a browser send.

use hyper::Method;
use serde_json::json;

use crate::support::{agent::Agent, flow::interaction_id, op::TestOp};

/// A provider with rate limits, behind a proxy that tells the address of the caller.
fn provider() -> TestOp {
    TestOp::with_settings(&[("TRUST_PROXY", "127.0.0.1")])
}

/// A browser in this network.
fn in_network(op: &TestOp) -> Agent {
    op.agent().with_header("x-forwarded-for", "203.0.113.1")
}

/// The headers of a request that a page makes a browser send.
fn sent_by(agent: &Agent, site: &str, mode: &str, dest: &str) -> Agent {
    let agent = agent.with_header("sec-fetch-site", site).with_header("sec-fetch-mode", mode);
    agent.with_header("sec-fetch-dest", dest)
}

const TRIES: [&str; 4] = [
    "/api/webauthn/login/finish",
    "/api/webauthn/reauthenticate",
    "/api/one-time-access-token/abcdef",
    "/api/signup",
];

#[test]
fn a_foreign_page_does_not_lock_the_network_of_its_visitors_out() {
    let op = provider();
    let mut visitor = sent_by(&in_network(&op), "cross-site", "no-cors", "empty");
    for path in TRIES {
        for _ in 0..15 {
            assert_eq!(visitor.post(path, &json!({})).error(), "403 forbidden", "{path}");
        }
        assert_ne!(in_network(&op).post(path, &json!({})).status, 429, "{path}");
    }
    for _ in 0..15 {
        let answer = visitor.get("/api/oidc/device/info?code=ABCDEFGH");
        assert_eq!(answer.error(), "403 forbidden");
    }
    assert_ne!(in_network(&op).get("/api/oidc/device/info?code=ABCDEFGH").status, 429);
}

#[test]
fn a_foreign_page_has_nothing_stored() {
    let op = provider();
    let path = op.client().authorize_path(&[]);
    for (mode, dest) in [("no-cors", "image"), ("cors", "empty"), ("no-cors", "script")] {
        for site in ["cross-site", "same-site"] {
            let mut visitor = sent_by(&in_network(&op), site, mode, dest);
            for path in [path.as_str(), "/login", "/device", "/api/webauthn/login/start"] {
                assert_eq!(visitor.get(path).status, 403, "{site} {mode} {path}");
            }
        }
    }
    let mut frame = sent_by(&in_network(&op), "cross-site", "navigate", "iframe");
    assert_eq!(frame.get("/login").status, 403);
    assert_eq!(frame.get("/api/webauthn/login/start").status, 403);
    let answer = frame.get(&path);
    assert_eq!(answer.location_param("error").unwrap(), "login_required");
    assert_eq!(op.count("interactions") + op.count("ceremonies"), 0);
}

#[test]
fn who_comes_from_an_application_gets_on() {
    let op = provider();
    op.person("alice");
    let client = op.client();
    let path = client.authorize_path(&[]);
    for site in ["cross-site", "same-site", "same-origin", "none"] {
        let mut browser = sent_by(&in_network(&op), site, "navigate", "document");
        assert!(interaction_id(&browser.get(&path)).is_some(), "{site}");
        assert_eq!(browser.get("/login").status, 200, "{site}");
    }
    // A browser that does not say, and a program in Node.js, which says half of it.
    assert!(interaction_id(&in_network(&op).get(&path)).is_some());
    let mut program = in_network(&op).with_header("sec-fetch-mode", "cors");
    assert!(interaction_id(&program.get(&path)).is_some());
    let mut own = sent_by(&in_network(&op), "same-origin", "cors", "empty");
    own.get("/api/webauthn/login/start").ok();
    let mut frame = sent_by(&in_network(&op), "cross-site", "navigate", "iframe");
    let silent = frame.get(&client.authorize_path(&[("prompt", "none")]));
    assert_eq!(silent.location_param("error").unwrap(), "login_required");
}

/// A sibling host has the cookies of this site sent along, also with a `GET`.
#[test]
fn a_sibling_host_does_not_push_a_sign_in_out() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let mut browser = op.agent();
    let options = browser.get("/api/webauthn/login/start").ok().json();

    let mut sibling = sent_by(&browser, "same-site", "no-cors", "empty");
    for _ in 0..10 {
        let answer = sibling.get("/api/webauthn/login/start");
        assert_eq!((answer.error().as_str(), answer.header("set-cookie")), ("403 forbidden", ""));
    }
    let mut signed_in = sent_by(&alice.agent, "same-site", "cors", "empty");
    assert_eq!(signed_in.get("/api/webauthn/register/start").error(), "403 forbidden");
    let head = sibling.send(Method::HEAD, "/api/webauthn/login/start", None, bytes::Bytes::new());
    assert_eq!(head.header("set-cookie"), "");

    let answer = alice.authenticator.assert(&options);
    browser.post("/api/webauthn/login/finish", &answer).ok();
}
