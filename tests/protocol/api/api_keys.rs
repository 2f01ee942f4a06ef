//! `/api/api-keys`: the list and its refusals. `protocol/api_keys.rs` tells where a key is accepted.

use serde_json::{Value, json};

use super::fields;
use crate::support::{agent::Agent, op::TestOp, wait_until};

fn names(agent: &mut Agent, query: &str) -> Vec<String> {
    let answer = agent.get(&format!("/api/api-keys?{query}")).ok().json();
    let rows = answer["data"].as_array().unwrap();
    rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

fn body(name: &str, expires_at: &str) -> Value {
    json!({ "name": name, "expiresAt": expires_at })
}

#[test]
fn the_keys_of_somebody_are_sorted_and_paged() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    op.user("bob");
    for line in ["bee --for alice --expires 3d", "ant --for alice --expires 5d", "cow --for bob"] {
        op.beside(&format!("api-key create {line}")).ok();
    }
    let key = op.beside("api-key create dog --for alice --expires 1d").ok();
    op.agent().with_header("x-api-key", key.trim()).get("/api/users/me").ok();
    wait_until(|| op.number("SELECT COUNT(*) FROM api_keys WHERE last_used_at IS NOT NULL") == 1);

    assert_eq!(names(&mut alice.agent, "sort[column]=name"), ["ant", "bee", "dog"]);
    let latest = "sort[column]=expiresAt&sort[direction]=desc";
    assert_eq!(names(&mut alice.agent, latest), ["ant", "bee", "dog"]);
    let used = "sort[column]=lastUsedAt&sort[direction]=desc&pagination[limit]=1";
    assert_eq!(names(&mut alice.agent, used), ["dog"]);
    let answer = alice.agent.get("/api/api-keys?pagination[limit]=2&pagination[page]=9").ok();
    let pages = json!({"totalPages": 2, "totalItems": 3, "currentPage": 2, "itemsPerPage": 2});
    assert_eq!(answer.json()["pagination"], pages);
}

#[test]
fn every_fault_of_a_new_key_is_told_and_nothing_is_made() {
    let op = TestOp::start();
    let mut alice = op.person("alice").agent;
    let mut refused = |body: &Value| alice.post("/api/api-keys", body);

    assert_eq!(fields(&refused(&json!({}))), ["name required", "expiresAt required"]);
    assert_eq!(fields(&refused(&body("x", "2099-01-01T00:00:00Z"))), ["name too_short"]);
    let past = refused(&body("script", "2001-01-01T00:00:00Z"));
    assert_eq!(past.error(), "400 invalid_api_key_expiration");
    assert_eq!(fields(&past), ["expiresAt invalid_value"]);
    for moment in ["2099-01-01", "2099-01-01 00:00:00Z", "tomorrow", ""] {
        assert_eq!(
            refused(&body("script", moment)).error(),
            "400 invalid_request_body",
            "{moment}"
        );
    }
    let array = json!(["script", "what for", "2099-01-01T00:00:00Z"]);
    assert_eq!(refused(&array).error(), "400 invalid_request_body");
    assert_eq!(op.count("api_keys"), 0);
}

#[test]
fn a_key_keeps_an_empty_description_apart_from_none() {
    let op = TestOp::start();
    let mut alice = op.person("alice").agent;
    let mut create = |description: Value| {
        let mut body = body("script", "2099-01-01T00:00:00Z");
        body["description"] = description;
        let answer = alice.post("/api/api-keys", &body);
        assert_eq!(answer.status, 201);
        answer.json()["apiKey"]["description"].clone()
    };
    assert_eq!(create(json!("")), "");
    assert_eq!(create(json!(null)), json!(null));
    assert_eq!(create(json!("x".repeat(300))), "x".repeat(300));
}

/// One verb behind the terminal and the API.
#[test]
fn a_key_of_either_door_leaves_the_same_entries() {
    let op = TestOp::start();
    let mut alice = op.person("alice").agent;
    let answer = alice.post("/api/api-keys", &body("script", "2099-01-01T00:00:00Z"));
    let by_browser = answer.json()["apiKey"]["id"].as_str().unwrap().to_owned();
    op.beside("api-key create other --for alice").ok();
    op.beside(&format!("api-key delete {by_browser} --yes")).expect_success();
    let kinds = "SELECT kind FROM audit_events WHERE object_id IS NOT NULL ORDER BY id";
    assert_eq!(op.texts(kinds), ["API_KEY_CREATED", "API_KEY_CREATED", "API_KEY_DELETED"]);
    let actors = "SELECT actor FROM audit_events WHERE object_id IS NOT NULL ORDER BY id";
    assert_eq!(op.texts(actors), ["user", "cli", "cli"]);
    // The limit is one, too.
    for number in 1..100 {
        op.beside(&format!("api-key create key{number} --for alice")).expect_success();
    }
    let answer = alice.post("/api/api-keys", &body("script", "2099-01-01T00:00:00Z"));
    assert_eq!(answer.error(), "409 too_many_api_keys");
    let refused = op.beside("api-key create more --for alice");
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("100 API keys"), "{}", refused.stderr);
    assert_eq!(op.count("api_keys"), 100);
}
