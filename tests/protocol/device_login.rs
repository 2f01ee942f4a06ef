//! `/api/device-login`: signing in on one device with another one (Pocket ID 2.14 §3.9, §6.4).

use hyper::Method;
use serde_json::{Value, json};

use crate::support::{
    agent::{Agent, Answer, SESSION},
    flow::Person,
    op::TestOp,
};

const REQUESTS: &str = "/api/device-login/requests";
const VERIFICATION: &str = "/api/device-login/verification";
const DECISION: &str = "/api/device-login/verification/decision";
const EXPIRED: &str = "401 device_login_expired";
const PENDING: &str = "202 ";

/// A device that shows a code.
struct Device {
    agent: Agent,
    code: String,
}

impl Device {
    fn ask(op: &TestOp) -> Self {
        // The name of its browser, and that it waits for nothing.
        let agent = op.agent().with_header("user-agent", "Mozilla/5.0 (X11; Linux) Firefox/130.0");
        let mut agent = agent.with_header("prefer", "wait=0");
        let asked = agent.post(REQUESTS, &json!(null));
        assert_eq!(asked.status, 201);
        let code = asked.json()["userCode"].as_str().unwrap().to_owned();
        Self { agent, code }
    }

    fn exchange(&mut self) -> Answer {
        exchange(&mut self.agent, &self.code)
    }
}

fn exchange(agent: &mut Agent, code: &str) -> Answer {
    agent.post(&format!("{REQUESTS}/{code}/exchange"), &json!(null))
}

fn decide(person: &mut Person, code: &str, decision: &str) -> Answer {
    person.agent.post(DECISION, &json!({ "code": code, "decision": decision }))
}

fn approve(person: &mut Person, code: &str) -> Answer {
    person.authenticator.reauthenticate(&mut person.agent).ok();
    decide(person, code, "approve")
}

#[test]
fn a_device_is_signed_in_by_whoever_scans_its_code() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let mut tv = Device::ask(&op);
    assert_eq!(tv.exchange().error(), PENDING);

    let seen = alice.agent.post(VERIFICATION, &json!({ "code": tv.code })).ok().json();
    assert_eq!((&seen["userCode"], &seen["device"]), (&json!(tv.code), &json!("Firefox on Linux")));
    assert_eq!(seen["ipAddress"], "127.0.0.1");
    assert_eq!(seen["expiresAt"].as_str().unwrap().len(), "2026-11-28T17:01:45Z".len());
    assert_eq!(approve(&mut alice, &tv.code).status, 204);

    let user = tv.exchange().ok().json();
    assert_eq!(user["username"], "alice");
    assert_eq!(tv.agent.get("/api/users/me").ok().json()["username"], "alice");
    assert!(op.audit_kinds().iter().any(|kind| kind.starts_with("REMOTE_SIGN_IN")));
    assert_eq!(op.texts("SELECT amr FROM sessions ORDER BY id DESC")[0], "device");
    assert_eq!((tv.exchange().error(), op.count("device_logins")), (EXPIRED.to_owned(), 0));
}

#[test]
fn what_a_device_is_told_leads_to_the_page_for_its_code() {
    let op = TestOp::start();
    let asked = op.agent().post(REQUESTS, &json!(null)).json();
    let code = asked["userCode"].as_str().unwrap();
    assert_eq!((asked["id"].as_str(), code.len()), (Some(code), 8));
    let page = format!("{}/device", op.base_url());
    assert_eq!(asked["verificationUri"], page);
    assert_eq!(asked["verificationUriComplete"], format!("{page}?user_code={code}"));
    assert_eq!(asked["interval"], 3);
}

#[test]
fn a_device_that_is_refused_stays_out() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let mut tv = Device::ask(&op);
    assert_eq!(decide(&mut alice, &tv.code, "deny").status, 204, "without a passkey");
    assert_eq!(tv.exchange().error(), "403 device_login_denied");
    assert_eq!(approve(&mut alice, &tv.code).error(), EXPIRED, "it has its answer");
    assert_eq!(tv.exchange().error(), "403 device_login_denied");
}

/// The session of a device outlives the one in which it was let in.
#[test]
fn a_stolen_cookie_lets_no_device_in() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let required = "401 reauthentication_required";
    alice.authenticator.reauthenticate(&mut alice.agent).ok();
    op.advance(1);
    let mut tv = Device::ask(&op);
    assert_eq!(decide(&mut alice, &tv.code, "approve").error(), required, "from before it asked");
    op.advance(1);
    alice.authenticator.reauthenticate(&mut alice.agent).ok();
    op.advance(61);
    assert_eq!(decide(&mut alice, &tv.code, "approve").error(), required, "a minute ago");
    assert_eq!(tv.exchange().error(), PENDING);
    approve(&mut alice, &tv.code).ok();
    let mut other = Device::ask(&op);
    assert_eq!(decide(&mut alice, &other.code, "approve").error(), required, "used up");
    assert_eq!(other.exchange().error(), PENDING);
}

#[test]
fn only_the_device_that_asked_is_signed_in() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let (mut tv, mut other) = (Device::ask(&op), Device::ask(&op));
    approve(&mut alice, &tv.code).ok();
    assert_eq!(exchange(&mut op.agent(), &tv.code).error(), EXPIRED);
    assert_eq!(exchange(&mut other.agent, &tv.code).error(), EXPIRED);
    let code = other.code.clone();
    assert_eq!(exchange(&mut tv.agent, &code).error(), EXPIRED);
    assert_eq!(exchange(&mut tv.agent, "nonsense").error(), EXPIRED);
    tv.exchange().ok();
    assert!(!other.agent.cookies.contains_key(SESSION));
}

#[test]
fn a_request_ends_after_five_minutes_allowed_or_not() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let (mut allowed, mut waiting) = (Device::ask(&op), Device::ask(&op));
    approve(&mut alice, &allowed.code).ok();
    op.advance(301);
    assert_eq!(allowed.exchange().error(), EXPIRED);
    assert_eq!(waiting.exchange().error(), EXPIRED);
    assert_eq!(approve(&mut alice, &waiting.code).error(), EXPIRED);
    let body = json!({ "code": waiting.code });
    assert_eq!(alice.agent.post(VERIFICATION, &body).error(), EXPIRED);
    op.clean_up();
    assert_eq!(op.count("device_logins"), 0);
}

#[test]
fn whoever_ends_their_sessions_keeps_devices_out_that_were_let_in() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let mut tv = Device::ask(&op);
    approve(&mut alice, &tv.code).ok();
    op.beside("session revoke --all alice").expect_success();
    assert_eq!(tv.exchange().error(), EXPIRED);

    let mut bob = op.person("bob");
    let mut tv = Device::ask(&op);
    approve(&mut bob, &tv.code).ok();
    op.execute("UPDATE users SET disabled = 1 WHERE username = 'bob'");
    assert_eq!(tv.exchange().error(), "403 user_disabled");
    assert!(!tv.agent.cookies.contains_key(SESSION));
}

#[test]
fn wrong_answers_are_refused_and_change_nothing() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let mut tv = Device::ask(&op);
    let mut post = |path: &str, body: Value| alice.agent.post(path, &body);
    assert_eq!(post(VERIFICATION, json!({})).error(), "400 validation_failed");
    assert_eq!(post(VERIFICATION, json!(["x"])).error(), "400 invalid_request_body");
    assert_eq!(post(VERIFICATION, json!({ "code": "P0000000" })).error(), EXPIRED);
    let both = post(DECISION, json!({ "decision": "maybe" })).json();
    let faults = json!([
        {"field": "code", "code": "required", "message": "is required"},
        {"field": "decision", "code": "oneof", "message": "is invalid"},
    ]);
    assert_eq!(both["details"]["fields"], faults);
    for path in [VERIFICATION, DECISION] {
        let body = json!({ "code": tv.code, "decision": "approve" });
        assert_eq!(op.agent().post(path, &body).error(), "401 not_signed_in");
        let mut program = op.agent().with_header("x-api-key", "key");
        assert_eq!(program.post(path, &body).error(), "403 api_key_auth_not_allowed");
        let mut evil = alice.agent.with_header("origin", "https://evil.example.com");
        assert_eq!(evil.json(Method::POST, path, &body).error(), "403 forbidden");
    }
    assert_eq!(tv.exchange().error(), PENDING);
}

/// A device that waits learns within seconds that it was let in.
#[test]
fn a_device_may_wait_for_its_answer() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let mut tv = Device::ask(&op);
    tv.agent.headers.retain(|(name, _)| *name != "prefer");
    let code = tv.code.clone();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| tv.exchange());
        std::thread::sleep(std::time::Duration::from_millis(300));
        approve(&mut alice, &code).ok();
        assert_eq!(waiting.join().unwrap().ok().json()["username"], "alice");
    });
}

/// A one-time code is there to register a passkey; a device that was let in has no reason to.
#[test]
fn a_device_that_was_let_in_adds_no_passkey_with_its_cookie_alone() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let mut tv = Device::ask(&op);
    op.advance(1);
    approve(&mut alice, &tv.code).ok();
    op.advance(1);
    tv.exchange().ok();

    let start = tv.agent.get("/api/webauthn/register/start");

    assert_eq!(start.error(), "401 reauthentication_required");
    let key = json!({ "name": "script", "expiresAt": "2099-01-01T00:00:00Z" });
    assert_eq!(tv.agent.post("/api/api-keys", &key).error(), "401 reauthentication_required");
}
