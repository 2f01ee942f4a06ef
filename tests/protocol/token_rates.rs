//! The rows that the holder of valid credentials can have stored are bounded, too: docs/limits.md.

use serde_json::Value;

use super::token_endpoint::at_once;
use crate::support::{
    agent::Answer,
    op::{TestClient, TestOp},
};

/// A provider with rate limits. Requests come from many addresses, so that no limit per address applies.
fn op() -> TestOp {
    TestOp::with_settings(&[("TRUST_PROXY", "127.0.0.1")])
}

fn ask(op: &TestOp, client: &TestClient, number: usize, fields: &[(&str, &str)]) -> Answer {
    let address = format!("10.0.{}.{}", number / 200, number % 200);
    let credentials = [("client_id", client.id.as_str()), ("client_secret", &client.secret)];
    let mut agent = op.agent().with_header("x-forwarded-for", &address);
    agent.post_form("/api/oidc/token", &[fields, &credentials].concat())
}

fn refresh(op: &TestOp, client: &TestClient, number: usize, refresh_token: &str) -> Answer {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
    ask(op, client, number, &fields)
}

fn refresh_token(tokens: &Value) -> String {
    tokens["refresh_token"].as_str().unwrap().to_owned()
}

/// Each used refresh token is a row until it expires.
#[test]
fn one_grant_is_refreshed_sixty_times_at_once_and_then_has_to_wait() {
    let op = op();
    let client = op.client();
    let mut alice = op.person("alice");
    let mut newest = refresh_token(&op.redeem(&client, &alice.code(&client, &[])).ok().json());
    let other = refresh_token(&op.redeem(&client, &alice.code(&client, &[])).ok().json());
    let mut answers = (0..100).map(|number| {
        let answer = refresh(&op, &client, number, &newest);
        if answer.status == 200 {
            newest = refresh_token(&answer.json());
        }
        answer
    });

    let refused = answers.find(|answer| answer.status != 200).unwrap();

    assert_eq!(refused.error(), "429 temporarily_unavailable");
    assert_eq!(refused.header("cache-control"), "no-store");
    assert!((1..=10).contains(&refused.header("retry-after").parse::<u32>().unwrap()));
    let used = op.count("refresh_tokens WHERE consumed_at IS NOT NULL");
    assert_eq!(used, 60);
    assert_eq!(op.count("refresh_tokens"), used + 2, "a refusal leaves nothing");
    refresh(&op, &client, 0, &other).ok();
}

/// The servers of one application share its refresh token, and all want a new one when it is time.
#[test]
fn servers_of_one_application_that_refresh_together_are_not_counted_one_by_one() {
    let op = op();
    let client = op.client();
    let mut alice = op.person("alice");
    let mut newest = refresh_token(&op.redeem(&client, &alice.code(&client, &[])).ok().json());
    for number in 0..15 {
        assert_eq!(at_once(|| refresh(&op, &client, number, &newest).status == 200), 8);

        newest = refresh_token(&refresh(&op, &client, number, &newest).ok().json());
    }
}

/// Each time another access token is stored.
#[test]
fn a_refresh_token_that_is_repeated_without_end_has_to_wait() {
    let op = op();
    let client = op.client();
    let mut alice = op.person("alice");
    let token = refresh_token(&op.redeem(&client, &alice.code(&client, &[])).ok().json());
    // After half a minute a repetition is that of a thief.
    op.stop_clock();

    let mut answers = (0..1_000).map(|number| refresh(&op, &client, number, &token));
    let refused = answers.find(|answer| answer.status != 200).unwrap();

    assert_eq!(refused.error(), "429 temporarily_unavailable");
    let stored = op.count("access_tokens");
    assert!((300..=302).contains(&stored), "{stored}");
}

#[test]
fn a_client_that_asks_for_tokens_of_its_own_without_end_has_to_wait() {
    let op = op();
    let (client, other) = (op.client(), op.client());
    let fields = [("grant_type", "client_credentials")];

    let mut answers = (0..3_000).map(|number| ask(&op, &client, number, &fields));
    let refused = answers.find(|answer| answer.status != 200).unwrap();

    assert_eq!(refused.error(), "429 temporarily_unavailable");
    assert_eq!(refused.header("retry-after"), "1");
    let stored = op.count("client_access_tokens");
    assert_eq!(stored, 1_000);
    ask(&op, &other, 0, &fields).ok();
}
