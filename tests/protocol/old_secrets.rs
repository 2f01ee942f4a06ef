//! Client secrets that Pocket ID hashed with bcrypt, before its version 2.14.

use crate::support::op::{TestClient, TestOp};

pub(super) fn with_old_secret(op: &TestOp, secret: &str) -> TestClient {
    let hash = bcrypt::hash_with_salt(secret, 4, [7; 16]).unwrap();
    let client = op.client();
    op.execute(&format!(
        "UPDATE client_secrets SET secret_digest = NULL, bcrypt_hash = '{hash}'
          WHERE client_id = '{}'",
        client.id
    ));
    TestClient { secret: secret.to_owned(), ..client }
}

fn answer(op: &TestOp, client: &TestClient) -> String {
    op.refresh(client, "none").error()
}

#[test]
fn an_old_secret_works_and_is_stored_as_all_others_once_it_was_used() {
    let op = TestOp::start();
    let client = with_old_secret(&op, "an old secret");
    let wrong = TestClient { secret: "another".into(), ..client.clone() };
    let slow = || op.number("SELECT COUNT(*) FROM client_secrets WHERE bcrypt_hash IS NOT NULL");
    assert_eq!(answer(&op, &wrong), "401 invalid_client");
    assert_eq!(slow(), 1, "a wrong one changes nothing");

    assert_eq!(answer(&op, &client), "400 invalid_grant", "the client is known");

    assert_eq!(slow(), 0);
    assert_eq!(answer(&op, &client), "400 invalid_grant");
    assert_eq!(answer(&op, &wrong), "401 invalid_client");
}

#[test]
fn an_old_secret_expires_and_goes_with_a_client_that_becomes_public() {
    let op = TestOp::start();
    let client = with_old_secret(&op, "an old secret");
    op.execute("UPDATE client_secrets SET expires_at = 1");
    assert_eq!(answer(&op, &client), "401 invalid_client");
    op.execute("UPDATE client_secrets SET expires_at = NULL");
    op.execute(&format!("UPDATE clients SET client_type = 'public' WHERE id = '{}'", client.id));
    assert_eq!(answer(&op, &client), "401 invalid_client", "a public client has no secret");
}

/// The answer of the token endpoint to a caller at an address.
fn answer_at(op: &TestOp, address: &str, client: &TestClient) -> String {
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", "none"),
        ("client_id", client.id.as_str()),
        ("client_secret", client.secret.as_str()),
    ];
    let mut agent = op.agent().with_header("x-forwarded-for", address);
    agent.post_form("/api/oidc/token", &fields).error()
}

/// Each guess costs tens of milliseconds: 300 of them made the right secret wait for half a minute.
#[test]
fn wrong_guesses_at_an_old_secret_are_refused_early_and_the_right_one_comes_through() {
    let op = TestOp::with_settings(&[("TRUST_PROXY", "127.0.0.1")]);
    let client = with_old_secret(&op, "an old secret");
    let wrong = TestClient { secret: "another".into(), ..client.clone() };

    let guesses: Vec<_> = std::thread::scope(|scope| {
        let guess = || scope.spawn(|| answer_at(&op, "203.0.113.1", &wrong));
        let guesses: Vec<_> = (0..100).map(|_| guess()).collect();
        guesses.into_iter().map(|guess| guess.join().unwrap()).collect()
    });
    let count = |answer: &str| guesses.iter().filter(|guess| *guess == answer).count();
    let looked_at = count("401 invalid_client");
    assert!((1..=12).contains(&looked_at), "{guesses:?}");
    assert_eq!(
        looked_at + count("429 temporarily_unavailable") + count("503 temporarily_unavailable"),
        100
    );
    assert_eq!(answer_at(&op, "203.0.113.1", &wrong), "429 temporarily_unavailable");
    assert_eq!(answer_at(&op, "203.0.113.2", &client), "400 invalid_grant", "the client is known");
}
