//! RFC 6749 §3.2, §4.1.3, §5 and §6, RFC 7636 §4.6: the token endpoint.

use std::thread;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::{app_config::set, old_secrets::with_old_secret};
use crate::support::{
    agent::Answer,
    flow::{CHALLENGE, VERIFIER},
    op::{TestClient, TestOp},
};

fn text(tokens: &Value, name: &str) -> String {
    tokens[name].as_str().unwrap().to_owned()
}

fn basic(op: &TestOp, credentials: &str, fields: &[(&str, &str)]) -> Answer {
    let header = format!("Basic {}", BASE64_STANDARD.encode(credentials));
    op.agent().with_header("authorization", &header).post_form("/api/oidc/token", fields)
}

/// RFC 6749 §2.3 and §5.2: a client proves who it is, in one way, or gets nothing.
#[test]
fn a_client_that_does_not_prove_itself_gets_nothing() {
    let op = TestOp::start();
    let client = op.client();
    let public = op.client_with("https://spa.example.com/cb", |client| {
        client.client_type = pocketid::model::ClientType::Public;
    });
    let (id, secret) = (client.id.as_str(), client.secret.as_str());
    let grant = ("grant_type", "authorization_code");
    let long = "x".repeat(2_000);
    let bodies: [&[(&str, &str)]; 6] = [
        &[grant],
        &[grant, ("client_id", id)],
        &[grant, ("client_id", id), ("client_secret", "wrong")],
        &[grant, ("client_id", id), ("client_secret", &long)],
        &[grant, ("client_id", "unknown"), ("client_secret", secret)],
        &[grant, ("client_id", &public.id), ("client_secret", "some secret")],
    ];
    for fields in bodies {
        let answer = op.agent().post_form("/api/oidc/token", fields);
        assert_eq!(answer.error(), "401 invalid_client", "{fields:?}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    for credentials in ["", id, &format!("{id}:wrong"), &format!("unknown:{secret}")] {
        let answer = basic(&op, credentials, &[grant]);
        assert_eq!(answer.error(), "401 invalid_client", "{credentials}");
        assert!(answer.header("www-authenticate").starts_with("Basic "), "{credentials}");
    }
    let both = basic(&op, &format!("{id}:{secret}"), &[grant, ("client_secret", "wrong")]);
    assert_eq!(both.error(), "400 invalid_request");
    let other = basic(&op, &format!("{id}:{secret}"), &[grant, ("client_id", "other")]);
    assert_eq!(other.error(), "400 invalid_request");
}

#[test]
fn a_malformed_token_request_is_refused() {
    let op = TestOp::start();
    let client = op.client();
    assert_eq!(op.token(&client, &[]).error(), "400 invalid_request");
    for (grant_type, error) in [
        ("password", "400 unsupported_grant_type"),
        ("authorization_code", "400 invalid_request"),
        ("refresh_token", "400 invalid_request"),
    ] {
        assert_eq!(op.token(&client, &[("grant_type", grant_type)]).error(), error);
    }
    let twice = [("grant_type", "authorization_code"), ("code", "a"), ("code", "b")];
    assert_eq!(op.token(&client, &twice).error(), "400 invalid_request");
    assert_eq!(op.agent().post("/api/oidc/token", &json!({})).error(), "400 invalid_request");
    let huge = "x".repeat(20_000);
    assert_eq!(op.token(&client, &[("code", &huge)]).error(), "400 invalid_request");
    for code in ["", "nonsense", "pocket_id_ac_", &format!("pocket_id_ac_{}", "A".repeat(64))] {
        let error = op.redeem(&client, code).error();
        assert!(error.starts_with("400 invalid_"), "{code}: {error}");
    }
}

#[test]
fn client_secret_basic_is_form_decoded() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let code = alice.code(&client, &[]);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", client.redirect_uri.as_str()),
    ];
    let encoded = client.id.replace('-', "%2D");
    basic(&op, &format!("{encoded}:{}", client.secret), &fields).ok();
}

/// Some libraries send the secret in the header and in the body; half of them do not form-encode it.
#[test]
fn a_secret_may_be_sent_twice_and_as_it_stands() {
    let op = TestOp::start();
    let secret = "p+l%us";
    let client = with_old_secret(&op, secret);
    let attempt = |credentials: &str, more: &[(&str, &str)]| {
        let grant = [("grant_type", "refresh_token"), ("refresh_token", "nonsense")];
        basic(&op, credentials, &[&grant, more].concat()).error()
    };
    let id = &client.id;
    for good in [format!("{id}:{secret}"), format!("{id}:p%2Bl%25us")] {
        assert_eq!(attempt(&good, &[]), "400 invalid_grant", "{good}");
        assert_eq!(attempt(&good, &[("client_secret", secret)]), "400 invalid_grant", "{good}");
        assert_eq!(attempt(&good, &[("client_secret", "other")]), "400 invalid_request", "{good}");
    }
    for bad in [format!("{id}:p l%us"), format!("{id}:p%252Bl%2525us"), format!("{id}:P+l%us")] {
        assert_eq!(attempt(&bad, &[]), "401 invalid_client", "{bad}");
    }
}

/// RFC 6749 §4.1.3: a code is good for its client, its redirect URI, and a minute.
#[test]
fn a_code_is_bound_to_its_client_redirect_uri_and_time() {
    let op = TestOp::start();
    let (client, other) = (op.client(), op.client());
    let mut alice = op.person("alice");
    let code = alice.code(&client, &[]);

    assert_eq!(op.redeem(&other, &code).error(), "400 invalid_grant");
    let elsewhere =
        TestClient { redirect_uri: "https://app.example.com/".into(), ..client.clone() };
    assert_eq!(op.redeem(&elsewhere, &code).error(), "400 invalid_grant");
    let fields = [("grant_type", "authorization_code"), ("code", code.as_str())];
    assert_eq!(op.token(&client, &fields).error(), "400 invalid_grant");
    assert_eq!(op.count("access_tokens"), 0);
    // None of that used it up.
    op.redeem(&client, &code).ok();

    let late = alice.code(&client, &[]);
    op.advance(60);
    assert_eq!(op.redeem(&client, &late).error(), "400 invalid_grant");
}

/// RFC 7636 §4.6, with the vectors of appendix B.
#[test]
fn a_challenge_is_answered_by_its_verifier_only() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let s256 = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    let plain = [("code_challenge", VERIFIER)];
    for (more, verifier, is_good) in [
        (&s256[..], Some(VERIFIER), true),
        (&s256, Some(CHALLENGE), false),
        (&s256, None, false),
        (&s256, Some("short"), false),
        (&plain, Some(VERIFIER), true),
        (&plain, Some(CHALLENGE), false),
        // RFC 9700 §2.1.1: a verifier without a challenge is a downgrade.
        (&[], Some(VERIFIER), false),
        (&[], None, true),
    ] {
        let code = alice.code(&client, more);
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", client.redirect_uri.as_str()),
        ];
        fields.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        let answer = op.token(&client, &fields);
        assert_eq!(answer.status == 200, is_good, "{more:?} {verifier:?}");
        if !is_good {
            let told = text(&answer.json(), "error_description");
            assert!(told.contains("code_verifier"), "its developer is told: {told}");
        }
    }
}

/// RFC 6749 §4.1.2: a code used twice SHOULD revoke the tokens that it bought.
#[test]
fn a_replayed_code_revokes_what_it_bought() {
    let op = TestOp::start();
    let (client, other) = (op.client(), op.client());
    let mut alice = op.person("alice");
    let code = alice.code(&client, &[]);
    let tokens = op.redeem(&client, &code).ok().json();

    // Another client that found the code must not be able to end the user's access.
    assert_eq!(op.redeem(&other, &code).error(), "400 invalid_grant");
    assert_eq!(op.userinfo(&text(&tokens, "access_token")).status, 200);
    assert_eq!(op.redeem(&client, &code).error(), "400 invalid_grant");

    assert_eq!(op.userinfo(&text(&tokens, "access_token")).status, 401);
    assert_eq!(op.refresh(&client, &text(&tokens, "refresh_token")).error(), "400 invalid_grant");
    assert!(op.audit_kinds().contains(&"REPLAY_DETECTED".to_owned()));
}

/// RFC 9700 §4.14.2: refresh tokens rotate, and a used one revokes the whole grant.
#[test]
fn a_replayed_refresh_token_revokes_the_whole_grant() {
    let op = TestOp::start();
    let (client, other) = (op.client(), op.client());
    let mut alice = op.person("alice");
    let first = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    assert_eq!(op.refresh(&other, &text(&first, "refresh_token")).error(), "400 invalid_grant");

    let second = op.refresh(&client, &text(&first, "refresh_token")).ok().json();
    assert_eq!(op.userinfo(&text(&first, "access_token")).status, 401);
    assert_eq!(op.userinfo(&text(&second, "access_token")).status, 200);
    op.advance(31);
    assert_eq!(op.refresh(&client, &text(&first, "refresh_token")).error(), "400 invalid_grant");

    assert_eq!(op.userinfo(&text(&second, "access_token")).status, 401);
    assert_eq!(op.refresh(&client, &text(&second, "refresh_token")).error(), "400 invalid_grant");
    assert!(op.audit_kinds().contains(&"REPLAY_DETECTED".to_owned()));
}

/// A client whose answer was lost asks again, and that signs no user out.
#[test]
fn a_refresh_token_that_is_repeated_at_once_has_the_same_successor() {
    let op = TestOp::start();
    let (client, other) = (op.client(), op.client());
    let mut alice = op.person("alice");
    let first = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    let refresh_token = text(&first, "refresh_token");
    let lost = op.refresh(&client, &refresh_token).ok().json();
    op.advance(10);
    assert_eq!(op.refresh(&other, &refresh_token).error(), "400 invalid_grant");

    let repeated = op.refresh(&client, &refresh_token).ok().json();

    assert_eq!(repeated["refresh_token"], lost["refresh_token"]);
    assert_ne!(repeated["refresh_token"], first["refresh_token"]);
    assert_eq!(op.count("refresh_tokens WHERE consumed_at IS NULL"), 1);
    for tokens in [&lost, &repeated] {
        assert_eq!(op.userinfo(&text(tokens, "access_token")).status, 200);
    }
    let third = op.refresh(&client, &text(&lost, "refresh_token")).ok().json();
    assert_eq!(op.userinfo(&text(&third, "access_token")).status, 200);
    assert!(!op.audit_kinds().contains(&"REPLAY_DETECTED".to_owned()));
}

/// RFC 9700 §4.14.2: when its successor was used, both the client and an attacker have had it.
#[test]
fn a_refresh_token_whose_successor_was_used_is_a_replay_at_any_time() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let first = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    let second = op.refresh(&client, &text(&first, "refresh_token")).ok().json();
    let third = op.refresh(&client, &text(&second, "refresh_token")).ok().json();

    assert_eq!(op.refresh(&client, &text(&first, "refresh_token")).error(), "400 invalid_grant");

    assert_eq!(op.userinfo(&text(&third, "access_token")).status, 401);
    assert_eq!(op.refresh(&client, &text(&third, "refresh_token")).error(), "400 invalid_grant");
}

#[test]
fn refresh_tokens_end_when_the_longest_time_after_the_sign_in_is_over() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let before = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    set(&op, "refreshTokenMaxLifetime", "10");
    let first = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    op.advance(550);
    let second = op.refresh(&client, &text(&first, "refresh_token")).ok().json();
    let lifetime = op.number(
        "SELECT t.expires_at - g.created_at
           FROM refresh_tokens t JOIN grants g ON g.id = t.grant_id
          ORDER BY t.expires_at LIMIT 1",
    );
    assert_eq!(lifetime, 600);
    op.advance(50);

    assert_eq!(op.refresh(&client, &text(&second, "refresh_token")).error(), "400 invalid_grant");
    assert_eq!(
        op.refresh(&client, &text(&before, "refresh_token")).error(),
        "400 invalid_grant",
        "the setting holds for what was issued before it, too"
    );
}

/// A group is left at once, not when the last token ends.
#[test]
fn an_access_token_is_of_no_use_to_somebody_who_left_the_group_of_the_client() {
    let op = TestOp::start();
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.is_group_restricted = true;
    });
    let mut alice = op.person("alice");
    let group = op.group("family", &[alice.id]);
    op.allow_group(&client, group);
    let tokens = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    let access_token = text(&tokens, "access_token");
    let is_active = || {
        let fields = [
            ("token", access_token.as_str()),
            ("client_id", &client.id),
            ("client_secret", &client.secret),
        ];
        op.agent().post_form("/api/oidc/introspect", &fields).ok().json()["active"].clone()
    };
    op.userinfo(&access_token).ok();
    assert_eq!(is_active(), true);

    op.execute("DELETE FROM group_members");

    assert_eq!(op.userinfo(&access_token).error(), "401 invalid_token");
    assert_eq!(is_active(), false);
}

#[test]
fn a_refresh_token_ends_with_its_time_its_user_and_their_group() {
    let op = TestOp::start();
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.is_group_restricted = true;
        client.refresh_token_seconds = 600;
    });
    let mut alice = op.person("alice");
    let group = op.group("family", &[alice.id]);
    op.allow_group(&client, group);
    let mut tokens = || op.redeem(&client, &alice.code(&client, &[])).ok().json();
    let (disabled, outsider, late) = (tokens(), tokens(), tokens());
    let code = alice.code(&client, &[]);

    op.change_user(alice.id, |user| user.disabled = true);
    assert_eq!(op.refresh(&client, &text(&disabled, "refresh_token")).error(), "400 invalid_grant");
    assert_eq!(op.userinfo(&text(&disabled, "access_token")).status, 401);
    op.change_user(alice.id, |user| user.disabled = false);
    op.execute("DELETE FROM group_members");
    assert_eq!(op.redeem(&client, &code).error(), "400 invalid_grant");
    assert_eq!(op.refresh(&client, &text(&outsider, "refresh_token")).error(), "400 invalid_grant");
    op.advance(601);
    assert_eq!(op.refresh(&client, &text(&late, "refresh_token")).error(), "400 invalid_grant");
}

/// Of many callers that present one code at one moment, one gets tokens; and the replay revokes them.
#[test]
fn a_code_presented_many_times_at_once_is_redeemed_once() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    for _ in 0..20 {
        let code = alice.code(&client, &[]);
        let successes = at_once(|| op.redeem(&client, &code).status == 200);
        assert_eq!(successes, 1);
    }
}

#[test]
fn a_refresh_token_presented_many_times_at_once_is_rotated_once() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    for rotated in 0..20 {
        let tokens = op.redeem(&client, &alice.code(&client, &[])).ok().json();
        let refresh_token = text(&tokens, "refresh_token");
        let successes = at_once(|| op.refresh(&client, &refresh_token).status == 200);
        assert_eq!(successes, 8, "each gets the same successor");
        assert_eq!(op.count("refresh_tokens WHERE consumed_at IS NULL"), rotated + 1);
    }
}

/// How many of eight threads succeed that do the same at one moment.
pub(super) fn at_once(attempt: impl Fn() -> bool + Sync) -> usize {
    let barrier = std::sync::Barrier::new(8);
    thread::scope(|scope| {
        let attempts: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    attempt()
                })
            })
            .collect();
        attempts.into_iter().map(|one| one.join().unwrap()).filter(|won| *won).count()
    })
}
