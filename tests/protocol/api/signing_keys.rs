//! `/api/signing-keys`: an addition to Pocket ID.

use std::{sync::mpsc, thread};

use hyper::Method;
use serde_json::{Value, json};

use super::{administrator, fields, only_administrators_may};
use crate::support::{op::TestOp, patience::PATIENCE, wait_for};

const PATH: &str = "/api/signing-keys";
const ROTATE: &str = "/api/signing-keys/rotate";

fn kids(keys: &Value) -> Vec<String> {
    keys.as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn keys_are_rotated_by_a_program_as_at_the_terminal() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let before = root.get(PATH).ok().json();
    assert_eq!(kids(&before), kids(&op.beside("keys list -o json").json()));
    assert_eq!((&before[0]["publishedUntil"], before.as_array().unwrap().len()), (&json!(null), 2));

    let after = root.post(ROTATE, &json!({ "alg": "ES256" })).ok().json();
    assert_eq!((after.as_array().unwrap().len(), &after), (3, &root.get(PATH).ok().json()));
    let jwk_set = || op.agent().get("/.well-known/jwks.json").ok().json()["keys"].clone();
    let is_published = || kids(&after).iter().all(|kid| kids(&jwk_set()).contains(kid));
    wait_for("the new key is published", is_published);
    op.beside("rotate-keys --alg ES256").expect_success();
    let entries =
        op.texts("SELECT data FROM audit_events WHERE kind = 'SIGNING_KEYS_ROTATED' ORDER BY id");
    let by_program = entries[0].replace(",\"authentication\":\"API key\"", "");
    assert_eq!((entries.len(), &by_program), (2, &entries[1]), "at each door");

    let revoked = root.post(ROTATE, &json!({ "revoke": true })).ok().json();
    assert_eq!(revoked.as_array().unwrap().len(), 2);
    assert!(kids(&revoked).iter().all(|kid| !kids(&after).contains(kid)));
}

#[test]
fn nobody_else_rotates_keys_and_unknown_algorithms_change_nothing() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let before = root.get(PATH).ok().json();
    let both = [(Method::GET, PATH, json!(null)), (Method::POST, ROTATE, json!({}))];
    only_administrators_may(&op, &both);
    assert_eq!(fields(&root.post(ROTATE, &json!({ "alg": "none" }))), ["alg oneof"]);
    for body in [json!({ "alg": 1 }), json!({ "revoke": "yes" }), json!([])] {
        assert_eq!(root.post(ROTATE, &body).error(), "400 invalid_request_body");
    }
    assert_eq!(root.get(PATH).ok().json(), before);
}

/// Every client fetches the published keys, and every server reads them.
#[test]
fn an_algorithm_has_at_most_ten_published_keys_unless_the_old_ones_are_revoked() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let mut rotate = |body: Value| root.post(ROTATE, &body);
    for _ in 0..9 {
        rotate(json!({ "alg": "ES256" })).ok();
    }
    let before = op.count("signing_keys");
    assert_eq!(rotate(json!({ "alg": "ES256" })).error(), "409 too_many_signing_keys");
    assert_eq!(rotate(json!({})).error(), "409 too_many_signing_keys", "all of them or none");
    let at_terminal = op.beside("rotate-keys --alg ES256");
    assert!(at_terminal.stderr.contains("ES256 has 10 published keys"), "{}", at_terminal.stderr);
    assert!(at_terminal.stderr.contains("hint: ") && at_terminal.stderr.contains("--revoke"));
    assert_eq!(op.count("signing_keys"), before);
    rotate(json!({ "alg": "EdDSA" })).ok();
    rotate(json!({ "alg": "ES256", "revoke": true })).ok();
    rotate(json!({ "alg": "ES256" })).ok();

    for _ in 0..8 {
        rotate(json!({ "alg": "ES256" })).ok();
    }
    assert_eq!(rotate(json!({ "alg": "ES256" })).error(), "409 too_many_signing_keys");
    op.execute("UPDATE signing_keys SET published_until = 1 WHERE published_until IS NOT NULL");
    rotate(json!({ "alg": "ES256" })).ok();
}

/// A turn lasts until the keys are stored, whatever becomes of the request.
#[test]
fn rotations_wait_for_each_other_and_few_may_wait() {
    let op = TestOp::start();
    if op.is_postgres() {
        return; // There, nothing keeps everybody from writing.
    }
    let root = administrator(&op);
    let held = op.hold_writes();
    let (answers, answered) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..3 {
            let (mut root, answers) = (root.clone(), answers.clone());
            scope.spawn(move || {
                let answer = root.post(ROTATE, &json!({ "alg": "ES256" })).error();
                drop(answers.send(answer));
            });
        }
        let first = answered.recv_timeout(PATIENCE);
        drop(held);
        assert_eq!(first.as_deref(), Ok("429 rate_limited"), "two have places");
    });
}

/// A thief with a key of the API must not keep its owner from revoking, and one with a stolen session must
/// not fill up the published keys, or sign all users out.
#[test]
fn a_key_rotates_a_few_times_an_hour_and_a_browser_with_a_passkey_as_often_as_it_likes() {
    let op = TestOp::with_settings(&[("TRUST_PROXY", "127.0.0.1")]);
    let mut root = op.person("root");
    op.change_user(root.id, |user| user.is_admin = true);
    let key = op.beside("api-key create script --for root").ok();
    let mut thief = op.agent().with_header("x-api-key", key.trim());
    let rotate = json!({ "alg": "ES256" });
    let revoke = json!({ "alg": "ES256", "revoke": true });
    let answers: Vec<_> = (0..40).map(|_| thief.post(ROTATE, &rotate).status).collect();
    assert!(!answers[..30].contains(&429) && answers.contains(&429), "{answers:?}");
    assert_eq!(thief.post(ROTATE, &revoke).error(), "429 rate_limited");

    root.agent.post(ROTATE, &revoke).ok();
    op.advance(301);
    let before = op.count("signing_keys");
    for body in [&rotate, &revoke] {
        assert_eq!(root.agent.post(ROTATE, body).error(), "401 reauthentication_required");
    }
    assert_eq!(op.count("signing_keys"), before);
    root.authenticator.reauthenticate(&mut root.agent).ok();
    root.agent.post(ROTATE, &rotate).ok();
}
