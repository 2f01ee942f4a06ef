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
