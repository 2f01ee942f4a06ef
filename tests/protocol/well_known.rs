//! RFC 7033, RFC 9116, WebAuthn L3 §5.11 and the other documents at well-known addresses.

use serde_json::{Value, json};

use crate::support::{agent::Answer, op::TestOp, soft_authenticator::SoftAuthenticator};

const RELATED: &str = "https://id.example.org";
const ISSUER: &str = "http://openid.net/specs/connect/1.0/issuer";

fn ask(op: &TestOp, query: &str) -> Answer {
    op.agent().get(&format!("/.well-known/webfinger{query}"))
}

/// RFC 7033 §4.2, §5, §10.2; OIDC Discovery §2.
#[test]
fn webfinger_names_the_issuer_of_every_account_alike() {
    let op = TestOp::start();
    op.user("alice");
    let described = |name: &str| {
        let answer = ask(&op, &format!("?resource=acct:{name}%40localhost")).ok();
        assert_eq!(answer.header("content-type"), "application/jrd+json");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("cache-control"), "public, max-age=3600");
        answer.json()
    };
    let links = json!([{"rel": ISSUER, "href": op.base_url()}]);
    assert_eq!(described("alice"), json!({"subject": "acct:alice@localhost", "links": links}));
    assert_eq!(described("nobody")["links"], links, "it tells nobody who has an account");
    let own = ask(&op, &format!("?resource={}", op.base_url())).ok().json();
    assert_eq!(own["links"], links);
}

/// RFC 7033 §4.3: a `rel` filters, and §4.2: 400 without a resource or with one that is no URI.
#[test]
fn webfinger_filters_links_and_refuses_what_is_no_resource() {
    let op = TestOp::start();
    let links = |rels: &str| {
        let answer = ask(&op, &format!("?resource=acct:a%40localhost{rels}")).ok().json();
        answer["links"].as_array().unwrap().len()
    };
    assert_eq!(links("&rel=self"), 0);
    assert_eq!(links(&format!("&rel=self&rel={ISSUER}")), 1);
    let long = format!("?resource=acct:{}%40localhost", "a".repeat(1_024));
    for malformed in ["", "?resource=", "?resource=alice", "?resource=acct:alice", &long] {
        assert_eq!(ask(&op, malformed).error(), "400 invalid_resource", "{malformed}");
    }
    let twice = "?resource=acct:a%40localhost&resource=acct:b%40localhost";
    assert_eq!(ask(&op, twice).error(), "400 invalid_resource");
    for unknown in ["acct:a%40example.com", "https://example.com/", "mailto:a%40localhost"] {
        assert_eq!(ask(&op, &format!("?resource={unknown}")).error(), "404 not_found", "{unknown}");
    }
}

#[test]
fn password_managers_find_the_page_of_the_account() {
    let op = TestOp::start();
    let account = format!("{}/settings/account", op.base_url());
    let answer = op.agent().get("/.well-known/change-password");
    assert_eq!((answer.status, answer.location()), (302, account.as_str()));
    let endpoints = op.agent().get("/.well-known/passkey-endpoints").ok().json();
    assert_eq!(endpoints, json!({"enroll": account, "manage": account}));
    let missing = "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200";
    assert_eq!(op.agent().get(missing).status, 404, "A Well-Known URL for Changing Passwords §3");
}

/// RFC 9116 §2.5: a contact and an expiry less than a year away.
#[test]
fn security_txt_has_the_contact_that_was_set() {
    let op = TestOp::start();
    assert_eq!(op.agent().get("/.well-known/security.txt").status, 404);
    assert_eq!(op.agent().get("/.well-known/webauthn").status, 404);
    let op = TestOp::at_moment(
        1_796_000_000,
        &[("SECURITY_CONTACT", "mailto:security@example.com"), ("DISABLE_RATE_LIMITING", "true")],
    );
    let answer = op.agent().get("/.well-known/security.txt").ok();
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    let text = answer.text();
    let start = "Contact: mailto:security@example.com\nExpires: 2027-05-29T00:5";
    assert!(text.starts_with(start) && text.ends_with("Z\n"), "{text}");
}

/// WebAuthn L3 §5.11.1 and §7.1 step 9: the origin is one of ours or a related one.
#[test]
fn pages_of_related_origins_use_our_passkeys_and_no_others_do() {
    let settings =
        [("RELATED_ORIGINS", "https://id.example.org"), ("DISABLE_RATE_LIMITING", "true")];
    let op = TestOp::with_settings(&settings);
    let document = op.agent().get("/.well-known/webauthn").ok().json();
    assert_eq!(document, json!({"origins": [RELATED]}));
    let mut alice = op.person("alice");

    let sign_in = |passkey: &mut SoftAuthenticator, origin: &str, top: Option<&str>, site: &str| {
        let mut agent = op.agent().with_header("sec-fetch-site", site);
        let options = agent.get("/api/webauthn/login/start").ok().json();
        passkey.origin = origin.to_owned();
        passkey.client_data = top.map_or_else(|| json!({}), |top| json!({"topOrigin": top}));
        let answer: Value = passkey.assert(&options);
        let mut agent = agent.with_header("origin", origin);
        agent.post("/api/webauthn/login/finish", &answer).status
    };
    let passkey = &mut alice.authenticator;
    assert_eq!(sign_in(passkey, RELATED, None, "same-origin"), 200);
    assert_eq!(sign_in(passkey, RELATED, Some(RELATED), "same-origin"), 200);
    assert_eq!(sign_in(passkey, RELATED, Some("https://evil.example"), "same-origin"), 401);
    for other in ["https://evil.example.org", "https://example.org", "http://id.example.org"] {
        assert_eq!(sign_in(passkey, other, None, "same-origin"), 403, "{other}");
    }
    // A related origin whose pages are not ours makes no browser send our cookie.
    let mut foreign = op.agent().with_header("sec-fetch-site", "cross-site");
    foreign = foreign.with_header("origin", RELATED);
    assert_eq!(foreign.post("/api/webauthn/login/finish", &json!({})).status, 403);
    let mut old = op.agent().with_header("origin", RELATED);
    assert_eq!(old.post("/api/webauthn/login/finish", &json!({})).status, 403);
}

#[test]
fn without_the_setting_no_other_origin_uses_our_passkeys() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    alice.authenticator.origin = RELATED.to_owned();
    assert_eq!(
        alice.authenticator.sign_in(&mut op.agent()).error(),
        "401 webauthn_authentication_failed"
    );
}
