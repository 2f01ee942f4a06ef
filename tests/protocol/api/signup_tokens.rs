//! `/api/signup-tokens`

use hyper::Method;
use serde_json::{Value, json};

use super::{administrator, delete, fields, only_administrators_may};
use crate::{protocol::app_config::set, support::op::TestOp};

const PATH: &str = "/api/signup-tokens";

#[test]
fn an_invitation_is_made_shown_again_used_and_taken_back() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    set(&op, "allowUserSignups", "withToken");
    let staff = op.group("staff", &[]);
    let unknown = "018f0000-0000-7000-8000-000000000000";

    let ids = json!([staff.to_string(), staff.to_string(), unknown, "x"]);
    let made = root.post(PATH, &json!({"ttl": "1h", "usageLimit": 2, "userGroupIds": ids}));
    assert_eq!(made.status, 201, "{}", made.text());
    let made = made.json();
    assert_eq!((made["userGroups"].as_array().unwrap().len(), &made["usageCount"]), (1, &json!(0)));
    let token = made["token"].as_str().unwrap();
    assert_eq!(token.len(), 16);
    let listed = root.get(PATH).ok().json();
    assert_eq!(listed["data"], json!([made]));
    let stored = op.number(&format!(
        "SELECT COUNT(*) FROM signup_tokens WHERE CAST(sealed_token AS TEXT) LIKE '%{token}%'"
    ));
    assert_eq!(stored, 0, "sealed");

    let body = json!({"username": "bob", "email": "bob@example.com", "token": token});
    assert_eq!(op.agent().post("/api/signup", &body).status, 201);
    assert_eq!(root.get(PATH).ok().json()["data"][0]["usageCount"], 1);
    let path = format!("{PATH}/{}", made["id"].as_str().unwrap());
    assert_eq!(delete(&mut root, &path).status, 204);
    // One that is gone is as good as taken back, and no entry says it again.
    let entries = op.audit_kinds();
    assert_eq!(
        (delete(&mut root, &path).status, delete(&mut root, &format!("{PATH}/x")).status),
        (204, 204)
    );
    assert_eq!(
        (root.get(PATH).ok().json()["data"].clone(), op.audit_kinds()),
        (json!([]), entries)
    );
}

#[test]
fn an_invitation_of_the_terminal_is_shown_too_and_one_that_expired_is_not() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let made = op.beside("signup-token create --ttl 2m -o json").stdout;
    let made: Value = serde_json::from_str(&made).unwrap();
    for ttl in [json!(60), json!("1m"), json!(0), json!("")] {
        assert_eq!(root.post(PATH, &json!({"ttl": ttl, "usageLimit": 1})).status, 201);
    }
    let list = root.get(&format!("{PATH}?sort[column]=createdAt&pagination[limit]=1")).ok().json();
    assert_eq!(
        (&list["data"][0]["token"], &list["pagination"]["totalItems"]),
        (&made["token"], &json!(5))
    );
    op.advance(90);
    assert_eq!(root.get(PATH).ok().json()["pagination"]["totalItems"], 3);
    op.advance(3_600);
    assert_eq!(root.get(PATH).ok().json()["data"], json!([]));
}

#[test]
fn a_bad_invitation_is_refused_and_nothing_is_stored() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let mut refused = |body: Value| root.post(PATH, &body);
    assert_eq!(fields(&refused(json!({"ttl": "800h"}))), ["ttl ttl", "usageLimit required"]);
    assert_eq!(
        fields(&refused(json!({"ttl": "1s", "usageLimit": -1}))),
        ["ttl ttl", "usageLimit too_short"]
    );
    assert_eq!(fields(&refused(json!({"usageLimit": 101}))), ["usageLimit too_long"]);
    for other in [
        json!([3600, 1]),
        json!({"ttl": "soon", "usageLimit": 1}),
        json!({"usageLimit": "1"}),
        json!({"usageLimit": 1, "userGroupIds": "x"}),
    ] {
        assert_eq!(refused(other).error(), "400 invalid_request_body");
    }
    assert_eq!(op.count("signup_tokens"), 0);
}

#[test]
fn invitations_are_for_administrators() {
    let op = TestOp::start();
    let path = format!("{PATH}/018f0000-0000-7000-8000-000000000000");
    only_administrators_may(
        &op,
        &[
            (Method::GET, PATH, json!(null)),
            (Method::POST, PATH, json!({"usageLimit": 1})),
            (Method::DELETE, &path, json!(null)),
        ],
    );
    assert_eq!(op.count("signup_tokens"), 0);
}
