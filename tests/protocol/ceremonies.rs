//! WebAuthn L3 §7: registering and using passkeys, and refusals.

use serde_json::{Value, json};

use super::token_endpoint::at_once;
use crate::support::{
    agent::{Agent, CEREMONY, SESSION},
    op::TestOp,
    soft_authenticator::SoftAuthenticator,
};

/// A fault of an authenticator, or of an attacker in between.
type Lie = fn(&mut SoftAuthenticator);

const FAILED: &str = "401 webauthn_authentication_failed";

/// Every lie that an authenticator or an attacker in between can tell.
#[test]
fn an_assertion_that_lies_signs_nobody_in() {
    let op = TestOp::start();
    let bob = op.person("bob");
    let lies: [(&str, Lie); 6] = [
        (FAILED, |passkey| passkey.origin = "https://evil.example.com".into()),
        (FAILED, |passkey| passkey.origin = "http://localhost:1".into()),
        (FAILED, |passkey| passkey.rp_id = "evil.example.com".into()),
        ("400 passkey_user_verification_required", |passkey| passkey.user_verified = false),
        (FAILED, |passkey| passkey.user_handle = b"somebody else".to_vec()),
        (FAILED, |passkey| passkey.credential_id = vec![7; 20]),
    ];
    for (index, (error, lie)) in lies.into_iter().enumerate() {
        let mut mallory = op.person(&format!("mallory{index}"));
        lie(&mut mallory.authenticator);
        let mut agent = op.agent();
        assert_eq!(mallory.authenticator.sign_in(&mut agent).error(), error, "{index}");
        assert!(!agent.cookies.contains_key(SESSION), "{index}");
    }
    // Mallory's signature under Bob's name, and a broken signature.
    let mut mallory = op.person("mallory");
    mallory.authenticator.user_handle = bob.id.to_string().into_bytes();
    assert_eq!(mallory.authenticator.sign_in(&mut op.agent()).error(), FAILED);
    let mut agent = op.agent();
    let mut honest = op.person("honest").authenticator;
    let options = agent.get("/api/webauthn/login/start").ok().json();
    let mut response = honest.assert(&options);
    response["response"]["signature"] = json!("MEUCIQDx");
    assert_eq!(agent.post("/api/webauthn/login/finish", &response).error(), FAILED);
}

/// Each ceremony is finished once, within its time, in the browser and for the purpose it began with.
#[test]
fn a_ceremony_is_good_once_in_its_time_and_for_its_purpose() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let (finish, sessions) = ("/api/webauthn/login/finish", op.count("sessions"));
    let expired = "400 invalid_webauthn_session";

    let mut agent = op.agent();
    let options = agent.get("/api/webauthn/login/start").ok().json();
    let ceremony = agent.cookies[CEREMONY].clone();
    let response = alice.authenticator.assert(&options);
    agent.post(finish, &response).ok();
    agent.cookies.insert(CEREMONY.into(), ceremony.clone());
    assert_eq!(agent.post(finish, &response).error(), expired, "replayed");

    let options = agent.get("/api/webauthn/login/start").ok().json();
    let response = alice.authenticator.assert(&options);
    assert_eq!(op.agent().post(finish, &response).error(), "400 missing_session_id");
    let mut other = op.agent();
    other.get("/api/webauthn/login/start").ok();
    assert_eq!(other.post(finish, &response).error(), expired, "another browser's challenge");
    let mut tampered = agent.clone();
    tampered.cookies.insert(CEREMONY.into(), ceremony.replace(&ceremony[60..], "AAAA"));
    assert_eq!(tampered.post(finish, &response).error(), expired);
    op.advance(301);
    assert_eq!(agent.post(finish, &response).error(), expired, "too late");

    let mut alice = op.person("alice2");
    alice.agent.get("/api/webauthn/register/start").ok();
    assert_eq!(alice.agent.post(finish, &response).error(), expired, "begun to register");
    assert_eq!(op.count("sessions"), sessions + 1 + 2);
}

/// Two tabs of one browser: each finishes its own ceremony, whatever became of the other.
#[test]
fn ceremonies_of_two_tabs_do_not_disturb_each_other() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let mut agent = op.agent();
    let start = |agent: &mut Agent| agent.get("/api/webauthn/login/start").ok().json();
    let finish = "/api/webauthn/login/finish";
    let (first, second, third) = (start(&mut agent), start(&mut agent), start(&mut agent));

    let answer = alice.authenticator.assert(&second);
    let mut broken = alice.authenticator.assert(&first);
    broken["response"]["signature"] = json!("AAAA");
    assert_eq!(agent.post(finish, &broken).error(), FAILED);
    agent.post(finish, &answer).ok();
    assert_eq!(agent.post(finish, &answer).error(), "400 invalid_webauthn_session", "used");
    let registering = agent.get("/api/webauthn/register/start").ok().json();
    let answer = alice.authenticator.assert(&third);
    agent.post(finish, &answer).ok();

    let mut second = SoftAuthenticator::new(op.base_url());
    let answer = second.create(&registering);
    agent.post("/api/webauthn/register/finish", &answer).ok();
}

#[test]
fn a_browser_has_a_few_ceremonies_open_and_the_oldest_give_way() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let (mut agent, before) = (op.agent(), op.count("ceremonies"));
    let options: Vec<_> = (0..20)
        .map(|_| {
            op.advance(1);
            agent.get("/api/webauthn/login/start").ok().json()
        })
        .collect();

    assert_eq!(op.count("ceremonies") - before, 8);
    let mut finish = |options: &Value| {
        let answer = alice.authenticator.assert(options);
        agent.post("/api/webauthn/login/finish", &answer).error()
    };
    assert_eq!(finish(&options[11]), "400 invalid_webauthn_session");
    assert_eq!(finish(&options[12]), "200 ");
    assert_eq!(finish(&options[19]), "200 ");
}

#[test]
fn an_assertion_posted_many_times_at_once_signs_in_once() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    for _ in 0..10 {
        let mut agent = op.agent();
        let options = agent.get("/api/webauthn/login/start").ok().json();
        let response = alice.authenticator.assert(&options);
        let attempt = || agent.clone().post("/api/webauthn/login/finish", &response).status == 200;
        assert_eq!(at_once(attempt), 1);
    }
}

#[test]
fn registering_takes_a_session_of_ones_own_and_a_new_credential() {
    let op = TestOp::start();
    let (mut alice, mut bob) = (op.person("alice"), op.person("bob"));
    assert_eq!(op.agent().get("/api/webauthn/register/start").error(), "401 not_signed_in");
    let finish = "/api/webauthn/register/finish";

    let options = alice.agent.get("/api/webauthn/register/start").ok().json();
    assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(options["excludeCredentials"].as_array().unwrap().len(), 1);
    let mut second = SoftAuthenticator::new(op.base_url());
    let response = second.create(&options);
    bob.agent.cookies.insert(CEREMONY.into(), alice.agent.cookies[CEREMONY].clone());
    assert_eq!(bob.agent.post(finish, &response).error(), "400 invalid_webauthn_session");

    // The credential that Alice has already, registered once more by Bob.
    let passkeys = op.count("passkeys");
    let again = alice.authenticator.register(&mut bob.agent);
    assert_eq!(again.error(), "400 invalid_webauthn_response");
    second.user_verified = false;
    let unverified = second.register(&mut alice.agent);
    assert_eq!(unverified.error(), "400 passkey_user_verification_required");
    second.user_verified = true;
    second.origin = "https://evil.example.com".into();
    assert_eq!(second.register(&mut alice.agent).error(), "400 invalid_webauthn_response");
    assert_eq!(op.count("passkeys"), passkeys);

    second.origin = op.base_url().to_owned();
    second.register(&mut alice.agent).ok();
    second.sign_in(&mut op.agent()).ok();
}

#[test]
fn what_is_no_ceremony_answer_is_refused() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    for (path, body, error) in [
        ("/api/webauthn/login/finish", json!({}), "400 invalid_webauthn_response"),
        ("/api/webauthn/login/finish", json!([1, 2]), "400 invalid_webauthn_response"),
        ("/api/webauthn/register/finish", json!({"id": 1}), "400 invalid_webauthn_response"),
        ("/api/webauthn/login/finish", json!("x".repeat(70_000)), "413 file_too_large"),
    ] {
        assert_eq!(alice.agent.post(path, &body).error(), error, "{path}");
    }
}

/// Password managers change these as they learn; that must not lock a user out.
#[test]
fn a_changed_backup_flag_and_a_counter_that_went_back_lock_nobody_out() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    alice.authenticator.counter = 9;
    alice.authenticator.sign_in(&mut op.agent()).ok();

    alice.authenticator.counter = 3;
    alice.authenticator.backup_eligible = false;
    alice.authenticator.sign_in(&mut op.agent()).ok();

    let passkeys = alice.agent.get("/api/webauthn/credentials").ok().json();
    assert_eq!(passkeys[0]["backupEligible"], false);
    assert!(passkeys[0]["lastUsedAt"].is_string());
}

/// Pocket ID stored the text of the user's id in authenticators; others store its 16 bytes.
#[test]
fn both_forms_of_the_user_handle_are_understood() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    assert_eq!(alice.authenticator.user_handle, alice.id.to_string().into_bytes());
    alice.authenticator.user_handle = alice.id.0.as_bytes().to_vec();
    alice.authenticator.sign_in(&mut op.agent()).ok();
}

#[test]
fn a_disabled_user_is_signed_in_nowhere_and_cannot_sign_in() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    op.change_user(alice.id, |user| user.disabled = true);
    assert_eq!(alice.agent.get("/api/users/me").error(), "403 user_disabled");
    assert_eq!(alice.authenticator.sign_in(&mut op.agent()).error(), "403 user_disabled");

    let code = op.one_time_code(alice.id, 600);
    let path = format!("/api/one-time-access-token/{code}");
    assert_eq!(op.agent().post(&path, &Value::Null).error(), "403 user_disabled");
    op.change_user(alice.id, |user| user.disabled = false);
    op.agent().post(&path, &Value::Null).ok();
}

#[test]
fn passkeys_are_named_renamed_and_removed_by_their_owner_only() {
    let op = TestOp::start();
    let (mut alice, mut bob) = (op.person("alice"), op.person("bob"));
    let mut yubikey = SoftAuthenticator::new(op.base_url());
    yubikey.aaguid = *uuid::uuid!("ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4").as_bytes();
    let passkey = yubikey.register(&mut alice.agent).ok().json();
    assert_eq!(passkey["name"], "Google Password Manager Passkey");
    let path = format!("/api/webauthn/credentials/{}", passkey["id"].as_str().unwrap());
    let (patch, delete) = (hyper::Method::PATCH, hyper::Method::DELETE);

    let stolen = bob.agent.json(patch.clone(), &path, &json!({"name": "mine"}));
    assert_eq!(stolen.error(), "404 not_found");
    assert_eq!(bob.agent.json(delete.clone(), &path, &Value::Null).error(), "404 not_found");
    for name in ["", "  ", &"x".repeat(51), "a\u{202e}b"] {
        let answer = alice.agent.json(patch.clone(), &path, &json!({"name": name}));
        assert_eq!(answer.error(), "400 validation_failed", "{name}");
    }
    let renamed = alice.agent.json(patch, &path, &json!({"name": "Key ring"})).ok().json();
    assert_eq!(renamed["name"], "Key ring");
    assert_eq!(alice.agent.json(delete.clone(), &path, &Value::Null).status, 204);
    assert_eq!(alice.agent.json(delete, &path, &Value::Null).error(), "404 not_found");
    assert_eq!(yubikey.sign_in(&mut op.agent()).error(), FAILED);
    assert!(op.audit_kinds().contains(&"PASSKEY_REMOVED".to_owned()));
}
