//! Filters against rows.

use serde_json::json;

use super::program::{Program, error, id};
use crate::support::op::TestOp;

#[test]
fn users_are_found_by_what_is_known_of_them() {
    let op = TestOp::start();
    let program = Program::new(&op, "hr");
    let alice = json!({
        "userName": "Alice", "externalId": "E-1", "name": {"givenName": "Alice", "familyName": "Liddell"},
        "displayName": "Ali", "emails": [{"value": "alice@example.com"}],
    });
    let path = program.create("Users", &alice);
    program.create(
        "Users",
        &json!({"userName": "bob", "active": false, "displayName": "Bobby \\ \"B\""}),
    );
    program.create("Users", &json!({"userName": "carol", "name": {"familyName": "Émile"}}));
    let staff = program
        .create("Groups", &json!({"displayName": "Staff", "members": [{"value": id(&path)}]}));
    let by_id = format!("id eq \"{}\"", id(&path));
    let in_group = format!("groups.value eq \"{}\"", id(&staff));
    for (filter, names) in [
        (by_id.as_str(), &["Alice"] as &[&str]),
        (in_group.as_str(), &["Alice"]),
        ("userName eq \"ALICE\"", &["Alice"]),
        ("username Eq \"alice\" And active eq true", &["Alice"]),
        ("userName eq \"alice\" and active eq false", &[]),
        ("userName eq \"alice@example.com\"", &[]),
        ("emails.value eq \"Alice@Example.com\"", &["Alice"]),
        ("emails eq \"alice\"", &[]),
        ("emails[type eq \"work\" and value eq \"alice@example.com\"]", &["Alice"]),
        ("emails[type eq \"home\"]", &[]),
        ("externalId eq \"E-1\"", &["Alice"]),
        ("externalId eq \"e-1\"", &[]),
        ("externalId pr", &["Alice"]),
        ("displayName eq \"ali\"", &["Alice"]),
        ("displayName eq \"bobby \\\\ \\\"b\\\"\"", &["bob"]),
        ("displayName eq \"al\"", &[]),
        ("not (userName eq \"alice\" or userName eq \"bob\")", &["carol"]),
        ("active eq false", &["bob"]),
        ("name.familyName co \"éMI\"", &["carol"]),
        ("urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"c\"", &["carol"]),
        ("groups pr", &["Alice"]),
        ("title pr or nickName eq \"x\"", &[]),
        ("id eq \"nobody\"", &[]),
        ("members.value eq \"x\"", &[]),
        ("meta.created gt \"2020-01-01T00:00:00Z\" and userName lt \"b\"", &["Alice"]),
    ] {
        assert_eq!(program.find("Users", filter), names, "{filter}");
    }
}

#[test]
fn groups_are_found_by_their_members_too() {
    let op = TestOp::start();
    let program = Program::new(&op, "hr");
    let alice = program.create("Users", &json!({"userName": "alice"}));
    let member = json!([{"value": id(&alice)}]);
    let staff = program
        .create("Groups", &json!({"displayName": "Staff", "externalId": "g1", "members": member}));
    program.create("Groups", &json!({"displayName": "Guests"}));
    let has_alice = format!("members.value eq \"{}\"", id(&alice));
    let is_staff = format!("id eq \"{}\" and {has_alice}", id(&staff));
    let not_alice = format!("not (members[value eq \"{}\"])", id(&alice));
    for (filter, names) in [
        ("displayName eq \"STAFF\"", &["Staff"] as &[&str]),
        ("externalId eq \"g1\"", &["Staff"]),
        (&has_alice, &["Staff"]),
        (&is_staff, &["Staff"]),
        (&not_alice, &["Guests"]),
        ("members pr", &["Staff"]),
        ("displayName sw \"g\"", &["Guests"]),
        ("userName eq \"alice\"", &[]),
        ("id eq \"x\"", &[]),
    ] {
        assert_eq!(program.find("Groups", filter), names, "{filter}");
    }
}

#[test]
fn what_is_no_filter_is_refused() {
    let op = TestOp::start();
    let program = Program::new(&op, "hr");
    let deep = "(".repeat(5_000);
    let many = vec!["userName pr"; 250].join(" and ");
    for filter in [
        "x",
        "userName eq",
        "userName eq 'a'",
        "userName eq \"a",
        "(userName pr",
        "active gt true",
        "userName eq \"a\\u0000\"",
        &deep,
        &many,
    ] {
        let query =
            form_urlencoded::Serializer::new(String::new()).append_pair("filter", filter).finish();
        for kind in ["Users", "Groups"] {
            assert_eq!(
                error(&program.get(&format!("/{kind}?{query}"))),
                "400 invalidFilter",
                "{filter}"
            );
            let search = program.post(&format!("/{kind}/.search"), &json!({ "filter": filter }));
            assert_eq!(error(&search), "400 invalidFilter", "{filter}");
        }
    }
    assert_eq!(error(&program.get("/Users?count=x")), "400 invalidValue");
    assert_eq!(error(&program.post("/Users/.search", &json!({"filter": 5}))), "400 invalidSyntax");
}

#[test]
fn users_and_groups_are_searched_at_once() {
    let op = TestOp::start();
    let program = Program::new(&op, "hr");
    for name in ["alice", "bob"] {
        program.create("Users", &json!({"userName": name, "displayName": name}));
    }
    for name in ["a-team", "b-team"] {
        program.create("Groups", &json!({"displayName": name}));
    }
    for (body, total, names) in [
        (json!({}), 4, &["alice", "bob", "a-team", "b-team"] as &[&str]),
        (json!({"startIndex": 2, "count": 2}), 4, &["bob", "a-team"]),
        (json!({"startIndex": 4}), 4, &["b-team"]),
        (json!({"filter": "displayName sw \"b\""}), 2, &["bob", "b-team"]),
        (json!({"filter": "userName pr", "count": 0}), 2, &[]),
    ] {
        let found = program.post("/.search", &body).ok().json();
        let list = found["Resources"].as_array().unwrap().iter();
        let found_names: Vec<_> = list.map(|one| one["displayName"].as_str().unwrap()).collect();
        assert_eq!((&found["totalResults"], &*found_names), (&json!(total), names), "{body}");
    }
}
