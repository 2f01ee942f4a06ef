//! Versions (RFC 7644 §3.14).

use std::thread;

use serde_json::json;

use super::program::{Program, error, id};
use crate::support::op::TestOp;

#[test]
fn a_resource_that_is_known_is_not_sent_again() {
    let op = TestOp::start();
    let program = Program::new(&op, "hr");
    let user = program.create("Users", &json!({"userName": "alice"}));
    let group = program.create("Groups", &json!({"displayName": "Staff"}));
    for path in [&user, &group] {
        let version = program.get(path).ok().header("etag").to_owned();
        assert!(version.starts_with("W/\""), "{version}");
        let known = program.with("if-none-match", &version).get(path);
        assert_eq!(
            (known.status, known.text().as_str(), known.header("etag")),
            (304, "", version.as_str())
        );
        let other = program.with("if-none-match", "W/\"other\"").get(path);
        assert_eq!(other.status, 200);
    }
    // A member is a change of the group, and of the user.
    let versions = [&user, &group].map(|path| program.get(path).header("etag").to_owned());
    program
        .patch(&group, &json!([{"op": "add", "path": "members", "value": [{"value": id(&user)}]}]))
        .ok();
    for (path, version) in [&user, &group].into_iter().zip(versions) {
        assert_ne!(program.get(path).header("etag"), version, "{path}");
    }
}

#[test]
fn a_change_of_another_version_is_refused() {
    let op = TestOp::start();
    let program = Program::new(&op, "hr");
    let user = program.create("Users", &json!({"userName": "alice"}));
    let group = program.create("Groups", &json!({"displayName": "Staff"}));
    for (path, body) in
        [(&user, json!({"userName": "alice"})), (&group, json!({"displayName": "Staff"}))]
    {
        let version = program.get(path).header("etag").to_owned();
        let old = program.with("if-match", "W/\"old\"");
        let change = json!([{"op": "add", "path": "externalId", "value": "1"}]);
        assert_eq!(error(&old.put(path, &body)), "412 ");
        assert_eq!(error(&old.patch(path, &change)), "412 ");
        assert_eq!(error(&old.delete(path)), "412 ");
        let current = program.with("if-match", &version);
        current.patch(path, &change).ok();
        assert_eq!(error(&current.patch(path, &change)), "412 ");
        program.with("if-match", "*").put(path, &body).ok();
        let version = program.get(path).header("etag").to_owned();
        assert_eq!(program.with("if-match", &version).delete(path).status, 204);
    }
}

/// Of those who change one version at the same time, one wins.
#[test]
fn of_many_changes_of_one_version_one_is_made() {
    let op = TestOp::start();
    let program = Program::new(&op, "hr");
    let user = program.create("Users", &json!({"userName": "alice"}));
    let group = program.create("Groups", &json!({"displayName": "Staff"}));
    for path in [&user, &group] {
        let version = program.get(path).header("etag").to_owned();
        let statuses: Vec<_> = thread::scope(|scope| {
            let change = |number: usize| {
                let one = program.with("if-match", &version);
                scope.spawn(move || {
                    let value = format!("name-{number}");
                    let change = json!([{"op": "replace", "path": "displayName", "value": value}]);
                    one.patch(path, &change).status
                })
            };
            let running: Vec<_> = (0..8).map(change).collect();
            running.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let made = statuses.iter().filter(|status| **status < 300).count();
        let refused = statuses.iter().filter(|status| **status == 412).count();
        assert_eq!((made, refused), (1, 7), "{statuses:?}");
    }
}
