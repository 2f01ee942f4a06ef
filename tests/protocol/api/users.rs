//! `/api/users`

use hyper::Method;
use serde_json::{Value, json};

use super::{administrator, delete, fields, only_administrators_may, put};
use crate::{
    protocol::app_config::set,
    support::{agent::Agent, op::TestOp},
};

const UNKNOWN: &str = "/api/users/018f0000-0000-7000-8000-000000000000";

fn body(name: &str) -> Value {
    json!({ "username": name, "email": format!("{name}@example.org"), "firstName": "First", "lastName": "Last" })
}

fn create(root: &mut Agent, body: &Value) -> (String, Value) {
    let created = root.post("/api/users", body);
    assert_eq!(created.status, 201, "{}", created.text());
    let user = created.json();
    (format!("/api/users/{}", user["id"].as_str().unwrap()), user)
}

fn names(answer: &Value) -> Vec<String> {
    let rows = answer["data"].as_array().unwrap();
    rows.iter().map(|row| row["username"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_user_is_created_shown_changed_and_deleted() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let group = op.group("staff", &[]);

    let unknown_group = "018f0000-0000-7000-8000-000000000000";
    let mut new = body("alice");
    new["userGroupIds"] = json!([group.to_string(), unknown_group, "x"]);
    new["locale"] = json!("pt-BR");
    let (path, created) = create(&mut root, &new);
    assert_eq!(created["userGroups"][0]["name"], "staff");
    assert_eq!((&created["displayName"], &created["locale"]), (&json!(""), &json!("pt-BR")));
    let shown = root.get(&path).ok().json();
    assert_eq!(shown, created);

    let mut change = body("alicia");
    change["disabled"] = json!(true);
    let changed = put(&mut root, &path, &change).ok().json();
    assert_eq!((&changed["username"], &changed["disabled"]), (&json!("alicia"), &json!(true)));
    // A field that the body leaves out becomes empty; groups have an address of their own.
    assert_eq!((&changed["locale"], &changed["userGroups"]), (&json!(null), &json!([])));
    assert_eq!(root.get(&path).ok().json()["userGroups"][0]["name"], "staff");

    assert_eq!(delete(&mut root, &path).status, 204);
    assert_eq!(root.get(&path).error(), "404 user_not_found");
    let kinds = op.audit_kinds();
    for kind in ["ACCOUNT_CREATED", "ACCOUNT_DISABLED", "ACCOUNT_CHANGED", "ACCOUNT_DELETED"] {
        assert!(kinds.iter().any(|found| found == kind), "{kind}: {kinds:?}");
    }
}

#[test]
fn an_id_of_ones_own_is_taken_once() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let id = "7d1f0c3e-5a64-4b0e-9c54-93c25c0127b8";
    let (_, user) =
        create(&mut root, &json!({"id": id, "username": "alice", "email": "alice@example.org"}));
    assert_eq!(user["id"], id);
    let again =
        root.post("/api/users", &json!({"id": id, "username": "bob", "email": "bob@example.org"}));
    assert_eq!(
        (again.error().as_str(), &again.json()["details"]["property"]),
        ("409 already_in_use", &json!("id"))
    );
    let no_uuid =
        root.post("/api/users", &json!({"id": "x", "username": "bob", "email": "bob@example.org"}));
    assert_eq!(fields(&no_uuid), ["id uuid"]);
}

#[test]
fn new_accounts_get_the_groups_and_claims_of_everybody_who_is_new() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let group = op.group("everybody", &[]);
    set(&op, "signupDefaultUserGroupIDs", &format!("[\"{group}\"]"));
    set(&op, "signupDefaultCustomClaims", r#"[{"key":"team","value":"red"}]"#);
    set(&op, "emailsVerified", "true");

    let (path, alice) = create(&mut root, &body("alice"));
    assert_eq!(
        (&alice["userGroups"][0]["name"], &alice["emailVerified"]),
        (&json!("everybody"), &json!(true))
    );
    assert_eq!(
        root.get(&path).ok().json()["customClaims"],
        json!([{"key": "team", "value": "red"}])
    );
    let mut chosen = body("bob");
    chosen["userGroupIds"] = json!([]);
    chosen["emailVerified"] = json!(false);
    let (_, bob) = create(&mut root, &chosen);
    assert_eq!((&bob["userGroups"], &bob["emailVerified"]), (&json!([]), &json!(false)));
}

#[test]
fn a_list_of_users_is_searched_sorted_filtered_and_paged() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    for (name, first) in [("anna", "Ämilie"), ("bert", "Zoe"), ("carl", "100%")] {
        let mut user = body(name);
        user["firstName"] = json!(first);
        user["disabled"] = json!(name == "carl");
        create(&mut root, &user);
    }
    let mut list = |query: &str| root.get(&format!("/api/users?{query}")).ok().json();

    assert_eq!(names(&list("search=BERT@example.org")), ["bert"]);
    assert_eq!(names(&list("search=%C3%84MIL")), ["anna"]);
    assert_eq!(names(&list("search=0%25")), ["carl"]);
    op.beside("user update anna --display-name Ännchen").expect_success();
    assert_eq!(names(&list("search=%C3%A4nnch")), ["anna"], "the name that the page shows");
    // Nothing is found across two fields.
    assert_eq!(names(&list("search=zoelast")), [""; 0]);
    assert_eq!(
        names(&list("sort[column]=username&sort[direction]=desc")),
        ["root", "carl", "bert", "anna"]
    );
    assert_eq!(names(&list("filters[isAdmin]=true")), ["root"]);
    assert_eq!(names(&list("filters[disabled][0]=true&filters[isAdmin]=false")), ["carl"]);
    let both =
        list("filters[isAdmin]=true&filters[isAdmin]=false&pagination[limit]=3&pagination[page]=2");
    assert_eq!((names(&both).len(), &both["pagination"]["totalItems"]), (1, &json!(4)));
    // Options without meaning count as absent; and of a thousand values, none is another one.
    let usual = list("pagination[limit]=-1&sort[column]=password&filters[username]=x");
    assert_eq!((names(&usual).len(), &usual["pagination"]["itemsPerPage"]), (4, &json!(20)));
    let many = vec!["filters[disabled]=true"; 1000].join("&");
    assert_eq!(names(&list(&many)), ["carl"]);
    for column in [
        "email",
        "emailVerified",
        "firstName",
        "lastName",
        "displayName",
        "isAdmin",
        "disabled",
        "createdAt",
    ] {
        assert_eq!(names(&list(&format!("sort[column]={column}"))).len(), 4, "{column}");
    }
}

#[test]
fn groups_of_a_user_are_replaced_and_unknown_ids_passed_over() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let alice = op.user("alice");
    let (staff, crew) = (op.group("staff", &[alice.id]), op.group("crew", &[]));
    let path = format!("/api/users/{}", alice.id);

    let ids =
        json!({"userGroupIds": [crew.to_string(), "x", "018f0000-0000-7000-8000-000000000000"]});
    let replaced = put(&mut root, &format!("{path}/user-groups"), &ids).ok().json();
    assert_eq!(
        (replaced["userGroups"].as_array().unwrap().len(), &replaced["userGroups"][0]["name"]),
        (1, &json!("crew"))
    );
    let groups = root.get(&format!("{path}/groups")).ok().json();
    assert_eq!((&groups[0]["id"], &groups[0]["users"]), (&json!(crew.to_string()), &json!([])));
    assert!(op.audit_kinds().contains(&"GROUP_MEMBERS_REMOVED".to_owned()), "{staff}");
}

#[test]
fn bad_input_is_refused_and_changes_nothing() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let (path, _) = create(&mut root, &body("alice"));
    create(&mut root, &body("bob"));
    let (before, entries) = (root.get("/api/users").ok().text(), op.audit_kinds());

    let mut refused = |body: Value| {
        let created = root.post("/api/users", &body).error();
        let changed = put(&mut root, &path, &body);
        assert_eq!(created, changed.error(), "{body}");
        changed
    };
    assert_eq!(fields(&refused(json!({}))), ["username required", "email required"]);
    let bad = json!({"username": "-x-", "email": "nonsense", "firstName": "a".repeat(51), "displayName": "a".repeat(101), "locale": "?"});
    let all = [
        "username invalid_format",
        "email invalid_format",
        "firstName too_long",
        "displayName too_long",
        "locale invalid_format",
    ];
    assert_eq!(fields(&refused(bad)), all);
    for (taken, property) in [
        (json!({"username": "x", "email": "BOB@example.org"}), "email"),
        (json!({"username": "BOB", "email": "x@example.org"}), "username"),
        (json!({"username": "bob@example.org", "email": "x@example.org"}), "username"),
    ] {
        let answer = refused(taken);
        assert_eq!(
            (answer.error().as_str(), &answer.json()["details"]["property"]),
            ("409 already_in_use", &json!(property))
        );
    }
    for other in [
        json!(["alice", "a@example.org"]),
        json!({"username": 1}),
        json!({"username": "a", "isAdmin": "yes"}),
        json!("x"),
    ] {
        assert_eq!(refused(other).error(), "400 invalid_request_body");
    }
    let answer = root.send(Method::POST, "/api/users", Some("text/plain"), "{}".into());
    assert_eq!(answer.error(), "400 invalid_request_body");
    assert_eq!(
        fields(&put(&mut root, &format!("{path}/user-groups"), &json!({}))),
        ["userGroupIds required"]
    );
    for path in ["/api/users/x", UNKNOWN] {
        assert_eq!(root.get(path).error(), "404 user_not_found");
        assert_eq!(put(&mut root, path, &body("other")).error(), "404 user_not_found");
        assert_eq!(delete(&mut root, path).error(), "404 user_not_found");
        assert_eq!(root.get(&format!("{path}/groups")).error(), "404 user_not_found");
    }
    assert_eq!((root.get("/api/users").ok().text(), op.audit_kinds()), (before, entries));
}

#[test]
fn the_last_administrator_stays() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let me = root.get("/api/users/me").ok().json();
    let path = format!("/api/users/{}", me["id"].as_str().unwrap());
    let entries = op.audit_kinds();
    for body in [
        json!({"username": "root", "email": "root@example.com"}),
        json!({"username": "root", "email": "root@example.com", "isAdmin": true, "disabled": true}),
    ] {
        assert_eq!(put(&mut root, &path, &body).error(), "409 last_administrator");
    }
    assert_eq!(delete(&mut root, &path).error(), "409 last_administrator");
    assert_eq!((root.get("/api/users/me").ok().json(), op.audit_kinds()), (me, entries));
}

#[test]
fn nobody_else_learns_whether_a_user_exists() {
    let op = TestOp::start();
    only_administrators_may(
        &op,
        &[
            (Method::GET, "/api/users", json!(null)),
            (Method::POST, "/api/users", body("bob")),
            (Method::GET, UNKNOWN, json!(null)),
            (Method::PUT, UNKNOWN, body("bob")),
            (Method::DELETE, UNKNOWN, json!(null)),
            (Method::GET, &format!("{UNKNOWN}/groups"), json!(null)),
            (Method::PUT, &format!("{UNKNOWN}/user-groups"), json!({ "userGroupIds": [] })),
        ],
    );
    assert_eq!(op.count("users"), 1);
}

/// PostgreSQL keeps the number of users, and the counts of searches.
#[test]
fn the_number_of_users_found_follows_every_change() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let users: Vec<_> = (0..120).map(|number| op.user(&format!("many{number}"))).collect();
    let totals = |root: &mut Agent| {
        ["", "?search=many", "?search=many&filters[disabled]=true"].map(|query| {
            let page = root.get(&format!("/api/users{query}")).ok().json();
            page["pagination"]["totalItems"].as_i64().unwrap()
        })
    };
    assert_eq!(totals(&mut root), [121, 120, 0]);
    assert_eq!(totals(&mut root), [121, 120, 0], "and again");

    op.change_user(users[0].id, |user| user.username = "fewer".parse().unwrap());
    op.execute("UPDATE users SET search_text = 'fewer' WHERE username = 'fewer'");
    assert_eq!(totals(&mut root), [121, 119, 0]);
    op.beside("user remove many1 --yes").expect_success();
    assert_eq!(totals(&mut root), [120, 118, 0]);
    op.change_user(users[2].id, |user| user.disabled = true);
    assert_eq!(totals(&mut root), [120, 118, 1]);
    op.user("many-more");
    assert_eq!(totals(&mut root), [121, 119, 1]);
}
