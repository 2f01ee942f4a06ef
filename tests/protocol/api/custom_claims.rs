//! `/api/custom-claims`

use hyper::Method;
use serde_json::{Value, json};

use super::{administrator, fields, only_administrators_may, put};
use crate::support::op::TestOp;

const USER: &str = "/api/custom-claims/user/018f0000-0000-7000-8000-000000000000";
const GROUP: &str = "/api/custom-claims/user-group/018f0000-0000-7000-8000-000000000000";

#[test]
fn claims_of_users_and_groups_are_replaced_and_suggested() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let (alice, staff) = (op.user("alice"), op.group("staff", &[]));
    let of_user = format!("/api/custom-claims/user/{}", alice.id);
    let of_group = format!("/api/custom-claims/user-group/{staff}");

    let two = json!([{"key": "level", "value": "3"}, {"key": "team", "value": "red"}]);
    assert_eq!(put(&mut root, &of_user, &two).ok().json(), two);
    let one = json!([{"key": "team", "value": "blue"}]);
    assert_eq!(put(&mut root, &of_group, &one).ok().json(), one);
    let suggested = root.get("/api/custom-claims/suggestions").ok().json();
    assert_eq!(suggested, json!(["team", "level"]), "most used first");
    assert_eq!(put(&mut root, &of_user, &json!([])).ok().json(), json!([]));
    assert_eq!((op.count("user_claims"), op.count("group_claims")), (0, 1));
}

#[test]
fn bad_claims_are_refused_and_change_nothing() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let alice = op.user("alice");
    let path = format!("/api/custom-claims/user/{}", alice.id);
    put(&mut root, &path, &json!([{"key": "team", "value": "red"}])).ok();
    let entries = op.audit_kinds();

    let mut refused = |body: Value| put(&mut root, &path, &body);
    let reserved = refused(json!([{"key": "email", "value": "x"}]));
    assert_eq!(
        (reserved.error().as_str(), fields(&reserved)),
        ("400 reserved_claim", vec!["key reserved".to_owned()])
    );
    let twice = refused(json!([{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]));
    assert_eq!(
        (twice.error().as_str(), fields(&twice)),
        ("400 duplicate_claim", vec!["key duplicate".to_owned()])
    );
    assert_eq!(
        fields(&refused(json!([{"key": "a"}, {"value": "1"}]))),
        ["value required", "key required"]
    );
    assert_eq!(
        fields(&refused(json!([{"key": "a", "value": "x".repeat(2001)}]))),
        ["value too_long"]
    );
    let many: Vec<_> = (0..51).map(|n| json!({"key": format!("k{n}"), "value": "1"})).collect();
    assert_eq!(fields(&refused(json!(many))), ["claims too_long"]);
    for other in
        [json!({"key": "a", "value": "1"}), json!([["a", "1"]]), json!([{"key": 1, "value": "1"}])]
    {
        assert_eq!(refused(other).error(), "400 invalid_request_body");
    }
    assert_eq!(put(&mut root, USER, &json!([])).error(), "404 user_not_found");
    assert_eq!(put(&mut root, GROUP, &json!([])).error(), "404 not_found");
    assert_eq!((op.count("user_claims"), op.audit_kinds()), (1, entries));
}

#[test]
fn claims_are_for_administrators() {
    let op = TestOp::start();
    only_administrators_may(
        &op,
        &[
            (Method::GET, "/api/custom-claims/suggestions", json!(null)),
            (Method::PUT, USER, json!([])),
            (Method::PUT, GROUP, json!([])),
        ],
    );
}
