//! `/api/apis/{id}/clients` and `/api/api-access`: which clients may use an API

use serde_json::{Value, json};

use super::{
    administrator,
    apis::{ORDERS, create, ids},
    delete, fields, put,
};
use crate::support::{agent::Agent, op::TestOp};

fn names(root: &mut Agent, path: &str, field: &str) -> Vec<String> {
    let answer = root.get(path).ok().json();
    let rows = answer["data"].as_array().unwrap().iter();
    rows.map(|row| row.pointer(field).unwrap().as_str().unwrap().to_owned()).collect()
}

fn access(user: &[&Value], client: &[&Value]) -> Value {
    json!({
        "userDelegatedAccess": !user.is_empty(), "userDelegatedPermissionIds": user,
        "clientAccess": !client.is_empty(), "clientPermissionIds": client,
    })
}

#[test]
fn a_client_is_given_an_api_and_loses_it_again() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let path = create(&mut root, ORDERS);
    let ids = ids(&mut root, &path);
    for name in ["shop", "blog"] {
        op.beside(&format!("client create {name} --id {name}")).expect_success();
    }
    assert_eq!(names(&mut root, &format!("{path}/assignable-clients"), "/id"), ["blog", "shop"]);

    let wanted = access(&[&ids["read"]], &[&ids["write"]]);
    assert_eq!(put(&mut root, &format!("{path}/clients/shop"), &wanted).ok().json(), wanted);

    let listed = root.get(&format!("{path}/clients")).ok().json()["data"][0].clone();
    let client = json!({"id": "shop", "name": "shop", "clientType": "standard", "isPublic": false,
                        "hasLogo": false, "hasDarkLogo": false});
    assert_eq!(listed["client"], client);
    assert_eq!(listed["userDelegatedPermissionIds"], json!([ids["read"]]));
    let by_metadata = (&listed["cimdGrantedAccess"], &listed["cimdGrantedPermissionIds"]);
    assert_eq!(by_metadata, (&json!(false), &json!([])));
    assert_eq!(names(&mut root, &format!("{path}/assignable-clients"), "/id"), ["blog"]);
    let of_client = root.get("/api/api-access/shop/apis").ok().json();
    assert_eq!(
        (&of_client[0]["api"]["resource"], &of_client[0]["clientAccess"]),
        (&json!(ORDERS), &json!(true))
    );
    assert!(names(&mut root, "/api/api-access/shop/assignable-apis", "/name").is_empty());
    assert_eq!(names(&mut root, "/api/api-access/blog/assignable-apis", "/name"), ["Orders"]);

    let path_of_client = format!("{path}/clients/shop");
    assert_eq!(delete(&mut root, &path_of_client).status, 204);
    assert_eq!(delete(&mut root, &path_of_client).status, 204, "nothing is left to take");
    assert_eq!(root.get("/api/api-access/shop/apis").ok().json(), json!([]));
    let kinds = op.audit_kinds();
    let count = |kind: &str| kinds.iter().filter(|found| found.starts_with(kind)).count();
    assert_eq!((count("API_GRANTED"), count("API_REVOKED")), (2, 2));
}

/// Pocket ID 2.14: permissions that the client cannot have are passed over, and the answer holds the
/// result.
#[test]
fn what_a_client_cannot_have_is_not_in_the_answer() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let path = create(&mut root, ORDERS);
    let other = create(&mut root, "urn:other");
    let (own, foreign) = (ids(&mut root, &path), ids(&mut root, &other));
    op.beside("client create app --id app --public --callback https://app.example.com/cb")
        .expect_success();
    let path = format!("{path}/clients/app");

    let body = json!({
        "userDelegatedPermissionIds": [own["read"], foreign["read"], "x"],
        "clientAccess": true, "clientPermissionIds": [own["write"]],
    });
    let answer = put(&mut root, &path, &body).ok().json();

    assert_eq!(answer, access(&[&own["read"]], &[]), "a public client never acts for itself");
    let refused = op.beside(&format!("api grant {ORDERS} app --for client --permission read"));
    assert!(refused.stderr.contains("app is a public client"), "{}", refused.stderr);
    assert_eq!(put(&mut root, &path, &json!({})).ok().json(), access(&[], &[]));
    let bare = json!({ "userDelegatedAccess": true });
    let answer = put(&mut root, &path, &bare).ok().json();
    assert_eq!(
        (&answer["userDelegatedAccess"], &answer["userDelegatedPermissionIds"]),
        (&json!(true), &json!([]))
    );
    assert_eq!(put(&mut root, &path, &json!([true])).error(), "400 invalid_request_body");
    let unknown = path.replace("/app", "/nobody");
    assert_eq!(put(&mut root, &unknown, &body).error(), "404 not_found");
    assert_eq!(delete(&mut root, &unknown).error(), "404 not_found");
    for of_client in ["", "/apis", "/assignable-apis"] {
        let path = format!("/api/api-access/nobody{of_client}");
        assert_eq!(root.get(&path).error(), "404 not_found");
    }
}

#[test]
fn the_clients_of_an_api_are_searched_sorted_and_filtered() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let path = create(&mut root, ORDERS);
    for (name, options) in [("bee", ""), ("ant", ""), ("cow", "--group staff")] {
        if name == "cow" {
            op.group("staff", &[]);
        }
        op.beside(&format!("client create {name} --id {name} {options}")).expect_success();
        op.beside(&format!("api grant {ORDERS} {name}")).expect_success();
    }
    let mut list = |query: &str| names(&mut root, &format!("{path}/clients?{query}"), "/client/id");

    assert_eq!(list(""), ["ant", "bee", "cow"], "by name");
    assert_eq!(list("sort[column]=name&sort[direction]=desc"), ["cow", "bee", "ant"]);
    assert_eq!(list("search=E"), ["bee"]);
    assert_eq!(list("filters[isGroupRestricted]=true"), ["cow"]);
    assert_eq!(list("filters[clientType]=cimd"), [""; 0]);
    assert_eq!(list("sort[column]=allowedUserGroupsCount&sort[direction]=desc")[0], "cow");
    assert_eq!(list("pagination[limit]=1&pagination[page]=3&sort[column]=clientType").len(), 1);
    assert_eq!(list("pagination[limit]=-1&sort[column]=secret").len(), 3);
}

/// Pocket ID 2.10 to 2.13 knew one list of permissions for all APIs.
#[test]
fn programs_of_earlier_versions_see_and_set_all_permissions_of_a_client() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let (orders, stock) = (create(&mut root, ORDERS), create(&mut root, "urn:stock"));
    let (orders, stock) = (ids(&mut root, &orders), ids(&mut root, &stock));
    op.beside("client create shop --id shop").expect_success();
    op.beside(&format!("api grant {ORDERS} shop --permission read")).expect_success();
    let path = "/api/api-access/shop";
    let permissions = |user: &[&Value], client: &[&Value]| json!({ "userDelegatedPermissionIds": user, "clientPermissionIds": client });

    assert_eq!(root.get(path).ok().json(), permissions(&[&orders["read"]], &[]));
    let wanted = permissions(&[&stock["write"]], &[&orders["write"]]);
    let answer = put(&mut root, path, &wanted).ok().json();
    assert_eq!(answer, wanted);
    assert_eq!(op.count("api_grants"), 2, "what is without a permission is gone");
    put(&mut root, path, &permissions(&[], &[])).ok();
    assert_eq!(op.count("api_grants"), 0);
    let faults = ["userDelegatedPermissionIds required", "clientPermissionIds required"];
    assert_eq!(fields(&put(&mut root, path, &json!({}))), faults);
}
