//! A program cannot take over the installation.

use serde_json::json;

use super::program::{Program, error, id};
use crate::support::op::TestOp;

#[test]
fn administrators_are_shown_and_never_changed() {
    let op = TestOp::start();
    for name in ["root", "second"] {
        let user = op.user(name);
        op.change_user(user.id, |user| user.is_admin = true);
    }
    let program = Program::new(&op, "hr");
    assert_eq!(program.find("Users", "userName eq \"ROOT\""), ["root"]);
    let list = program.get("/Users").ok().json();
    let root = list["Resources"].as_array().unwrap().iter().find(|one| one["userName"] == "root");
    let path = format!("/Users/{}", root.unwrap()["id"].as_str().unwrap());
    let before =
        op.texts("SELECT username || COALESCE(email, '') || disabled FROM users ORDER BY id");
    for operations in [
        json!([{"op": "replace", "path": "active", "value": false}]),
        json!([{"op": "replace", "path": "userName", "value": "other"}]),
        json!([{"op": "replace", "path": "emails", "value": [{"value": "m@example.com"}]}]),
        json!([{"op": "replace", "path": "displayName", "value": "x"}]),
    ] {
        assert_eq!(error(&program.patch(&path, &operations)), "403 mutability", "{operations}");
    }
    assert_eq!(error(&program.put(&path, &json!({"userName": "root"}))), "403 mutability");
    assert_eq!(error(&program.delete(&path)), "403 mutability");
    let after =
        op.texts("SELECT username || COALESCE(email, '') || disabled FROM users ORDER BY id");
    assert_eq!(before, after);
    // Its own id for an account is a note of the program.
    let note = json!([{"op": "add", "path": "externalId", "value": "1"}]);
    assert_eq!(program.patch(&path, &note).ok().json()["externalId"], "1");
    // Groups have people of all kinds.
    let group = program
        .create("Groups", &json!({"displayName": "Staff", "members": [{"value": id(&path)}]}));
    assert_eq!(program.patch(&group, &json!([{"op": "remove", "path": "members"}])).status, 204);
}

#[test]
fn nobody_becomes_an_administrator() {
    let op = TestOp::start();
    let program = Program::new(&op, "hr");
    let body = json!({
        "userName": "mallory", "isAdmin": true, "admin": true, "roles": [{"value": "admin"}],
        "groups": [{"value": "admins"}], "id": "00000000-0000-0000-0000-000000000000",
    });
    let path = program.create("Users", &body);
    assert_ne!(id(&path), "00000000-0000-0000-0000-000000000000");
    program.put(&path, &body).ok();
    program.patch(&path, &json!([{"op": "add", "value": {"isAdmin": true}}, {"op": "add", "path": "isAdmin", "value": true}])).ok();
    assert_eq!(op.number("SELECT COUNT(*) FROM users WHERE is_admin = 1"), 0);
}

#[test]
fn access_ends_with_the_account() {
    let op = TestOp::start();
    let alice = op.user("alice");
    let program = Program::new(&op, "hr");
    let path = format!("/Users/{}", alice.id);
    let key = || op.beside_args(&["api-key", "create", "hers", "--for", "alice"]).ok();
    let mut hers = op.agent().with_header("x-api-key", key().trim());
    assert_eq!(hers.get("/api/users/me").status, 200);
    program.patch(&path, &json!([{"op": "replace", "value": {"active": "False"}}])).ok();
    assert_eq!(hers.get("/api/users/me").status, 403);
    program.patch(&path, &json!([{"op": "replace", "path": "active", "value": true}])).ok();
    assert_eq!(hers.get("/api/users/me").status, 401);
    let mut hers = op.agent().with_header("x-api-key", key().trim());
    assert_eq!(program.delete(&path).status, 204);
    assert_eq!(hers.get("/api/users/me").status, 401);
    assert_eq!(error(&program.get(&path)), "404 ");
    assert_eq!(error(&program.delete(&path)), "404 ");
}

/// Services are made here, and no directory knows them.
#[test]
fn services_are_shown_and_never_changed() {
    let op = TestOp::start();
    op.beside("service create ci-deploy").expect_success();
    let program = Program::new(&op, "hr");
    assert_eq!(program.find("Users", "userName eq \"ci-deploy\""), ["ci-deploy"]);
    let list = program.get("/Users").ok().json();
    let path = format!("/Users/{}", list["Resources"][0]["id"].as_str().unwrap());
    let inactive = json!([{"op": "replace", "path": "active", "value": false}]);
    assert_eq!(error(&program.patch(&path, &inactive)), "403 mutability");
    assert_eq!(error(&program.put(&path, &json!({"userName": "other"}))), "403 mutability");
    assert_eq!(error(&program.delete(&path)), "403 mutability");
    assert_eq!(op.texts("SELECT username FROM users WHERE disabled = 0"), ["ci-deploy"]);
}
