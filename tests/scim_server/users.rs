//! Users.

use serde_json::{Value, json};

use super::program::{Program, error, id};
use crate::support::{op::TestOp, wait_until};

fn alice() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "alice",
        "externalId": "e1",
        "name": {"givenName": "Alice", "familyName": "Liddell", "formatted": "x"},
        "displayName": "Ali",
        "emails": [{"value": "home@example.com", "type": "home"}, {"value": "alice@example.com", "type": "work", "primary": true}],
        "active": true,
        "title": "Dreamer",
    })
}

#[test]
fn a_user_is_created_shown_replaced_and_deleted() {
    let op = TestOp::start();
    let program = Program::new(&op, "hr");
    let made = program.post("/Users", &alice());
    assert_eq!(made.status, 201);
    let user = made.json();
    let path = format!("/Users/{}", user["id"].as_str().unwrap());
    let location = format!("{}/scim/v2{path}", op.base_url());
    assert_eq!(made.location(), location);
    assert_eq!(made.header("etag"), user["meta"]["version"].as_str().unwrap());
    assert_eq!(user["meta"]["location"], location);
    assert_eq!(user["meta"]["resourceType"], "User");
    let told = |user: &Value| {
        let mut user = user.clone();
        user.as_object_mut()
            .unwrap()
            .retain(|name, _| !["id", "meta", "schemas"].contains(&name.as_str()));
        user
    };
    assert_eq!(
        told(&user),
        json!({
            "userName": "alice", "externalId": "e1", "displayName": "Ali", "active": true,
            "name": {"givenName": "Alice", "familyName": "Liddell"},
            "emails": [{"value": "alice@example.com"}],
        })
    );
    assert_eq!(program.get(&path).ok().json(), user);
    let replaced =
        program.put(&path, &json!({"userName": "Alice2", "name": {"givenName": "A"}})).ok();
    assert_eq!(
        told(&replaced.json()),
        json!({"userName": "Alice2", "displayName": "A", "active": true, "name": {"givenName": "A"}})
    );
    assert_eq!(program.delete(&path).status, 204);
    assert_eq!(op.count("users"), 0);
}

#[test]
fn names_and_emails_are_unique_whatever_their_case() {
    let op = TestOp::start();
    let program = Program::new(&op, "hr");
    program.create("Users", &alice());
    for body in [
        json!({"userName": "ALICE"}),
        json!({"userName": "alice@example.com"}),
        json!({"userName": "b", "emails": [{"value": "Alice@Example.com"}]}),
        json!({"userName": "b", "externalId": "e1"}),
    ] {
        assert_eq!(error(&program.post("/Users", &body)), "409 uniqueness", "{body}");
    }
    let bob = program.create("Users", &json!({"userName": "bob"}));
    assert_eq!(error(&program.put(&bob, &json!({"userName": "alice"}))), "409 uniqueness");
    let rename = json!([{"op": "replace", "path": "externalId", "value": "e1"}]);
    assert_eq!(error(&program.patch(&bob, &rename)), "409 uniqueness");
    assert_eq!(op.count("users"), 2);
}

/// As for administrators who change it (`PUT /api/users/{id}`).
#[test]
fn a_new_email_is_not_verified() {
    let op = TestOp::start();
    let program = Program::new(&op, "hr");
    let path = program.create("Users", &alice());
    op.execute("UPDATE users SET email_verified = 1");
    program.put(&path, &alice()).ok();
    let verified = || op.number("SELECT email_verified FROM users");
    assert_eq!(verified(), 1);
    let change = json!([{"op": "replace", "path": "emails[type eq \"work\"].value", "value": "n@example.com"}]);
    program.patch(&path, &change).ok();
    assert_eq!(verified(), 0);
}

#[test]
fn new_accounts_get_the_groups_of_new_accounts() {
    let op = TestOp::start();
    let group = op.group("everybody", &[]);
    op.beside(&format!("config set signupDefaultUserGroupIDs [\"{group}\"]")).expect_success();
    let program = Program::new(&op, "hr");
    wait_until(|| !op.config().signup_default_groups().is_empty());
    let path = program.create("Users", &json!({"userName": "alice"}));
    let groups = program.get(&path).ok().json()["groups"].clone();
    assert_eq!(groups[0]["value"], group.to_string());
}

#[test]
fn a_page_has_what_is_asked_for() {
    let op = TestOp::start();
    let program = Program::new(&op, "hr");
    for number in 0..7 {
        program.create("Users", &json!({"userName": format!("user-{number}")}));
    }
    let page = |query: &str| {
        let page = program.get(&format!("/Users?{query}")).ok().json();
        let names =
            page["Resources"].as_array().unwrap().iter().map(|one| one["userName"].to_string());
        let numbers =
            ["totalResults", "startIndex", "itemsPerPage"].map(|name| page[name].to_string());
        format!(
            "{} {}",
            numbers.join(" "),
            names.collect::<Vec<_>>().join(" ").replace("\"user-", "").replace('"', "")
        )
    };
    assert_eq!(page("startIndex=1&count=3"), "7 1 3 0 1 2");
    assert_eq!(page("startIndex=4&count=3"), "7 4 3 3 4 5");
    assert_eq!(page("startIndex=7&count=3"), "7 7 1 6");
    assert_eq!(page("startIndex=8&count=3"), "7 8 0 ");
    assert_eq!(page("count=0"), "7 1 0 ");
    assert_eq!(
        page(
            "count=2&filter=userName%20ew%20%226%22%20or%20userName%20le%20%22user-2%22&startIndex=3"
        ),
        "4 3 2 2 6"
    );
    let search = json!({"startIndex": 2, "count": 1, "attributes": ["userName"]});
    let found = program.post("/Users/.search", &search).ok().json();
    assert_eq!(found["Resources"][0]["userName"], "user-1");
    assert_eq!(found["Resources"][0].as_object().unwrap().len(), 3, "{found}");
}

/// A hundred thousand accounts are an ordinary number.
#[test]
fn a_page_of_many_is_read_quickly_wherever_it_begins() {
    const COUNT: i64 = 20_000;
    let op = TestOp::start();
    op.user("seed");
    let series = if op.is_postgres() {
        format!("(SELECT n FROM generate_series(1, {COUNT}) AS s(n))")
    } else {
        format!(
            "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {COUNT}) SELECT n FROM s)"
        )
    };
    let id = if op.is_postgres() {
        "decode(lpad(to_hex(n), 32, '0'), 'hex')"
    } else {
        "unhex(printf('%032x', n))"
    };
    op.execute(&format!(
        "INSERT INTO users (id, username, username_folded, email_verified, first_name, last_name, display_name, is_admin,
                            disabled, created_at, updated_at, search_text)
         SELECT {id}, 'many-' || n, 'many-' || n, 0, '', '', '', 0, 0, n, n, 'many-' || n FROM {series} AS numbers"
    ));
    let program = Program::new(&op, "hr");
    program.get("/Users?count=1").ok();
    for query in
        ["startIndex=1&count=200", "startIndex=10001&count=200", "startIndex=19800&count=200"]
    {
        let begin = std::time::Instant::now();
        let page = program.get(&format!("/Users?{query}")).ok().json();
        let took = begin.elapsed();
        assert_eq!(page["totalResults"], COUNT + 1);
        assert_eq!(page["itemsPerPage"], 200);
        // A page that is not full after ten seconds ends there.
        assert!(took < std::time::Duration::from_secs(9), "{query}: {took:?}");
    }
    assert_eq!(program.find("Users", "userName eq \"MANY-777\""), ["many-777"]);
    assert_eq!(program.find("Users", "userName ew \"-19999\""), ["many-19999"]);
}

#[test]
fn an_unknown_user_is_not_found() {
    let op = TestOp::start();
    let program = Program::new(&op, "hr");
    let path = "/Users/018f0000-0000-7000-8000-000000000000";
    for answer in [
        program.get(path),
        program.put(path, &json!({"userName": "a"})),
        program.patch(path, &json!([])),
        program.delete(path),
    ] {
        assert_eq!(error(&answer), "404 ");
    }
    let made = program.create("Users", &json!({"userName": "alice"}));
    assert_eq!(error(&program.get(&format!("/Groups/{}", id(&made)))), "404 ");
}
