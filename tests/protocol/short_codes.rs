//! Codes that people type: how they are stored and guarded.

use pocketid::crypto::Digest;
use serde_json::json;

use crate::support::op::TestOp;

/// A condition on a column that holds these bytes, in the words of either engine.
fn is_bytes(op: &TestOp, digest: &Digest) -> String {
    if op.is_postgres() {
        format!("decode('{}', 'hex')", digest.hex())
    } else {
        format!("X'{}'", digest.hex())
    }
}

/// From a plain digest a code of six characters is found within minutes, by trying them all.
#[test]
fn a_copy_of_the_database_does_not_give_codes_away() {
    let op = TestOp::start();
    let alice = op.user("alice");
    let code = op.one_time_code(alice.id, 600);
    let device = op.device_authorization(&op.client(), "openid");
    let user_code = device.user_code.as_str();

    for (table, column, code) in [
        ("one_time_access_tokens", "code_digest", code.as_str()),
        ("device_codes", "user_code_digest", user_code),
    ] {
        let plain = is_bytes(&op, &Digest::of(code));
        let found = op.number(&format!("SELECT COUNT(*) FROM {table} WHERE {column} = {plain}"));
        assert_eq!((op.count(table), found), (1, 0), "{table}");
    }
    op.agent().post(&format!("/api/one-time-access-token/{code}"), &json!({})).ok();
}

/// Version 0.1.0 stored plain digests: `recover` may have made a link minutes before an upgrade.
#[test]
fn a_link_from_before_the_upgrade_still_works() {
    let op = TestOp::start();
    let alice = op.user("alice");
    let code = op.one_time_code(alice.id, 600);
    let plain = is_bytes(&op, &Digest::of(&code));
    op.execute(&format!("UPDATE one_time_access_tokens SET code_digest = {plain}, is_keyed = 0"));

    let upgraded = op.replica();

    let stored = format!("SELECT COUNT(*) FROM one_time_access_tokens WHERE code_digest = {plain}");
    assert_eq!(op.number(&stored), 0, "the plain digest is gone");
    let path = format!("/api/one-time-access-token/{code}");
    upgraded.agent().post(&path, &json!({})).ok();
    assert_eq!(upgraded.agent().post(&path, &json!({})).status, 401, "it works once");
}
