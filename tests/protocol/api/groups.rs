//! `/api/user-groups`

use hyper::Method;
use serde_json::{Value, json};

use super::{administrator, delete, fields, only_administrators_may, put};
use crate::support::{agent::Agent, op::TestOp};

const UNKNOWN: &str = "/api/user-groups/018f0000-0000-7000-8000-000000000000";

fn body(name: &str) -> Value {
    json!({ "name": name, "friendlyName": format!("The {name}") })
}

fn create(root: &mut Agent, name: &str) -> (String, String) {
    let created = root.post("/api/user-groups", &body(name));
    assert_eq!(created.status, 201);
    let id = created.json()["id"].as_str().unwrap().to_owned();
    (format!("/api/user-groups/{id}"), id)
}

fn names(answer: &Value) -> Vec<String> {
    let rows = answer["data"].as_array().unwrap();
    rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_group_is_created_shown_changed_and_deleted() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let (path, id) = create(&mut root, "staff");

    let shown = root.get(&path).ok().json();
    assert_eq!((&shown["id"], &shown["name"]), (&json!(id), &json!("staff")));
    assert_eq!(shown["friendlyName"], "The staff");
    assert_eq!((&shown["users"], &shown["allowedOidcClients"]), (&json!([]), &json!([])));
    let changed = put(&mut root, &path, &body("crew")).ok().json();
    assert_eq!(changed["name"], "crew");
    assert_eq!(delete(&mut root, &path).status, 204);
    assert_eq!(root.get(&path).error(), "404 not_found");
    let kinds = op.audit_kinds();
    for kind in ["GROUP_CREATED", "GROUP_CHANGED", "GROUP_DELETED"] {
        assert!(kinds.iter().any(|found| found.starts_with(kind)), "{kind}: {kinds:?}");
    }
}

#[test]
fn a_list_of_groups_is_searched_sorted_and_paged() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let alice = op.user("alice");
    for name in ["staff", "crew", "stars", "100%"] {
        let members = if name == "crew" { vec![alice.id] } else { Vec::new() };
        op.group(name, &members);
    }
    let mut list = |query: &str| root.get(&format!("/api/user-groups?{query}")).ok().json();

    assert_eq!(names(&list("search=STA&sort[column]=name")), ["staff", "stars"]);
    assert_eq!(names(&list("search=%25")), ["100%"]);
    let by_count = list("sort[column]=userCount&sort[direction]=desc&pagination[limit]=1");
    assert_eq!(names(&by_count), ["crew"]);
    assert_eq!(by_count["data"][0]["userCount"], 1);
    let pages = json!({"totalPages": 4, "totalItems": 4, "currentPage": 1, "itemsPerPage": 1});
    assert_eq!(by_count["pagination"], pages);
    let last = list("sort[column]=name&pagination[limit]=3&pagination[page]=99");
    assert_eq!((names(&last).len(), &last["pagination"]["currentPage"]), (1, &json!(2)));
    // Options without meaning count as absent.
    let usual = list("pagination[limit]=-1&sort[column]=password&filters[name]=x");
    assert_eq!((names(&usual).len(), &usual["pagination"]["itemsPerPage"]), (4, &json!(20)));
}

#[test]
fn members_and_clients_are_replaced_and_unknown_ids_passed_over() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let (path, _) = create(&mut root, "staff");
    let (alice, bob, client) = (op.user("alice"), op.user("bob"), op.client());
    let nobody = "018f0000-0000-7000-8000-000000000000";

    let ids = json!({ "userIds": [alice.id.to_string(), bob.id.to_string(), nobody, "x"] });
    let users = put(&mut root, &format!("{path}/users"), &ids).ok().json()["users"].clone();
    assert_eq!((&users[0]["username"], &users[1]["username"]), (&json!("alice"), &json!("bob")));
    let ids = json!({ "userIds": [bob.id.to_string()] });
    let users = put(&mut root, &format!("{path}/users"), &ids).ok().json()["users"].clone();
    assert_eq!((users.as_array().unwrap().len(), &users[0]["username"]), (1, &json!("bob")));

    let ids = json!({ "oidcClientIds": [client.id, "unknown"] });
    let clients_path = format!("{path}/allowed-oidc-clients");
    let clients = put(&mut root, &clients_path, &ids).ok().json()["allowedOidcClients"].clone();
    assert_eq!((clients.as_array().unwrap().len(), &clients[0]["id"]), (1, &json!(client.id)));
    let none = put(&mut root, &clients_path, &json!({ "oidcClientIds": [] })).ok().json();
    assert_eq!(none["allowedOidcClients"], json!([]));
}

#[test]
fn bad_input_is_refused_and_changes_nothing() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let (path, _) = create(&mut root, "staff");
    create(&mut root, "crew");
    let (before, entries) = (root.get(&path).ok().text(), op.audit_kinds());

    let mut refused = |body: Value| put(&mut root, &path, &body);
    assert_eq!(refused(body("crew")).error(), "409 already_in_use");
    assert_eq!(refused(body("crew")).json()["details"]["property"], "name");
    assert_eq!(fields(&refused(json!({}))), ["friendlyName required", "name required"]);
    assert_eq!(fields(&refused(json!({"name": "a", "friendlyName": "ab"}))), ["name too_short"]);
    let long = "x".repeat(51);
    let answer = refused(json!({"name": "staff", "friendlyName": long}));
    assert_eq!(fields(&answer), ["friendlyName too_long"]);
    for other in [json!(["staff", "Staff"]), json!({"name": 1, "friendlyName": "ab"}), json!(1)] {
        assert_eq!(refused(other).error(), "400 invalid_request_body");
    }
    assert_eq!(fields(&put(&mut root, &format!("{path}/users"), &json!({}))), ["userIds required"]);
    let text = json!({ "userIds": "x" });
    let answer = put(&mut root, &format!("{path}/users"), &text);
    assert_eq!(answer.error(), "400 invalid_request_body");
    for id in ["x", "018f0000-0000-7000-8000-000000000000"] {
        let path = format!("/api/user-groups/{id}");
        assert_eq!(root.get(&path).error(), "404 not_found");
        assert_eq!(put(&mut root, &path, &body("other")).error(), "404 not_found");
        assert_eq!(delete(&mut root, &path).error(), "404 not_found");
    }
    assert_eq!((root.get(&path).ok().text(), op.audit_kinds()), (before, entries));
}

#[test]
fn nobody_else_learns_whether_a_group_exists() {
    let op = TestOp::start();
    only_administrators_may(
        &op,
        &[
            (Method::GET, "/api/user-groups", json!(null)),
            (Method::POST, "/api/user-groups", body("staff")),
            (Method::GET, UNKNOWN, json!(null)),
            (Method::PUT, UNKNOWN, body("staff")),
            (Method::DELETE, UNKNOWN, json!(null)),
            (Method::PUT, &format!("{UNKNOWN}/users"), json!({ "userIds": [] })),
            (
                Method::PUT,
                &format!("{UNKNOWN}/allowed-oidc-clients"),
                json!({ "oidcClientIds": [] }),
            ),
        ],
    );
    assert_eq!(op.count("groups"), 0);
}
