//! RFC 8628: device authorization.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hyper::Method;
use pocketid::model::ClientType;
use serde_json::json;

use super::token_endpoint::at_once;
use crate::support::{
    agent::REAUTHENTICATION,
    device::{DeviceCodes, GRANT_TYPE},
    op::{TestClient, TestOp},
};

fn public(op: &TestOp) -> TestClient {
    let client =
        op.client_with("https://tv.example.com", |client| client.client_type = ClientType::Public);
    TestClient { secret: String::new(), ..client }
}

/// The rows that a refusal must not have left behind.
fn traces(op: &TestOp) -> [i64; 4] {
    ["grants", "access_tokens", "refresh_tokens", "consents"].map(|table| op.count(table))
}

/// §3.2: what the device gets.
#[test]
fn a_device_gets_a_code_to_wait_with_and_one_to_show() {
    let op = TestOp::start();
    for client in [op.client(), public(&op)] {
        let answer = op.ask_for_device_code(&client, &[("scope", "openid unknown")]).ok();
        assert_eq!(answer.header("cache-control"), "no-store");
        let json = answer.json();
        let (device_code, user_code) = (&json["device_code"], json["user_code"].as_str().unwrap());
        assert!(device_code.as_str().unwrap().starts_with("pocket_id_dc_"));
        assert_eq!((user_code.len(), &user_code[..1]), (8, "E"));
        let uri = format!("{}/device", op.base_url());
        assert_eq!(json["verification_uri"], uri);
        assert_eq!(json["verification_uri_complete"], format!("{uri}?user_code={user_code}"));
        assert_eq!((&json["expires_in"], &json["interval"]), (&json!(900), &json!(5)));
        let stored = op.texts("SELECT scope FROM device_codes ORDER BY id DESC LIMIT 1");
        assert_eq!(stored, ["openid"]);
    }
}

/// RFC 8414 §2 and RFC 8628 §4.
#[test]
fn the_metadata_names_the_endpoint_and_the_grant_type() {
    let op = TestOp::start();
    let metadata = op.agent().get("/.well-known/oauth-authorization-server").ok().json();
    let endpoint = format!("{}/api/oidc/device/authorize", op.base_url());
    assert_eq!(metadata["device_authorization_endpoint"], endpoint);
    assert!(metadata["grant_types_supported"].as_array().unwrap().contains(&json!(GRANT_TYPE)));
}

/// §3.1: clients authenticate as at the token endpoint.
#[test]
fn a_malformed_device_authorization_request_is_refused_and_leaves_nothing() {
    let op = TestOp::start();
    let (client, tv) = (op.client(), public(&op));
    let (id, secret, tv) = (client.id.as_str(), client.secret.as_str(), tv.id.as_str());
    let (long, huge) = ("x".repeat(2_000), "x".repeat(20_000));
    for (fields, error) in [
        (&[][..], "401 invalid_client"),
        (&[("client_id", "")], "401 invalid_client"),
        (&[("client_id", id)], "401 invalid_client"),
        (&[("client_id", id), ("client_secret", "wrong")], "401 invalid_client"),
        (&[("client_id", id), ("client_secret", &long)], "401 invalid_client"),
        (&[("client_id", "unknown"), ("client_secret", secret)], "401 invalid_client"),
        (&[("client_id", tv), ("client_secret", secret)], "401 invalid_client"),
        (&[("client_id", tv), ("client_id", tv)], "400 invalid_request"),
        (&[("client_id", tv), ("scope", "openid"), ("scope", "email")], "400 invalid_request"),
        (&[("client_id", tv), ("scope", "a\0b")], "400 invalid_request"),
        (&[("client_id", tv), ("scope", &huge)], "400 invalid_request"),
    ] {
        let answer = op.agent().post_form("/api/oidc/device/authorize", fields);
        assert_eq!(answer.error(), error, "{fields:?}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{secret}")));
    let mut agent = op.agent().with_header("authorization", &basic);
    let both = agent.post_form("/api/oidc/device/authorize", &[("client_secret", "another")]);
    assert_eq!(both.error(), "400 invalid_request");
    let wrong = format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:wrong")));
    let refused = op
        .agent()
        .with_header("authorization", &wrong)
        .post_form("/api/oidc/device/authorize", &[]);
    assert!(refused.header("www-authenticate").starts_with("Basic "));
    let json = op.agent().post("/api/oidc/device/authorize", &json!({ "client_id": tv }));
    assert_eq!(json.error(), "400 invalid_request");
    assert_eq!(op.agent().get("/api/oidc/device/authorize").status, 404);
    assert_eq!(op.count("device_codes"), 0);

    agent.post_form("/api/oidc/device/authorize", &[("scope", "openid")]).ok();
}

/// §3.4 and §3.5: the way of a device, from its code to its tokens.
#[test]
fn a_device_that_was_let_in_gets_its_tokens() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    for client in [op.client(), public(&op)] {
        let codes = op.device_authorization(&client, "openid email offline_access");
        assert_eq!(op.poll(&client, &codes).error(), "400 authorization_pending");

        let info = format!("/api/oidc/device/info?code={}", codes.user_code.to_lowercase());
        let info = alice.agent.get(&info).ok().json();
        assert_eq!(info["scope"], json!(["openid", "email", "offline_access"]));
        assert_eq!(info["client"]["id"], client.id);
        assert_eq!(info["authorizationRequired"], true);
        assert_eq!(alice.verify_device(&codes.user_code).ok().status, 204);

        let answer = op.poll(&client, &codes).ok();
        assert_eq!(answer.header("cache-control"), "no-store");
        let tokens = answer.json();
        assert!(tokens["id_token"].is_string());
        assert_eq!(tokens["scope"], "openid email offline_access");
        let claims = op.userinfo(tokens["access_token"].as_str().unwrap()).ok().json();
        assert_eq!(claims["email"], "alice@example.com");
    }
    let events: Vec<_> =
        op.audit_kinds().into_iter().filter(|kind| kind.contains("DEVICE")).collect();
    assert_eq!(events, ["NEW_DEVICE_CODE_AUTHORIZATION"; 2]);
    let codes = op.device_authorization(&public(&op), "openid");
    alice.verify_device(&codes.user_code).ok();
    assert_eq!(op.count("consents"), 3);
}

#[test]
fn what_was_allowed_before_is_another_event_and_is_asked_all_the_same() {
    let op = TestOp::start();
    let client = op.client_with("https://tv.example.com", |client| client.skips_consent = true);
    let mut alice = op.person("alice");
    for _ in 0..2 {
        let codes = op.device_authorization(&client, "openid");
        assert_eq!(op.poll(&client, &codes).error(), "400 authorization_pending");
        alice.verify_device(&codes.user_code).ok();
        op.advance(1);
    }
    let events: Vec<_> =
        op.audit_kinds().into_iter().filter(|kind| kind.contains("DEVICE")).collect();
    assert_eq!(events, ["NEW_DEVICE_CODE_AUTHORIZATION", "DEVICE_CODE_AUTHORIZATION"]);
}

/// §3.5: `slow_down` adds five seconds to this and every later pause.
#[test]
fn a_device_that_polls_too_often_is_slowed_down() {
    let op = TestOp::start();
    op.stop_clock();
    let client = public(&op);
    let codes = op.device_authorization(&client, "openid");
    let poll_after = |seconds| {
        op.advance(seconds);
        op.poll(&client, &codes).error()
    };
    assert_eq!(poll_after(0), "400 authorization_pending");
    assert_eq!(poll_after(5), "400 authorization_pending");
    assert_eq!(poll_after(4), "400 slow_down");
    assert_eq!(poll_after(9), "400 slow_down");
    assert_eq!(poll_after(15), "400 authorization_pending");
    assert_eq!(op.number("SELECT interval_seconds FROM device_codes"), 15);

    // An approved device does not have to wait.
    assert_eq!(op.poll(&client, &codes).error(), "400 slow_down");
    op.person("alice").verify_device(&codes.user_code).ok();
    op.poll(&client, &codes).ok();
}

/// §3.5: the device learns that its user refused.
#[test]
fn a_device_that_was_refused_learns_it() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let codes = op.device_authorization(&client, "openid");

    assert_eq!(alice.deny_device(&codes.user_code).ok().status, 204);

    for _ in 0..2 {
        assert_eq!(op.poll(&client, &codes).error(), "400 access_denied");
    }
    for again in [alice.verify_device(&codes.user_code), alice.deny_device(&codes.user_code)] {
        assert_eq!(again.error(), "400 oidc_invalid_device_code");
    }
    assert_eq!(traces(&op), [0; 4]);
}

/// §3.5: `expired_token`; a code is of no use after its time.
#[test]
fn codes_end_after_fifteen_minutes() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let (late, waiting) =
        (op.device_authorization(&client, "openid"), op.device_authorization(&client, "openid"));
    alice.verify_device(&waiting.user_code).ok();
    op.advance(901);
    alice.authenticator.sign_in(&mut alice.agent).ok();

    assert_eq!(alice.verify_device(&late.user_code).error(), "400 oidc_device_code_expired");
    assert_eq!(alice.deny_device(&late.user_code).error(), "400 oidc_device_code_expired");
    for codes in [&late, &waiting] {
        assert_eq!(op.poll(&client, codes).error(), "400 expired_token");
    }
    assert_eq!((op.count("access_tokens"), op.count("refresh_tokens")), (0, 0));
}

/// RFC 6749 §5.2; RFC 8628 §3.4: a code is its client's own.
#[test]
fn a_device_code_is_of_no_use_to_anybody_else() {
    let op = TestOp::start();
    let (client, other) = (op.client(), op.client());
    let mut alice = op.person("alice");
    let codes = op.device_authorization(&client, "openid");
    let with = |device_code: &str| DeviceCodes { device_code: device_code.into(), ..codes.clone() };
    assert_eq!(op.poll(&other, &codes).error(), "400 invalid_grant");
    alice.verify_device(&codes.user_code).ok();
    let altered = codes.device_code.replace("pocket_id_dc_", "pocket_id_rt_");
    let mut forged = codes.device_code.clone();
    let last = if forged.pop() == Some('A') { 'B' } else { 'A' };
    forged.push(last);
    for wrong in ["x", "pocket_id_dc_", &altered, &forged, &codes.user_code, &"x".repeat(5_000)] {
        assert_eq!(op.poll(&client, &with(wrong)).error(), "400 invalid_grant", "{wrong}");
    }
    assert_eq!(op.poll(&client, &with("")).error(), "400 invalid_request");
    assert_eq!(op.poll(&other, &codes).error(), "400 invalid_grant");
    // A code of one kind is none of another.
    assert_eq!(op.refresh(&client, &codes.device_code).error(), "400 invalid_grant");
    assert_eq!(op.redeem(&client, &codes.device_code).error(), "400 invalid_grant");
    assert_eq!((op.count("access_tokens"), op.count("refresh_tokens")), (0, 0));
    op.poll(&client, &codes).ok();
}

/// RFC 6749 §10.5, as for authorization codes: a code that is used twice has been stolen.
#[test]
fn a_device_code_is_good_once_and_its_replay_revokes_what_it_bought() {
    let op = TestOp::start();
    let (client, other) = (op.client(), op.client());
    let codes = op.device_authorization(&client, "openid");
    op.person("alice").verify_device(&codes.user_code).ok();
    let tokens = op.poll(&client, &codes).ok().json();
    let access_token = tokens["access_token"].as_str().unwrap();

    assert_eq!(op.poll(&other, &codes).error(), "400 invalid_grant");
    assert_eq!(op.userinfo(access_token).status, 200);
    assert_eq!(op.poll(&client, &codes).error(), "400 invalid_grant");
    assert_eq!(op.userinfo(access_token).status, 401);
    assert!(op.audit_kinds().contains(&"REPLAY_DETECTED".to_owned()));
}

#[test]
fn a_device_code_presented_many_times_at_once_is_redeemed_once() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    for _ in 0..10 {
        let codes = op.device_authorization(&client, "openid");
        alice.verify_device(&codes.user_code).ok();
        assert_eq!(at_once(|| op.poll(&client, &codes).status == 200), 1);
    }
}

#[test]
fn a_user_code_is_answered_once_whatever_is_sent_at_once() {
    let op = TestOp::start();
    let client = op.client();
    let alice = op.person("alice");
    let codes = op.device_authorization(&client, "openid");
    let path = format!("/api/oidc/device/verify?code={}", codes.user_code);
    assert_eq!(at_once(|| alice.agent.clone().post(&path, &json!({})).status == 204), 1);
    assert_eq!(op.count("grants"), 1);
}

/// §3.3: only a signed-in user, on our own pages, answers.
#[test]
fn nobody_answers_for_somebody_else() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let codes = op.device_authorization(&client, "openid");
    let path = |verb: &str| format!("/api/oidc/device/{verb}?code={}", codes.user_code);
    let page = format!("/device?user_code={}", codes.user_code);

    for verb in ["verify", "deny"] {
        assert_eq!(op.agent().post(&path(verb), &json!({})).error(), "401 not_signed_in");
        let mut elsewhere = alice.agent.with_header("origin", "https://evil.example.com");
        assert_eq!(elsewhere.post(&path(verb), &json!({})).error(), "403 forbidden");
        assert_eq!(alice.agent.get(&path(verb)).status, 404);
    }
    assert_eq!(op.agent().get(&path("info")).error(), "401 not_signed_in");
    let login = format!("/login?redirect=%2Fdevice%3Fuser_code%3D{}", codes.user_code);
    assert_eq!(op.agent().get(&page).location(), login);
    op.change_user(alice.id, |user| user.disabled = true);
    assert_eq!(alice.verify_device(&codes.user_code).error(), "403 user_disabled");
    assert_eq!(alice.agent.get(&page).location(), login);

    assert_eq!(op.poll(&client, &codes).error(), "400 authorization_pending");
    assert_eq!(traces(&op), [0; 4]);
}

#[test]
fn a_malformed_user_code_is_refused_and_leaves_nothing() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    op.device_authorization(&op.client(), "openid");
    let long = "E".repeat(5_000);
    for (query, error) in [
        ("", "400 validation_failed"),
        ("?code=", "400 validation_failed"),
        ("?code=E0000000&code=E0000000", "400 validation_failed"),
        ("?code=%ff", "400 validation_failed"),
        ("?code=E0000000", "400 oidc_invalid_device_code"),
        ("?code=P0000000", "400 oidc_invalid_device_code"),
        ("?code=%27", "400 oidc_invalid_device_code"),
        (&format!("?code={long}"), "400 oidc_invalid_device_code"),
    ] {
        for (method, verb) in
            [(Method::POST, "verify"), (Method::POST, "deny"), (Method::GET, "info")]
        {
            let path = format!("/api/oidc/device/{verb}{query}");
            assert_eq!(alice.agent.json(method, &path, &json!({})).error(), error, "{path}");
        }
        let page = query.replace("code=", "user_code=");
        assert_eq!(alice.agent.get(&format!("/device{page}")).status, 200, "{page}");
    }
    assert_eq!(traces(&op), [0; 4]);
}

#[test]
fn whoever_may_not_use_a_client_lets_no_device_in_for_it() {
    let op = TestOp::start();
    let client = op.client_with("https://tv.example.com", |c| c.is_group_restricted = true);
    let (mut alice, mut bob) = (op.person("alice"), op.person("bob"));
    let group = op.group("family", &[alice.id]);
    op.allow_group(&client, group);
    let codes = op.device_authorization(&client, "openid");

    assert_eq!(bob.verify_device(&codes.user_code).error(), "403 oidc_access_denied");
    let page = format!("/device?user_code={}", codes.user_code);
    assert_eq!(bob.agent.get(&page).status, 403);
    assert_eq!(bob.agent.with_header("sec-purpose", "prefetch").get(&page).status, 403);
    assert_eq!(traces(&op), [0; 4]);
    let told = op.audit_kinds();
    let refused = told.iter().filter(|kind| *kind == "DEVICE_CODE_AUTHORIZATION_REFUSED").count();
    assert_eq!(refused, 2, "by the API and by the page, and not ahead of a click");
    assert!(!told.iter().any(|kind| kind.ends_with("DEVICE_CODE_AUTHORIZATION")), "{told:?}");
    alice.verify_device(&codes.user_code).ok();
    op.execute("DELETE FROM group_members");
    assert_eq!(op.poll(&client, &codes).error(), "400 invalid_grant");
    assert_eq!(op.count("access_tokens"), 0);
}

#[test]
fn a_device_gets_nothing_for_somebody_who_was_disabled_meanwhile() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let codes = op.device_authorization(&client, "openid");
    alice.verify_device(&codes.user_code).ok();

    op.change_user(alice.id, |user| user.disabled = true);
    assert_eq!(op.poll(&client, &codes).error(), "400 invalid_grant");
    assert_eq!(op.count("access_tokens"), 0);
    op.execute("DELETE FROM users");
    assert_eq!(op.poll(&client, &codes).error(), "400 invalid_grant");
}

#[test]
fn a_client_that_wants_the_passkey_used_gets_it_for_a_device_too() {
    let op = TestOp::start();
    let client = op.client_with("https://tv.example.com", |c| c.requires_reauthentication = true);
    let mut alice = op.person("alice");
    alice.authenticator.reauthenticate(&mut alice.agent).ok();
    op.advance(2);
    let codes = op.device_authorization(&client, "openid");

    // A proof from before the device asked is none.
    assert_eq!(alice.verify_device(&codes.user_code).error(), "401 reauthentication_required");
    alice.agent.cookies.remove(REAUTHENTICATION);
    assert_eq!(alice.verify_device(&codes.user_code).error(), "401 reauthentication_required");
    assert_eq!(traces(&op), [0; 4]);
    op.advance(2);
    alice.authenticator.reauthenticate(&mut alice.agent).ok();
    alice.verify_device(&codes.user_code).ok();
    op.poll(&client, &codes).ok();
    let (later, asked) =
        (op.number("SELECT auth_time FROM grants"), op.number("SELECT requested_at FROM grants"));
    assert!(later > asked);
}

/// The tokens of a device may outlive the session: a stolen cookie must not be enough.
#[test]
fn five_minutes_after_the_sign_in_a_device_is_let_in_with_a_passkey_only() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    op.advance(301);
    let codes = op.device_authorization(&client, "openid offline_access");
    let mut thief = alice.agent.clone();
    let info = format!("/api/oidc/device/info?code={}", codes.user_code);
    assert_eq!(thief.get(&info).ok().json()["reauthenticationRequired"], true);

    alice.authenticator.reauthenticate(&mut alice.agent).ok();

    let path = format!("/api/oidc/device/verify?code={}", codes.user_code);
    assert_eq!(thief.post(&path, &json!({})).error(), "401 reauthentication_required");
    assert_eq!(traces(&op), [0; 4]);
    alice.verify_device(&codes.user_code).ok();
    op.poll(&client, &codes).ok();
}

/// A refusal leaves a row in the audit log, and so it is counted as an authorization is.
#[test]
fn a_link_on_another_site_uses_up_none_of_the_guesses_of_a_user() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let linked = alice.agent.clone().with_header("sec-fetch-site", "cross-site");
    let mut linked = linked.with_header("sec-fetch-mode", "navigate");
    for _ in 0..30 {
        let page = linked.get("/device?user_code=E0000000").ok().text();
        assert!(page.contains("value=\"E0000000\""), "the form has the code: {page}");
    }
    assert_eq!(alice.agent.get("/device?user_code=E0000000").status, 200);
}

#[test]
fn refusals_at_the_device_page_cannot_fill_the_audit_log() {
    let op = TestOp::with_settings(&[]);
    let client = op.client_with("https://tv.example.com", |c| c.is_group_restricted = true);
    let mut alice = op.person("alice");
    let codes = op.device_authorization(&client, "openid");
    let page = format!("/device?user_code={}", codes.user_code);
    assert_eq!(alice.verify_device(&codes.user_code).status, 403);
    let path = client.authorize_path(&[]);
    // The limit of the user is reached, and not that of the address.
    let mut asked = (0..400).map(|_| {
        op.advance(1);
        alice.agent.get(&path).status
    });
    assert!(asked.any(|status| status == 429));
    let before = op.count("audit_events");

    assert_eq!(alice.verify_device(&codes.user_code).status, 429);
    assert_eq!(alice.agent.get(&page).status, 429);

    assert_eq!(op.count("audit_events"), before);
}

/// §5.1: user codes are short, so that guessing has to be slow.
#[test]
fn user_codes_cannot_be_tried_one_after_the_other() {
    let op = TestOp::with_settings(&[]);
    let mut alice = op.person("alice");
    for _ in 0..5 {
        assert_eq!(alice.agent.get("/device?user_code=E0000000").status, 200);
        assert_eq!(alice.verify_device("E0000000").error(), "400 oidc_invalid_device_code");
    }
    assert_eq!(alice.agent.get("/device?user_code=E0000000").status, 429);
    for answer in [alice.verify_device("E0000000"), alice.deny_device("E0000000")] {
        assert_eq!(answer.error(), "429 rate_limited");
    }
    assert_eq!(alice.agent.get("/device").status, 200);
}

#[test]
fn a_device_code_ends_with_its_client() {
    let op = TestOp::start();
    let client = op.client();
    op.device_authorization(&client, "openid");
    op.execute("DELETE FROM clients");
    assert_eq!(op.count("device_codes"), 0);
}
