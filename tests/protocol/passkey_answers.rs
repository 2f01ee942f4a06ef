//! WebAuthn L3 §7.1 and §7.2: answers that authenticators, browsers and password managers give, and
//! refusals of such answers.

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD},
};
use serde_cbor_2::Value as Cbor;
use serde_json::{Value, json};

use crate::support::{
    agent::Answer,
    flow::Person,
    op::TestOp,
    soft_authenticator::{Attestation, SoftAuthenticator},
};

const REGISTER: &str = "/api/webauthn/register/finish";
const SIGN_IN: &str = "/api/webauthn/login/finish";

fn map<const N: usize>(members: [(&str, Cbor); N]) -> Cbor {
    Cbor::Map(members.map(|(name, value)| (Cbor::Text(name.into()), value)).into())
}

/// Registers a new passkey for a user, changed by the test before it is sent.
fn register(
    op: &TestOp,
    alice: &mut Person,
    prepare: impl FnOnce(&mut SoftAuthenticator),
    change: impl FnOnce(&mut Value),
) -> (SoftAuthenticator, Answer) {
    let mut passkey = SoftAuthenticator::new(op.base_url());
    prepare(&mut passkey);
    let options = alice.agent.get("/api/webauthn/register/start").ok().json();
    let mut answer = passkey.create(&options);
    change(&mut answer);
    let answer = alice.agent.post(REGISTER, &answer);
    (passkey, answer)
}

/// Signs in, with the answer changed by the test before it is sent.
fn sign_in(
    op: &TestOp,
    passkey: &mut SoftAuthenticator,
    change: impl FnOnce(&mut Value),
) -> Answer {
    let mut agent = op.agent();
    let options = agent.get("/api/webauthn/login/start").ok().json();
    let mut answer = passkey.assert(&options);
    change(&mut answer);
    agent.post(SIGN_IN, &answer)
}

/// We ask for none. Browsers, security keys and password managers send some all the same.
#[test]
fn an_attestation_that_nobody_asked_for_is_not_looked_at() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let bytes = |length| Cbor::Bytes(vec![3; length]);
    let certificates = || Cbor::Array(vec![bytes(300)]);
    let statements = [
        ("packed", map([("alg", Cbor::Integer(-7)), ("sig", bytes(70))])),
        ("packed", map([("alg", Cbor::Integer(-7)), ("sig", bytes(70)), ("x5c", certificates())])),
        ("fido-u2f", map([("sig", bytes(70)), ("x5c", certificates())])),
        (
            "tpm",
            map([
                ("ver", Cbor::Text("2.0".into())),
                ("certInfo", bytes(9)),
                ("x5c", certificates()),
            ]),
        ),
        ("apple", map([("x5c", certificates())])),
        ("android-safetynet", map([("ver", Cbor::Text("1".into())), ("response", bytes(9))])),
        ("compound", Cbor::Array(vec![Cbor::Null])),
        ("of-tomorrow", Cbor::Null),
        ("", map([])),
    ];
    for (format, statement) in statements {
        let attestation = Attestation { format, statement };
        let (mut passkey, answer) =
            register(&op, &mut alice, |passkey| passkey.attestation = attestation, |_| ());
        assert_eq!(answer.error(), "200 ", "{format}");
        passkey.sign_in(&mut op.agent()).ok();
    }
}

/// The statement is not looked at. Everything else is.
#[test]
fn a_statement_hides_nothing_that_is_wrong() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let before = op.count("passkeys");
    let statement = map([("alg", Cbor::Integer(-7)), ("sig", Cbor::Bytes(vec![3; 70]))]);
    type Lie = fn(&mut SoftAuthenticator);
    let lies: [Lie; 4] = [
        |passkey| passkey.rp_id = "evil.example.com".into(),
        |passkey| passkey.origin = "https://evil.example.com".into(),
        |passkey| passkey.user_verified = false,
        |passkey| passkey.client_data = json!({"type": "webauthn.get"}),
    ];
    for lie in lies {
        let lying = |passkey: &mut SoftAuthenticator| {
            passkey.attestation = Attestation { format: "packed", statement: statement.clone() };
            lie(passkey);
        };
        assert_eq!(register(&op, &mut alice, lying, |_| ()).1.status, 400);
    }
    assert_eq!(op.count("passkeys"), before);
}

/// WebAuthn L3 §7.1 step 25.
#[test]
fn a_credential_id_has_1_to_1023_bytes() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    for (length, status) in [(0, 400), (1, 200), (1_023, 200), (1_024, 400), (4_096, 400)] {
        let longer = |passkey: &mut SoftAuthenticator| passkey.credential_id = vec![9; length];
        let (mut passkey, answer) = register(&op, &mut alice, longer, |_| ());
        assert_eq!(answer.status, status, "{length}: {}", answer.text());
        assert_eq!(passkey.sign_in(&mut op.agent()).status == 200, status == 200, "{length}");
    }
    // The id that the browser tells is that of the credential.
    let other = |answer: &mut Value| answer["rawId"] = json!("AAAA");
    let (_, answer) = register(&op, &mut alice, |_| (), other);
    assert_eq!(answer.error(), "400 invalid_webauthn_response");
}

/// WebAuthn L3 §7.1 steps 10 and 11, and the same of §7.2. Our pages forbid frames.
#[test]
fn a_page_that_has_us_in_a_frame_gets_nothing() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let (ours, foreign) = (op.base_url(), "https://evil.example.com");
    for (client_data, is_good) in [
        (json!({"crossOrigin": null}), true),
        (json!({"topOrigin": ours}), true),
        (json!({"crossOrigin": true}), false),
        (json!({"crossOrigin": true, "topOrigin": foreign}), false),
        (json!({"crossOrigin": true, "topOrigin": ours}), false),
        (json!({"topOrigin": foreign}), false),
    ] {
        let (_, registered) =
            register(&op, &mut alice, |passkey| passkey.client_data = client_data.clone(), |_| ());
        alice.authenticator.client_data = client_data.clone();
        let signed_in = alice.authenticator.sign_in(&mut op.agent());
        let reauthenticated = alice.authenticator.reauthenticate(&mut alice.agent.clone());
        let expected = if is_good {
            ["200 ", "200 ", "204 "]
        } else {
            let failed = "401 webauthn_authentication_failed";
            ["400 invalid_webauthn_response", failed, failed]
        };
        let got = [registered.error(), signed_in.error(), reauthenticated.error()];
        assert_eq!(got, expected, "{client_data}");
    }
}

/// The signature proves the credential, and the credential has one owner.
#[test]
fn the_owner_is_known_without_a_user_handle_and_another_one_is_refused() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let bob = op.person("bob").id.to_string();
    let passkey = &mut alice.authenticator;
    let mut with = |handle: Option<Value>| {
        let answer = sign_in(&op, passkey, |answer| match handle {
            Some(handle) => answer["response"]["userHandle"] = handle,
            None => drop(answer["response"].as_object_mut().expect("members").remove("userHandle")),
        });
        answer.error()
    };
    for handle in [None, Some(Value::Null), Some(json!(""))] {
        assert_eq!(with(handle.clone()), "200 ", "{handle:?}");
    }
    for handle in [BASE64_URL_SAFE_NO_PAD.encode(&bob), "AAAA".into()] {
        assert_eq!(with(Some(json!(handle))), "401 webauthn_authentication_failed", "{handle}");
    }
}

#[test]
fn every_form_of_base64_is_read() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    for engine in [&BASE64_STANDARD, &BASE64_STANDARD_NO_PAD, &BASE64_URL_SAFE] {
        let change = |answer: &mut Value| {
            let again = |value: &mut Value| {
                let bytes = BASE64_URL_SAFE_NO_PAD.decode(value.as_str().expect("a text"));
                *value = json!(engine.encode(bytes.expect("base64url")));
            };
            again(&mut answer["rawId"]);
            let response = answer["response"].as_object_mut().expect("members");
            response
                .iter_mut()
                .filter(|(name, _)| *name != "transports")
                .for_each(|(_, v)| again(v));
        };
        let (mut passkey, answer) = register(&op, &mut alice, |_| (), change);
        answer.ok();
        sign_in(&op, &mut passkey, change).ok();
    }
}

#[test]
fn outputs_of_extensions_that_nobody_asked_for_are_passed_over() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    for outputs in [
        Value::Null,
        json!({}),
        json!([]),
        json!({"credProps": null, "prf": {"enabled": true}, "appid": "yes", "hmacGetSecret": 7}),
        json!({"credProps": {"rk": "yes"}, "credProtect": "userVerificationRequired", "minPinLength": {}}),
    ] {
        let change = |answer: &mut Value| answer["clientExtensionResults"] = outputs.clone();
        let (mut passkey, answer) = register(&op, &mut alice, |_| (), change);
        assert_eq!(answer.error(), "200 ", "{outputs}");
        assert_eq!(sign_in(&op, &mut passkey, change).error(), "200 ", "{outputs}");
    }
    for outputs in [
        map([("credProtect", Cbor::Integer(2)), ("hmac-secret", Cbor::Bool(true))]),
        map([("credProtect", Cbor::Text("of another type".into())), ("hmac-secret", Cbor::Null)]),
        map([("of-tomorrow", Cbor::Array(vec![Cbor::Float(0.5)]))]),
        map([]),
    ] {
        let prepare = |passkey: &mut SoftAuthenticator| passkey.extensions = Some(outputs.clone());
        let (mut passkey, answer) = register(&op, &mut alice, prepare, |_| ());
        assert_eq!(answer.error(), "200 ", "{outputs:?}");
        assert_eq!(passkey.sign_in(&mut op.agent()).error(), "200 ", "{outputs:?}");
    }
    // Requested extensions count: a passkey that cannot be found without a username is of no use.
    let change =
        |answer: &mut Value| answer["clientExtensionResults"]["credProps"]["rk"] = json!(false);
    let (_, answer) = register(&op, &mut alice, |_| (), change);
    assert_eq!(answer.error(), "400 invalid_webauthn_response");
}

/// WebAuthn L3 §5.8.4: values that we do not know are kept. `cable` is the old name of `hybrid`.
#[test]
fn the_ways_to_reach_an_authenticator_are_kept() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let change = |answer: &mut Value| {
        answer["response"]["transports"] =
            json!(["cable", "hybrid", "smart-card", "of-tomorrow", 7, "a,b"]);
    };
    let (_, answer) = register(&op, &mut alice, |_| (), change);
    assert_eq!(answer.ok().json()["transport"], json!(["hybrid", "smart-card", "of-tomorrow"]));

    let options = alice.agent.get("/api/webauthn/register/start").ok().json();
    let newest = options["excludeCredentials"].as_array().expect("a list").last().cloned();
    let newest = newest.expect("a passkey");
    assert_eq!(newest["transports"], json!(["hybrid", "smart-card", "of-tomorrow"]));
    for odd in [json!(null), json!("usb"), json!({})] {
        let (_, answer) =
            register(&op, &mut alice, |_| (), |answer| answer["response"]["transports"] = odd);
        assert_eq!(answer.ok().json()["transport"], json!([]));
    }
}

#[test]
fn what_cannot_be_read_is_told_with_its_reason_and_costs_no_ceremony() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let options = alice.agent.get("/api/webauthn/login/start").ok().json();
    let good = alice.authenticator.assert(&options);
    let broken = |change: fn(&mut Value)| {
        let mut answer = good.clone();
        change(&mut answer);
        answer
    };
    op.advance(61);
    for (answer, reason) in [
        (broken(|a| a["response"]["signature"] = json!("ä")), "base64"),
        (broken(|a| a["response"]["signature"] = Value::Null), "invalid type: null"),
        (broken(|a| a["response"]["clientDataJSON"] = json!("AAAA")), "clientDataJSON"),
        (broken(|a| a["response"]["authenticatorData"] = json!("AAAA")), "too short"),
        (broken(|a| a["type"] = json!("password")), "public-key"),
        (broken(|a| a["response"] = json!({})), "missing field `clientDataJSON`"),
    ] {
        for path in [SIGN_IN, "/api/webauthn/reauthenticate"] {
            let refused = alice.agent.post(path, &answer);
            assert_eq!(refused.error(), "400 invalid_webauthn_response", "{reason}");
            let told = refused.json()["details"]["reason"].as_str().expect("a reason").to_owned();
            assert!(told.contains(reason), "{told}");
        }
    }
    // No passkey was used: the application is told what to do.
    for nothing in [Value::Null, json!({})] {
        let refused = alice.agent.post("/api/webauthn/reauthenticate", &nothing);
        assert_eq!(refused.error(), "401 reauthentication_required");
    }
    let long = json!({"rawId": "AA", "type": "public-key", "response": "x".repeat(50_000)});
    assert!(alice.agent.post(SIGN_IN, &long).body.len() < 1_000);
    alice.agent.post(SIGN_IN, &good).ok();
}

#[test]
fn an_account_has_at_most_50_passkeys() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    for _ in 1..50 {
        register(&op, &mut alice, |_| (), |_| ()).1.ok();
    }
    assert_eq!(op.count("passkeys"), 50);

    let refused = alice.agent.get("/api/webauthn/register/start");
    assert_eq!(refused.error(), "409 too_many_passkeys");

    // A ceremony that began before the last one was registered ends the same.
    let listed = alice.agent.get("/api/webauthn/credentials").ok().json();
    let path = format!("/api/webauthn/credentials/{}", listed[1]["id"].as_str().expect("an id"));
    alice.agent.json(hyper::Method::DELETE, &path, &Value::Null).ok();
    let options = alice.agent.get("/api/webauthn/register/start").ok().json();
    register(&op, &mut alice, |_| (), |_| ()).1.ok();
    let late = SoftAuthenticator::new(op.base_url()).create(&options);
    assert_eq!(alice.agent.post(REGISTER, &late).error(), "409 too_many_passkeys");
    assert_eq!(op.count("passkeys"), 50);
}

/// The account may change between the beginning of a ceremony and its end.
#[test]
fn a_ceremony_ends_with_its_account() {
    let op = TestOp::start();
    let (mut alice, mut bob) = (op.person("alice"), op.person("bob"));
    let options = alice.agent.get("/api/webauthn/register/start").ok().json();
    let created = SoftAuthenticator::new(op.base_url()).create(&options);
    let options = alice.agent.get("/api/webauthn/login/start").ok().json();
    let asserted = alice.authenticator.assert(&options);
    let options = bob.agent.get("/api/webauthn/login/start").ok().json();
    let of_bob = bob.authenticator.assert(&options);

    op.change_user(alice.id, |user| user.disabled = true);
    assert_eq!(op.beside("user remove bob --yes").code, Some(0));
    let (sessions, passkeys) = (op.count("sessions"), op.count("passkeys"));

    assert_eq!(alice.agent.post(REGISTER, &created).error(), "403 user_disabled");
    assert_eq!(alice.agent.post(SIGN_IN, &asserted).error(), "403 user_disabled");
    assert_eq!(bob.agent.post(SIGN_IN, &of_bob).error(), "401 webauthn_authentication_failed");
    assert_eq!(op.count("sessions"), sessions);
    assert_eq!(op.count("passkeys"), passkeys);
}

/// By the model as Pocket ID has it, else by its transports, else by the system of the browser.
#[test]
fn a_new_passkey_has_a_name_that_its_owner_knows_it_by() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    let google = uuid::uuid!("ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4").into_bytes();
    alice.agent = alice.agent.with_header("user-agent", firefox);
    let mut name = |language: &str, aaguid: [u8; 16], transports: Value| {
        let agent = alice.agent.clone();
        alice.agent = agent.with_header("accept-language", language);
        let prepare = |passkey: &mut SoftAuthenticator| passkey.aaguid = aaguid;
        let change = |answer: &mut Value| answer["response"]["transports"] = transports;
        let (_, answer) = register(&op, &mut alice, prepare, change);
        alice.agent = agent;
        answer.ok().json()["name"].as_str().expect("a name").to_owned()
    };
    let unknown = [7; 16];
    assert_eq!(name("en", google, json!(["usb"])), "Google Password Manager Passkey");
    assert_eq!(name("en", unknown, json!(["usb", "nfc"])), "Security key");
    assert_eq!(name("en", unknown, json!(["internal", "hybrid"])), "Passkey from Firefox on Linux");
    assert_eq!(name("zh-CN", google, json!([])), "Google Password Manager 通行密钥");
    assert_eq!(name("zh-CN", unknown, json!(["usb"])), "安全密钥");
    assert_eq!(name("zh-CN", unknown, json!([])), "通行密钥（Linux 上的 Firefox）");

    // The language that the account chose counts more than that of the browser.
    op.change_user(alice.id, |user| user.locale = Some("zh-CN".into()));
    let (_, answer) = register(&op, &mut alice, |_| (), |_| ());
    assert!(answer.ok().json()["name"].as_str().expect("a name").contains("通行密钥"));
}
