//! Operations on users.

use serde_json::{Value, json};

use super::program::{Program, error};
use crate::support::op::TestOp;

#[test]
fn the_operations_of_entra_and_okta_change_a_user() {
    let op = TestOp::start();
    let program = Program::new(&op, "entra");
    let path = program.create(
        "Users",
        &json!({"userName": "alice", "name": {"givenName": "A", "familyName": "L"}}),
    );
    for (operations, place, expected) in [
        (json!([{"op": "Replace", "path": "active", "value": "False"}]), "/active", json!(false)),
        (json!([{"op": "Add", "path": "active", "value": "True"}]), "/active", json!(true)),
        (
            json!([{"op": "Add", "path": "emails[type eq \"work\"].value", "value": "a@example.com"}]),
            "/emails/0/value",
            json!("a@example.com"),
        ),
        (
            json!([{"op": "replace", "value": {"name.givenName": "Alice", "displayName": "Ali"}}]),
            "/name/givenName",
            json!("Alice"),
        ),
        (
            json!([{"op": "replace", "value": {"name": {"familyName": "M"}}}]),
            "/name/givenName",
            json!("Alice"),
        ),
        (
            json!([{"op": "add", "path": "urn:ietf:params:scim:schemas:core:2.0:User:displayName", "value": "Al"}]),
            "/displayName",
            json!("Al"),
        ),
        (
            json!([{"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "x"}, {"op": "add", "path": "title", "value": "x"}]),
            "/displayName",
            json!("Al"),
        ),
        (json!([{"op": "remove", "path": "name.familyName"}]), "/name/familyName", Value::Null),
        (json!([{"op": "remove", "path": "emails"}]), "/emails", Value::Null),
        (json!([]), "/userName", json!("alice")),
    ] {
        let patched = program.patch(&path, &operations).ok().json();
        let found = patched.pointer(place).cloned().unwrap_or_default();
        assert_eq!(found, expected, "{operations}");
        assert_eq!(program.get(&path).ok().json(), patched);
    }
}

#[test]
fn a_patch_is_done_as_a_whole_or_not_at_all() {
    let op = TestOp::start();
    let program = Program::new(&op, "hr");
    op.user("bob");
    let path = program.create("Users", &json!({"userName": "alice", "externalId": "1"}));
    let (before, entries) = (program.get(&path).ok().json(), op.count("audit_events"));
    for last in [
        json!({"op": "replace", "path": "userName", "value": "bob"}),
        json!({"op": "replace", "path": "emails", "value": [{"value": "bob@example.com"}]}),
        json!({"op": "replace", "path": "userName", "value": "a b"}),
        json!({"op": "remove", "path": "active"}),
        json!({"op": "replace", "path": "emails[type eq \"home\"].value", "value": "x@example.com"}),
    ] {
        let operations = json!([
            {"op": "replace", "value": {"active": false, "displayName": "X", "externalId": "2"}},
            last,
        ]);
        let refused = error(&program.patch(&path, &operations));
        assert!(refused.starts_with("400 ") || refused.starts_with("409 "), "{refused}");
        assert_eq!(program.get(&path).ok().json(), before);
    }
    assert_eq!(op.count("audit_events"), entries);
}
