//! What is over is removed, and nothing else is.

use crate::support::op::{TestClient, TestOp};

const TABLES: [&str; 13] = [
    "access_tokens",
    "audit_events",
    "authorization_codes",
    "ceremonies",
    "device_codes",
    "grants",
    "interactions",
    "one_time_access_tokens",
    "pushed_authorization_requests",
    "reauthentications",
    "refresh_tokens",
    "sessions",
    "signup_tokens",
];

fn counts(op: &TestOp) -> Vec<(&'static str, i64)> {
    TABLES.iter().map(|table| (*table, op.count(table))).collect()
}

/// Leaves a row in every table, and a grant that was refreshed.
fn fill(op: &TestOp) -> (TestClient, String) {
    let client = op.client();
    let mut alice = op.person("alice");
    let tokens = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    alice.code(&client, &[]);
    alice.agent.get(&client.authorize_path(&[("prompt", "consent")]));
    alice.authenticator.reauthenticate(&mut alice.agent).ok();
    alice.agent.get("/api/webauthn/login/start").ok();
    op.one_time_code(alice.id, 600);
    assert_eq!(op.beside("signup-token create --ttl 10m").code, Some(0));
    op.device_authorization(&client, "openid");
    op.push(&client, &[]).ok();
    let tokens = op.refresh(&client, refresh_token).ok().json();
    (client, tokens["refresh_token"].as_str().unwrap().to_owned())
}

#[test]
fn what_is_still_good_is_kept() {
    let op = TestOp::start();
    fill(&op);
    let before = counts(&op);
    assert!(before.iter().all(|(_, count)| *count > 0), "{before:?}");

    assert_eq!(op.clean_up(), 0);

    assert_eq!(counts(&op), before);
}

#[test]
fn what_has_expired_is_removed_and_grants_live_as_long_as_they_may_be_renewed() {
    let op = TestOp::start();
    fill(&op);
    op.advance(3_601);

    op.clean_up();

    let left: Vec<_> = counts(&op).into_iter().filter(|(_, count)| *count > 0).collect();
    let names: Vec<_> = left.iter().map(|(table, _)| *table).collect();
    // What a grant bought goes with it: a used code and a used refresh token tell of a replay.
    let kept = ["access_tokens", "audit_events", "authorization_codes", "grants", "refresh_tokens"];
    assert_eq!(names, kept);
}

#[test]
fn a_grant_that_is_renewed_outlives_its_first_refresh_token() {
    const DAY: i64 = 86_400;
    let op = TestOp::start();
    let (client, refresh_token) = fill(&op);
    op.advance(29 * DAY);
    let tokens = op.refresh(&client, &refresh_token).ok().json();
    op.advance(2 * DAY);

    op.clean_up();

    assert_eq!((op.count("grants"), op.count("refresh_tokens")), (1, 3));
    op.refresh(&client, tokens["refresh_token"].as_str().unwrap()).ok();
    assert_eq!(op.count("refresh_tokens"), 2, "those that were over are forgotten");
}

#[test]
fn in_the_end_nothing_is_left_but_people_and_clients() {
    let op = TestOp::start();
    fill(&op);
    op.advance(91 * 86_400);

    op.clean_up();

    assert!(counts(&op).iter().all(|(_, count)| *count == 0), "{:?}", counts(&op));
    assert_eq!((op.count("users"), op.count("passkeys"), op.count("consents")), (1, 1, 1));
}

#[test]
fn many_rows_go_in_small_batches() {
    let op = TestOp::start();
    let user = op.user("alice");
    for _ in 0..1_200 {
        op.one_time_code(user.id, 60);
    }
    op.advance(61);
    assert_eq!(op.clean_up(), 1_200);
}
