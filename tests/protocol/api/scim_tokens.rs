//! `/api/scim/tokens`

use hyper::Method;
use serde_json::json;

use super::{administrator, delete, only_administrators_may};
use crate::support::op::TestOp;

const ALL: &str = "/api/scim/tokens";
const UNKNOWN: &str = "/api/scim/tokens/018f0000-0000-7000-8000-000000000000";

#[test]
fn a_token_is_created_listed_rotated_and_deleted() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let made = root.post(ALL, &json!({"name": "okta"}));
    assert_eq!(made.status, 201);
    let made = made.json();
    let token = made["token"].as_str().unwrap().to_owned();
    assert_eq!(made["scimToken"]["expiresAt"], json!(null));
    let works = |token: &str| {
        let mut agent = op.agent().with_header("authorization", &format!("Bearer {token}"));
        agent.get("/scim/v2/Users").status
    };
    assert_eq!(works(&token), 200);
    let list = root.get(ALL).ok();
    assert!(!list.text().contains(&token));
    assert_eq!(list.json()["data"][0]["name"], "okta");
    let path = format!("{ALL}/{}", made["scimToken"]["id"].as_str().unwrap());
    let rotated =
        root.post(&format!("{path}/rotate"), &json!({"expiresAt": "2100-01-01T00:00:00Z"}));
    let rotated = rotated.ok().json();
    assert_eq!(rotated["scimToken"]["expiresAt"], "2100-01-01T00:00:00Z");
    let new = rotated["token"].as_str().unwrap();
    assert_eq!((works(&token), works(new)), (401, 200));
    assert_eq!(delete(&mut root, &path).status, 204);
    assert_eq!(works(new), 401);
    assert_eq!(delete(&mut root, &path).error(), "404 not_found");
    let kinds = op.audit_kinds();
    for kind in ["SCIM_TOKEN_CREATED", "SCIM_TOKEN_ROTATED", "SCIM_TOKEN_DELETED"] {
        assert_eq!(kinds.iter().filter(|found| found.starts_with(kind)).count(), 1, "{kind}");
    }
}

#[test]
fn what_cannot_be_a_token_is_refused() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    root.post(ALL, &json!({"name": "okta"})).ok();
    for (body, error) in [
        (json!({}), "400 validation_failed"),
        (json!({"name": "x"}), "400 validation_failed"),
        (json!({"name": "hr", "expiresAt": "tomorrow"}), "400 invalid_request_body"),
        (json!({"name": "hr", "expiresAt": "2020-01-01T00:00:00Z"}), "400 validation_failed"),
        (json!({"name": "okta"}), "409 already_in_use"),
    ] {
        assert_eq!(root.post(ALL, &body).error(), error, "{body}");
    }
    assert_eq!(root.post(&format!("{UNKNOWN}/rotate"), &json!({})).error(), "404 not_found");
    assert_eq!(op.count("scim_tokens"), 1);
    for number in 0..99 {
        root.post(ALL, &json!({"name": format!("hr-{number}")})).ok();
    }
    assert_eq!(root.post(ALL, &json!({"name": "one more"})).error(), "409 too_many_scim_tokens");
}

#[test]
fn tokens_are_for_administrators() {
    let op = TestOp::start();
    only_administrators_may(
        &op,
        &[
            (Method::GET, ALL, json!(null)),
            (Method::POST, ALL, json!({"name": "okta"})),
            (Method::POST, &format!("{UNKNOWN}/rotate"), json!({})),
            (Method::DELETE, UNKNOWN, json!(null)),
        ],
    );
}
