//! Bodies and values that are wrong on purpose.

use hyper::Method;
use serde_json::{Value, json};

use super::program::{Program, error, id};
use crate::support::op::TestOp;

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn each_wrong_body_has_its_refusal() {
    let op = TestOp::start();
    let program = Program::new(&op, "hr");
    let alice = program.create("Users", &json!({"userName": "alice"}));
    let group = program.create("Groups", &json!({"displayName": "Staff"}));
    let nobody = "018f0000-0000-7000-8000-000000000000";
    let long = "x".repeat(60_000);
    for (method, path, body, refusal) in [
        ("POST", "/Users", json!([]), "400 invalidSyntax"),
        ("POST", "/Users", json!("x"), "400 invalidSyntax"),
        ("POST", "/Users", json!({}), "400 invalidValue"),
        ("POST", "/Users", json!({"userName": null}), "400 invalidValue"),
        ("POST", "/Users", json!({"userName": {"a": 1}}), "400 invalidValue"),
        ("POST", "/Users", json!({"userName": "a b"}), "400 invalidValue"),
        ("POST", "/Users", json!({"userName": "a\u{0}"}), "400 invalidValue"),
        ("POST", "/Users", json!({"userName": "\u{202e}a"}), "400 invalidValue"),
        ("POST", "/Users", json!({"userName": long}), "400 invalidValue"),
        ("POST", "/Users", json!({"userName": "b", "externalId": "a\u{0}b"}), "400 invalidValue"),
        (
            "POST",
            "/Users",
            json!({"userName": "b", "emails": [{"value": "no"}]}),
            "400 invalidValue",
        ),
        (
            "POST",
            "/Users",
            json!({"userName": "b", "displayName": "a\u{1b}[31m"}),
            "400 invalidValue",
        ),
        ("POST", "/Users", json!({"userName": "b", "title": "x".repeat(70_000)}), "413 "),
        ("PUT", &alice, json!({}), "400 invalidValue"),
        ("PUT", &alice, json!({"userName": "alice", "active": 1}), "400 invalidValue"),
        ("PATCH", &alice, json!({}), "400 invalidSyntax"),
        (
            "PATCH",
            &alice,
            json!({"Operations": [{"op": "x", "path": "active"}]}),
            "400 invalidSyntax",
        ),
        (
            "PATCH",
            &alice,
            json!({"Operations": [{"op": "replace", "path": "a b", "value": 1}]}),
            "400 invalidPath",
        ),
        (
            "PATCH",
            &alice,
            json!({"Operations": [{"op": "replace", "path": "emails[", "value": 1}]}),
            "400 invalidPath",
        ),
        (
            "PATCH",
            &alice,
            json!({"Operations": [{"op": "replace", "path": "emails[x]", "value": 1}]}),
            "400 invalidFilter",
        ),
        ("PATCH", &alice, json!({"Operations": [{"op": "remove"}]}), "400 noTarget"),
        (
            "PATCH",
            &alice,
            json!({"Operations": [{"op": "replace", "path": "id", "value": nobody}]}),
            "400 mutability",
        ),
        (
            "PATCH",
            &alice,
            json!({"Operations": [{"op": "remove", "path": "userName"}]}),
            "400 mutability",
        ),
        (
            "PATCH",
            &alice,
            json!({"Operations": vec![json!({"op": "remove", "path": "name"}); 1_001]}),
            "400 tooMany",
        ),
        ("POST", "/Groups", json!({}), "400 invalidValue"),
        ("POST", "/Groups", json!({"displayName": "x"}), "400 invalidValue"),
        ("POST", "/Groups", json!({"displayName": "x".repeat(256)}), "400 invalidValue"),
        ("POST", "/Groups", json!({"displayName": "ab", "members": "x"}), "400 invalidValue"),
        (
            "POST",
            "/Groups",
            json!({"displayName": "ab", "members": [{"value": nobody}]}),
            "400 invalidValue",
        ),
        (
            "POST",
            "/Groups",
            json!({"displayName": "ab", "members": [{"value": id(&group), "type": "Group"}]}),
            "400 invalidValue",
        ),
        (
            "PATCH",
            &group,
            json!({"Operations": [{"op": "add", "path": "members", "value": [{"value": id(&group)}]}]}),
            "400 invalidValue",
        ),
        (
            "PATCH",
            &group,
            json!({"Operations": [{"op": "replace", "path": "members[value eq \"x\"].display", "value": "x"}]}),
            "400 mutability",
        ),
        ("POST", "/Groups", json!({"displayName": "x".repeat(5_000_000)}), "413 "),
    ] {
        let refused = program.ask(method.parse().unwrap(), path, &body);
        let shown: String = body.to_string().chars().take(120).collect();
        assert_eq!(error(&refused), refusal, "{method} {path} {shown}");
        assert!(refused.text().len() < 1_000);
    }
    assert_eq!((op.count("users"), op.count("groups"), op.count("group_members")), (1, 1, 0));
}

#[test]
fn what_is_no_json_is_refused() {
    let op = TestOp::start();
    let program = Program::new(&op, "hr");
    let deep = "[".repeat(10_000);
    let mut agent = program.agent.clone();
    for body in ["", "{", "{\"userName\": \"a\"", &deep, "\u{feff}{}", "{\"userName\":\"\\ud800\"}"]
    {
        for path in ["/scim/v2/Users", "/scim/v2/Groups", "/scim/v2/Users/.search"] {
            let kind = Some("application/scim+json");
            let refused = agent.send(Method::POST, path, kind, body.to_owned().into());
            assert_eq!(error(&refused), "400 invalidSyntax", "{path}");
        }
    }
    for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
        let refused =
            agent.send(Method::POST, "/scim/v2/Users", kind, "{\"userName\":\"a\"}".into());
        assert_eq!(error(&refused), "400 invalidSyntax", "{kind:?}");
    }
    let taken = agent.send(
        Method::POST,
        "/scim/v2/Users",
        Some("application/json"),
        "{\"userName\":\"a\"}".into(),
    );
    assert_eq!(taken.status, 201);
}

/// A page of another site cannot have a token, and no cookie counts.
#[test]
fn a_session_is_no_token() {
    let op = TestOp::start();
    let root = op.user("root");
    op.change_user(root.id, |user| user.is_admin = true);
    let mut browser = op.agent();
    let code = op.one_time_code(root.id, 600);
    browser.post(&format!("/api/one-time-access-token/{code}"), &Value::Null).ok();
    assert_eq!(browser.get("/api/users/me").status, 200);
    assert_eq!(browser.get("/scim/v2/Users").status, 401);
}
