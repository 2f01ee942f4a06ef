//! WebAuthn L3 §5.4 and §5.5: what the browser is asked, held to Pocket ID 2.14 member by member.

use serde_json::{Value, json};

use crate::support::{agent::Agent, op::TestOp, soft_authenticator::SoftAuthenticator};

/// A provider with this setting.
fn with(name: &str, value: &str) -> TestOp {
    let (no_limits, fixed) = (("DISABLE_RATE_LIMITING", "true"), ("UI_CONFIG_DISABLED", "true"));
    TestOp::with_settings(&[no_limits, fixed, (name, value)])
}

/// The options without their challenge, which is new each time.
fn options(agent: &mut Agent, path: &str) -> Value {
    let mut options = agent.get(path).ok().json();
    let challenge = options["challenge"].take();
    // 32 bytes.
    assert_eq!(challenge.as_str().expect("a text").len(), 43);
    options
}

/// Two members are ours: the algorithms that we can verify of the ten that Pocket ID names, and the
/// five minutes that WebAuthn L3 §15.1 recommends, where Pocket ID gives one.
#[test]
fn the_browser_is_asked_what_pocket_id_asks_and_nothing_else() {
    for verification in ["required", "preferred"] {
        let op = with("WEBAUTHN_USER_VERIFICATION", verification);
        let mut alice = op.person("alice");
        let passkey = json!(alice.authenticator.exported()["credentialId"]);
        let passkey = passkey.as_str().expect("base64").replace('+', "-").replace('/', "_");

        let mut asked = options(&mut alice.agent, "/api/webauthn/register/start");
        let handle = asked["user"]["id"].take();
        assert_eq!(handle.as_str().expect("a text").len(), 48, "the 36 letters of a UUID");
        assert_eq!(
            asked,
            json!({
                "rp": { "name": "Pocket ID", "id": "localhost" },
                "user": { "name": "alice", "displayName": "alice", "id": null },
                "challenge": null,
                "pubKeyCredParams": [
                    { "type": "public-key", "alg": -7 },
                    { "type": "public-key", "alg": -35 },
                    { "type": "public-key", "alg": -257 },
                ],
                "timeout": 300_000,
                "excludeCredentials": [{
                    "type": "public-key",
                    "id": passkey.trim_end_matches('='),
                    "transports": ["internal", "hybrid"],
                }],
                "authenticatorSelection": {
                    "requireResidentKey": true,
                    "residentKey": "required",
                    "userVerification": verification,
                },
                "extensions": { "credProps": true },
            })
        );
        assert_eq!(
            options(&mut op.agent(), "/api/webauthn/login/start"),
            json!({
                "challenge": null,
                "timeout": 300_000,
                "rpId": "localhost",
                "userVerification": verification,
            })
        );
    }
}

#[test]
fn the_attachment_is_named_when_it_is_not_any_and_no_list_is_empty() {
    for (setting, named) in [
        ("any", Value::Null),
        ("platform", json!("platform")),
        ("cross-platform", json!("cross-platform")),
    ] {
        let op = with("WEBAUTHN_AUTHENTICATOR_ATTACHMENT", setting);
        let user = op.user("alice");
        let code = op.one_time_code(user.id, 600);
        let mut agent = op.agent();
        agent.post(&format!("/api/one-time-access-token/{code}"), &Value::Null).ok();

        let asked = options(&mut agent, "/api/webauthn/register/start");

        assert_eq!(asked["authenticatorSelection"]["authenticatorAttachment"], named);
        assert!(asked.get("excludeCredentials").is_none(), "{asked}");
    }
}

#[test]
fn user_verification_is_asked_for_and_held_to_as_the_setting_says() {
    let op = with("WEBAUTHN_USER_VERIFICATION", "preferred");
    let mut alice = op.person("alice");
    let mut key = SoftAuthenticator::new(op.base_url());
    key.user_verified = false;
    key.register(&mut alice.agent).ok();
    key.sign_in(&mut op.agent()).ok();
    key.reauthenticate(&mut alice.agent).ok();
    // One that can and does not this time is let in as well, as it is by Pocket ID.
    alice.authenticator.user_verified = false;
    alice.authenticator.sign_in(&mut op.agent()).ok();

    let op = TestOp::start();
    let mut alice = op.person("alice");
    let error = "400 passkey_user_verification_required";
    let mut key = SoftAuthenticator::new(op.base_url());
    key.user_verified = false;
    assert_eq!(key.register(&mut alice.agent).error(), error);
    alice.authenticator.user_verified = false;
    assert_eq!(alice.authenticator.sign_in(&mut op.agent()).error(), error);
    assert_eq!(alice.authenticator.reauthenticate(&mut alice.agent).error(), error);
}
