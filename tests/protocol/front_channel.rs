//! Requests that a browser sends by itself, and the questions to a user on the way to an application.

use bytes::Bytes;
use hyper::Method;
use serde_json::json;

use super::signup::{invitation, invited};
use crate::support::{
    agent::Agent,
    flow::interaction_id,
    op::{TestClient, TestOp},
};

/// The rows that an authorization leaves behind.
const TRACES: [&str; 4] = ["interactions", "grants", "authorization_codes", "consents"];

fn traces(op: &TestOp) -> [i64; 4] {
    TRACES.map(|table| op.count(table))
}

/// The requests that a browser or program sends without a decision of its user.
fn ahead_of_a_click(agent: &Agent, path: &str) -> Vec<u16> {
    let head = agent.clone().send(Method::HEAD, path, None, Bytes::new());
    assert!(head.location().is_empty(), "{head:?}");
    let purposes = [
        ("sec-purpose", "prefetch"),
        ("sec-purpose", "prefetch;prerender"),
        ("sec-purpose", "prefetch;anonymous-client-ip"),
        ("purpose", "prefetch"),
        ("x-purpose", "preview"),
        ("x-moz", "prefetch"),
    ];
    let prefetch = |(name, value)| {
        let answer = agent.with_header(name, value).get(path);
        assert!(answer.location().is_empty(), "{name}: {answer:?}");
        answer.status
    };
    let mut statuses = vec![head.status];
    statuses.extend(purposes.map(prefetch));
    statuses
}

/// A browser that fetches ahead of a click, and a program that looks whether an address is there, sign no
/// user in or out.
#[test]
fn a_request_that_nobody_decided_on_changes_nothing() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let code = alice.code(&client, &[]);
    let hint = op.redeem(&client, &code).ok().json()["id_token"].as_str().unwrap().to_owned();
    let waiting =
        interaction_id(&alice.agent.get(&client.authorize_path(&[("prompt", "consent")])));
    let waiting = waiting.unwrap();
    alice.complete(&waiting, &json!("consent")).ok();
    let (before, challenges) = (traces(&op), op.count("ceremonies"));
    for path in [
        client.authorize_path(&[]),
        client.authorize_path(&[("prompt", "login")]),
        format!("/authorize?interaction={waiting}"),
        format!("/api/oidc/end-session?id_token_hint={hint}"),
        "/api/webauthn/login/start".to_owned(),
        "/api/webauthn/register/start".to_owned(),
    ] {
        let statuses = ahead_of_a_click(&alice.agent, &path);
        assert_eq!(statuses, [200, 403, 403, 403, 403, 403, 403], "{path}");
    }
    assert_eq!((traces(&op), op.count("ceremonies")), (before, challenges));
    assert_eq!(alice.agent.get("/api/users/me").status, 200, "still signed in");
    let answer = alice.agent.get(&format!("/authorize?interaction={waiting}"));
    assert!(answer.location_param("code").is_some(), "the interaction is unhurt: {answer:?}");
}

/// Mail scanners and messengers open links.
#[test]
fn looking_at_a_link_does_not_use_it_up() {
    let op = invited();
    let alice = op.user("alice");
    let code = op.one_time_code(alice.id, 600);
    let invitation = invitation(&op, "");
    for path in [
        format!("/lc/{code}"),
        format!("/lc?code={code}"),
        format!("/st/{invitation}"),
        format!("/signup?token={invitation}"),
    ] {
        ahead_of_a_click(&op.agent(), &path.replace("/st/", "/signup?token="));
        assert!(op.agent().get(&path).status < 400, "{path}");
    }
    op.agent().post(&format!("/api/one-time-access-token/{code}"), &json!({})).ok();
    let body = json!({"username": "bob", "email": "bob@example.com", "token": invitation});
    op.agent().post("/api/signup", &body).ok();
}

/// An attacker can make a link with an address of theirs for a client without addresses: the user sees that
/// address first, whatever they or their administrator allowed.
#[test]
fn nobody_is_sent_to_an_address_at_its_first_use_without_having_seen_it() {
    let op = TestOp::start();
    let client = op.client_with("https://app.example.com:8443/callback", |client| {
        client.redirect_uris.clear();
        client.skips_consent = true;
    });
    let mut alice = op.person("alice");
    let evil = [("redirect_uri", "https://evil.example.com:444/cb")];
    for _ in 0..2 {
        let answer = alice.agent.get(&client.authorize_path(&evil));
        let id = interaction_id(&answer).unwrap_or_else(|| panic!("no page: {answer:?}"));
        let page = alice.agent.get(&format!("/interaction?interaction={id}")).ok().text();
        assert!(page.contains("id=\"first-use\""), "{page}");
        assert!(page.contains("<strong>evil.example.com:444</strong>"), "{page}");
        // Even who let it pass once is asked the next time.
        assert!(alice.walk(answer).location_param("code").is_some());
    }
    let silent =
        alice.agent.get(&client.authorize_path(&[&evil[..], &[("prompt", "none")]].concat()));
    assert_eq!((silent.status, silent.location()), (400, ""));
    for uri in ["ms-settings:x", "com.evil.app:/cb", "https://user@evil.example.com/cb"] {
        let answer = alice.agent.get(&client.authorize_path(&[("redirect_uri", uri)]));
        assert_eq!((answer.status, answer.location()), (400, ""), "{uri}");
    }

    let code = alice.code(&client, &[]);
    op.redeem(&client, &code).ok();
    let answer = alice.agent.get(&client.authorize_path(&[]));
    assert!(answer.location_param("code").is_some(), "the address is its own: no page any more");
}

fn for_a_family(op: &TestOp, member: pocketid::model::UserId) -> TestClient {
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.is_group_restricted = true;
    });
    let group = op.group("family", &[member]);
    op.allow_group(&client, group);
    client
}

/// Pocket ID 2.14: the check comes first, the page is ours, and it is in the audit log.
#[test]
fn who_may_not_use_an_application_is_asked_for_nothing() {
    let op = TestOp::start();
    let (alice, mut bob) = (op.person("alice"), op.person("bob"));
    let client = for_a_family(&op, alice.id);

    for more in [&[][..], &[("prompt", "login")], &[("prompt", "select_account consent")]] {
        let refused = bob.agent.get(&client.authorize_path(more));
        assert_eq!((refused.status, refused.location()), (403, ""), "{more:?}");
        assert!(refused.text().contains("You may not use this application"));
    }

    assert_eq!(traces(&op), [0; 4]);
    let told = op.audit_kinds();
    let count = |kind: &str| told.iter().filter(|told| *told == kind).count();
    assert_eq!(count("CLIENT_AUTHORIZATION_REFUSED"), 3);
    assert_eq!(count("NEW_CLIENT_AUTHORIZATION") + count("CLIENT_AUTHORIZATION"), 0);
    let sql = "SELECT data FROM audit_events WHERE kind = 'CLIENT_AUTHORIZATION_REFUSED'";
    assert!(op.texts(sql)[0].contains("\"clientName\":\"Web\""));
}

/// The same when the user signs in on the way, or leaves the group meanwhile.
#[test]
fn who_turns_out_not_to_be_allowed_on_the_way_consents_to_nothing() {
    let op = TestOp::start();
    let (mut alice, mut bob) = (op.person("alice"), op.person("bob"));
    let client = for_a_family(&op, alice.id);

    // Bob signs in for the interaction.
    let mut nobody = op.agent();
    std::mem::swap(&mut nobody, &mut bob.agent);
    let id = interaction_id(&bob.agent.get(&client.authorize_path(&[]))).unwrap();
    bob.authenticator.sign_in(&mut bob.agent).ok();
    let resume = format!("/authorize?interaction={id}");
    let done = bob.complete(&id, &json!("authenticate")).ok().json();
    assert_eq!(done["redirectUrl"], resume);
    assert_eq!(bob.agent.get(&resume).status, 403);
    assert_eq!(bob.agent.get(&format!("/interaction?interaction={id}")).location(), resume);

    // Alice was allowed when she was asked, and is not when she answers.
    let id = interaction_id(&alice.agent.get(&client.authorize_path(&[]))).unwrap();
    op.execute("DELETE FROM group_members");
    let done = alice.complete(&id, &json!("consent")).ok().json();
    let resume = format!("/authorize?interaction={id}");
    assert_eq!(done["redirectUrl"], resume);
    assert_eq!(alice.agent.get(&resume).status, 403);
    assert_eq!(op.count("consents") + op.count("grants"), 0);
    assert!(!op.audit_kinds().contains(&"NEW_CLIENT_AUTHORIZATION".to_owned()));

    // She is let in again: she was not asked yet, so she is asked now.
    op.execute(
        "INSERT INTO group_members (group_id, user_id) \
         SELECT groups.id, users.id FROM groups, users WHERE users.username = 'alice'",
    );
    let answer = alice.agent.get(&resume);
    assert_eq!(interaction_id(&answer), Some(id));
    assert!(alice.walk(answer).location_param("code").is_some());
}

/// Pocket ID 2.14: applications are set up with addresses that end in a slash.
#[test]
fn slashes_at_the_end_of_an_address_do_not_count() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    alice.code(&client, &[]);
    let path = client.authorize_path(&[]);

    let moved = op.agent().get(&path.replace("/authorize?", "/authorize/?"));
    assert_eq!((moved.status, moved.location()), (301, path.as_str()));
    for plain in [
        "/.well-known/openid-configuration",
        "/.well-known/jwks.json",
        "/api/oidc/userinfo",
        "/login",
        "/settings/account",
        "/healthz",
    ] {
        let moved = op.agent().get(&format!("{plain}/"));
        assert_eq!((moved.status, moved.location()), (301, plain), "{plain}");
    }
    let code = alice.agent.get(&path).location_param("code").unwrap();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("client_id", client.id.as_str()),
        ("client_secret", client.secret.as_str()),
    ];
    let tokens = op.agent().post_form("/api/oidc/token/", &fields).ok();
    assert_eq!(tokens.header("access-control-allow-origin"), "*");
    for nowhere in ["//", "//evil.example/", "/nowhere/", "/api/nowhere/"] {
        let answer = op.agent().get(nowhere);
        assert_eq!((answer.status, answer.location()), (404, ""), "{nowhere}");
    }
}

/// RFC 6750 §2.1: with a token in the header, the body does not matter.
#[test]
fn userinfo_takes_a_bearer_header_with_a_body_of_any_type() {
    let op = TestOp::start();
    let client = op.client();
    let code = op.person("alice").code(&client, &[]);
    let tokens = op.redeem(&client, &code).ok().json();
    let token = tokens["access_token"].as_str().unwrap();
    let mut agent = op.agent().with_header("authorization", &format!("Bearer {token}"));
    for (content_type, body) in [
        (Some("application/json"), "{}"),
        (Some("application/json; charset=utf-8"), "null"),
        (Some("text/plain;charset=UTF-8"), "x"),
        (Some("multipart/form-data; boundary=x"), "--x--"),
        (Some("application/x-www-form-urlencoded"), ""),
        (None, "x"),
    ] {
        let answer = agent.send(Method::POST, "/api/oidc/userinfo", content_type, body.into());
        assert!(answer.ok().json()["sub"].is_string(), "{content_type:?}");
    }
    let form = format!("access_token={token}");
    let both = agent.post_form("/api/oidc/userinfo", &[("access_token", token)]);
    assert_eq!(both.error(), "400 invalid_request");
    let mut nobody = op.agent();
    let json =
        nobody.send(Method::POST, "/api/oidc/userinfo", Some("application/json"), form.into());
    assert_eq!(json.error(), "400 invalid_request");
}

/// Fetch standard: browser applications send headers of their own, and read why they were refused.
#[test]
fn applications_in_browsers_may_send_their_headers_and_read_the_challenge() {
    let op = TestOp::start();
    let preflight = |path: &str, headers: &str| {
        op.agent()
            .with_header("origin", "https://app.example.com")
            .with_header("access-control-request-method", "POST")
            .with_header("access-control-request-headers", headers)
            .send(Method::OPTIONS, path, None, Bytes::new())
    };
    for path in [
        "/.well-known/openid-configuration",
        "/api/oidc/device/authorize",
        "/api/oidc/end-session",
        "/api/oidc/introspect",
        "/api/oidc/par",
        "/api/oidc/revoke",
        "/api/oidc/token",
        "/api/oidc/userinfo",
    ] {
        for headers in ["mcp-protocol-version", "dpop", "content-type", "x-requested-with,dpop"] {
            let answer = preflight(path, headers);
            assert_eq!(answer.status, 204, "{path}");
            assert_eq!(answer.header("access-control-allow-origin"), "*");
            assert_eq!(answer.header("access-control-allow-headers"), headers, "{path}");
            assert_eq!(answer.header("access-control-allow-methods"), "GET, POST");
            assert_eq!(answer.header("access-control-max-age"), "7200");
            assert_eq!(answer.header("access-control-allow-credentials"), "");
        }
        let long = preflight(path, &"x".repeat(1_000));
        assert_eq!(long.header("access-control-allow-headers"), "Authorization, Content-Type");
    }
    let refused = op.agent().get("/api/oidc/userinfo");
    assert_eq!(refused.header("access-control-expose-headers"), "WWW-Authenticate, DPoP-Nonce");
    for path in ["/authorize", "/api/users/me", "/api/webauthn/logout", "/api/signup", "/logout"] {
        let answer = preflight(path, "content-type");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
    }
}
