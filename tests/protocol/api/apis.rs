//! `/api/apis`: APIs and their permissions

use hyper::Method;
use serde_json::{Value, json};

use super::{administrator, delete, fields, only_administrators_may, put};
use crate::support::{
    agent::{Agent, Answer},
    op::TestOp,
};

pub(super) const ORDERS: &str = "https://orders.example.com";
const UNKNOWN: &str = "/api/apis/018f0000-0000-7000-8000-000000000000";

/// Registers an API with the permissions `read` and `write`. Answers with its address.
pub(super) fn create(root: &mut Agent, resource: &str) -> String {
    let body = json!({ "name": "Orders", "resource": resource });
    let created = root.post("/api/apis", &body);
    assert_eq!(created.status, 201);
    let path = format!("/api/apis/{}", created.json()["id"].as_str().unwrap());
    permit(root, &path, &["read", "write"]).ok();
    path
}

fn permit(root: &mut Agent, path: &str, keys: &[&str]) -> Answer {
    let permissions: Vec<_> = keys.iter().map(|key| json!({"key": key, "name": key})).collect();
    put(root, &format!("{path}/permissions"), &json!({ "permissions": permissions }))
}

/// The ids of the permissions of an API, by key.
pub(super) fn ids(root: &mut Agent, path: &str) -> Value {
    let api = root.get(path).ok().json();
    let permissions = api["permissions"].as_array().unwrap().iter();
    permissions.map(|one| (one["key"].as_str().unwrap().to_owned(), one["id"].clone())).collect()
}

#[test]
fn an_api_is_created_shown_renamed_and_deleted() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let body = json!({ "name": "Orders", "resource": format!("{ORDERS}/") });
    let created = root.post("/api/apis", &body).json();
    let path = format!("/api/apis/{}", created["id"].as_str().unwrap());

    assert_eq!((&created["resource"], &created["permissions"]), (&json!(ORDERS), &json!([])));
    assert_eq!(created["allowCimdClients"], false);
    assert_eq!(root.get(&path).ok().json(), created, "a moment has one form everywhere");
    let renamed = put(&mut root, &path, &json!({"name": "Sales", "resource": "urn:x"})).ok().json();
    assert_eq!((&renamed["name"], &renamed["resource"]), (&json!("Sales"), &json!(ORDERS)));
    assert_eq!(delete(&mut root, &path).status, 204);
    assert_eq!(root.get(&path).error(), "404 not_found");
    let kinds = op.texts("SELECT kind FROM audit_events WHERE object_id IS NOT NULL ORDER BY id");
    assert_eq!(kinds[1..], ["API_CREATED", "API_CHANGED", "API_DELETED"]);
}

#[test]
fn permissions_are_replaced_and_those_that_stay_keep_their_ids() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let path = create(&mut root, ORDERS);
    let before = ids(&mut root, &path);

    let answer = permit(&mut root, &path, &["write", "refund"]).ok().json();

    let after = ids(&mut root, &path);
    assert_eq!(after["write"], before["write"]);
    assert_eq!(
        (&after["read"], answer["permissions"].as_array().unwrap().len()),
        (&json!(null), 2)
    );
    let body =
        json!({ "permissions": [{"key": "write", "name": "W", "description": "May write"}] });
    let answer = put(&mut root, &format!("{path}/permissions"), &body).ok().json();
    let permission = &answer["permissions"][0];
    assert_eq!(permission["id"], before["write"]);
    assert_eq!(
        (&permission["name"], &permission["description"]),
        (&json!("W"), &json!("May write"))
    );
    let plain = permit(&mut root, &path, &["write"]).ok().json();
    assert!(plain["permissions"][0].get("description").is_none(), "absent when it is empty");
    assert_eq!(permit(&mut root, &path, &[]).ok().json()["permissions"], json!([]));
}

#[test]
fn apis_are_searched_sorted_and_paged() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    for (name, resource) in
        [("Bees", "https://a.example.com"), ("Ants", "https://b.example.com"), ("Cows", "urn:50%")]
    {
        let body = json!({ "name": name, "resource": resource });
        assert_eq!(root.post("/api/apis", &body).status, 201);
    }
    let mut names = |query: &str| {
        let answer = root.get(&format!("/api/apis?{query}")).ok().json();
        let rows = answer["data"].as_array().unwrap().iter();
        rows.map(|row| row["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("sort[column]=name"), ["Ants", "Bees", "Cows"]);
    assert_eq!(names("sort[column]=audience&sort[direction]=desc"), ["Cows", "Ants", "Bees"]);
    assert_eq!(names("search=EXAMPLE&sort[column]=resource"), ["Bees", "Ants"]);
    assert_eq!(names("search=%25"), ["Cows"]);
    assert_eq!(names("pagination[limit]=1&pagination[page]=9&sort[column]=name"), ["Cows"]);
    assert_eq!(names("pagination[limit]=-1&sort[column]=id&filters[name]=Ants").len(), 3);
}

#[test]
fn clients_that_nobody_has_registered_get_the_chosen_permissions() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let path = create(&mut root, ORDERS);
    let (ids, access) = (ids(&mut root, &path), format!("{path}/cimd-access"));

    let chosen = json!([ids["read"], op.new_id().to_string(), "x"]);
    let body = json!({ "enabled": true, "permissionIds": chosen });
    let opened = put(&mut root, &access, &body).ok().json();
    assert_eq!(opened["allowCimdClients"], true);
    let open: Vec<_> = opened["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["key"].as_str().unwrap(), one["allowedForCimdClients"].as_bool().unwrap()))
        .collect();
    assert_eq!(open, [("read", true), ("write", false)]);
    let body = json!({ "enabled": false, "permissionIds": chosen });
    let closed = put(&mut root, &access, &body).ok().json();
    assert_eq!(closed["allowCimdClients"], false);
    assert_eq!(closed["permissions"][0]["allowedForCimdClients"], true, "the choice is kept");
    assert_eq!(put(&mut root, &access, &json!([true, []])).error(), "400 invalid_request_body");
}

#[test]
fn bad_input_is_refused_and_changes_nothing() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let path = create(&mut root, ORDERS);
    let (before, entries) = (root.get(&path).ok().text(), op.audit_kinds());

    let mut refused = |body: Value| root.post("/api/apis", &body);
    assert_eq!(fields(&refused(json!({}))), ["name required", "resource required"]);
    for resource in ["orders", "https://a b", "https://a/#x", "javascript:x", "data:x"] {
        let answer = refused(json!({ "name": "A", "resource": resource }));
        assert_eq!(fields(&answer), ["resource invalid_format"], "{resource}");
    }
    let long = format!("https://{}", "a".repeat(350));
    assert_eq!(fields(&refused(json!({"name": "A", "resource": long}))), ["resource too_long"]);
    let own = op.base_url().to_uppercase();
    assert_eq!(fields(&refused(json!({"name": "A", "resource": own}))), ["resource reserved"]);
    let taken = refused(json!({ "name": "A", "resource": format!("{ORDERS}//") }));
    assert_eq!(taken.error(), "409 already_in_use");
    assert_eq!(taken.json()["details"]["property"], "resource");
    assert_eq!(refused(json!(["A", "urn:a"])).error(), "400 invalid_request_body");

    let mut permit = |body: Value| put(&mut root, &format!("{path}/permissions"), &body);
    let keys = |keys: &[&str]| {
        let one = |key: &&str| json!({ "key": key, "name": "Name" });
        json!({ "permissions": keys.iter().map(one).collect::<Vec<_>>() })
    };
    assert_eq!(fields(&permit(json!({}))), ["permissions required"]);
    assert_eq!(fields(&permit(keys(&["a", "b c"]))), ["permissions[1].key invalid_format"]);
    assert_eq!(fields(&permit(keys(&["OpenID"]))), ["permissions[0].key reserved"]);
    assert_eq!(fields(&permit(keys(&["a", "b", "a"]))), ["permissions[2].key duplicate"]);
    assert_eq!(fields(&permit(keys(&[&"k".repeat(129)]))), ["key too_long"]);
    let nameless = json!({ "permissions": [{ "description": "d".repeat(201) }] });
    let faults = ["key required", "name required", "description too_long"];
    assert_eq!(fields(&permit(nameless)), faults);
    assert_eq!(permit(json!({ "permissions": [["a", "b"]] })).error(), "400 invalid_request_body");
    assert_eq!(permit(json!({ "permissions": {} })).error(), "400 invalid_request_body");
    assert_eq!(fields(&put(&mut root, &path, &json!({"name": ""}))), ["name required"]);
    let group = op.group("staff", &[]);
    for id in ["x".to_owned(), op.new_id().to_string(), group.to_string()] {
        let path = format!("/api/apis/{id}");
        assert_eq!(put(&mut root, &path, &json!({"name": "A"})).error(), "404 not_found");
        assert_eq!(root.get(&format!("{path}/clients")).error(), "404 not_found");
        assert_eq!(root.get(&format!("{path}/assignable-clients")).error(), "404 not_found");
        assert_eq!(delete(&mut root, &path).error(), "404 not_found");
    }
    assert_eq!((root.get(&path).ok().text(), op.audit_kinds()), (before, entries));
}

#[test]
fn nobody_else_learns_whether_an_api_exists() {
    let op = TestOp::start();
    let client = format!("{UNKNOWN}/clients/shop");
    let (permissions, access) =
        (format!("{UNKNOWN}/permissions"), format!("{UNKNOWN}/cimd-access"));
    let (clients, assignable) =
        (format!("{UNKNOWN}/clients"), format!("{UNKNOWN}/assignable-clients"));
    only_administrators_may(
        &op,
        &[
            (Method::GET, "/api/apis", json!(null)),
            (Method::POST, "/api/apis", json!({ "name": "A", "resource": "urn:a" })),
            (Method::GET, UNKNOWN, json!(null)),
            (Method::PUT, UNKNOWN, json!({ "name": "A" })),
            (Method::DELETE, UNKNOWN, json!(null)),
            (Method::PUT, &permissions, json!({ "permissions": [] })),
            (Method::PUT, &access, json!({})),
            (Method::GET, &clients, json!(null)),
            (Method::GET, &assignable, json!(null)),
            (Method::PUT, &client, json!({})),
            (Method::DELETE, &client, json!(null)),
            (Method::GET, "/api/api-access/shop", json!(null)),
            (Method::PUT, "/api/api-access/shop", json!({})),
            (Method::GET, "/api/api-access/shop/apis", json!(null)),
            (Method::GET, "/api/api-access/shop/assignable-apis", json!(null)),
        ],
    );
    assert_eq!(op.count("apis"), 0);
}

/// One verb behind the terminal, the API and the configuration file.
#[test]
fn every_door_keeps_the_same_rules_of_apis() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    // Commands beside the server have an APP_URL of their own.
    let (issuer, issuer_of_commands) = (op.base_url().to_owned(), "https://id.example.com");
    let apply = |text: &str| {
        let file = op.folder().join("pocketid.yaml");
        std::fs::write(&file, text).unwrap();
        op.beside_args(&["apply", "--yes", "--file", file.to_str().unwrap()])
    };

    // This provider is no API.
    let own = json!({ "name": "Own", "resource": issuer });
    assert_eq!(fields(&root.post("/api/apis", &own)), ["resource reserved"]);
    let own = format!("apis:\n  - resource: {issuer_of_commands}\n    name: Own\n");
    for refused in [op.beside(&format!("api create {issuer_of_commands}")), apply(&own)] {
        assert!(refused.stderr.contains("this provider itself"), "{}", refused.stderr);
    }
    assert_eq!(op.count("apis"), 0);

    // A client that loses its last permission loses the API.
    op.beside("client create shop --id shop").expect_success();
    type Door<'a> = &'a dyn Fn(&mut Agent, &str);
    let doors: [Door<'_>; 3] = [
        &|_, _| op.beside(&format!("api permission remove {ORDERS} read")).expect_success(),
        &|root, path| drop(permit(root, path, &["write"]).ok()),
        &|_, _| {
            let permissions = "    permissions:\n      - key: write\n        name: write\n";
            apply(&format!("apis:\n  - resource: {ORDERS}\n{permissions}")).expect_success();
        },
    ];
    for remove in doors {
        let path = create(&mut root, ORDERS);
        op.beside(&format!("api grant {ORDERS} shop --permission read")).expect_success();
        let before = ids(&mut root, &path);
        remove(&mut root, &path);
        assert_eq!(ids(&mut root, &path)["write"], before["write"]);
        assert_eq!(op.count("api_grants"), 0);
        assert_eq!(delete(&mut root, &path).status, 204);
    }
}
