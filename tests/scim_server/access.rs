//! Access to the SCIM server.

use hyper::Method;
use serde_json::{Value, json};

use super::program::{Program, error};
use crate::support::{op::TestOp, wait_until};

/// Each endpoint.
const ALL: &[(&str, &str)] = &[
    ("GET", "/ServiceProviderConfig"),
    ("GET", "/ResourceTypes"),
    ("GET", "/ResourceTypes/User"),
    ("GET", "/Schemas"),
    ("GET", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User"),
    ("GET", "/Users"),
    ("POST", "/Users"),
    ("POST", "/Users/.search"),
    ("GET", "/Users/018f0000-0000-7000-8000-000000000000"),
    ("PUT", "/Users/018f0000-0000-7000-8000-000000000000"),
    ("PATCH", "/Users/018f0000-0000-7000-8000-000000000000"),
    ("DELETE", "/Users/018f0000-0000-7000-8000-000000000000"),
    ("GET", "/Groups"),
    ("POST", "/Groups"),
    ("POST", "/Groups/.search"),
    ("GET", "/Groups/018f0000-0000-7000-8000-000000000000"),
    ("PUT", "/Groups/018f0000-0000-7000-8000-000000000000"),
    ("PATCH", "/Groups/018f0000-0000-7000-8000-000000000000"),
    ("DELETE", "/Groups/018f0000-0000-7000-8000-000000000000"),
    ("POST", "/.search"),
    ("POST", "/Bulk"),
    ("GET", "/Me"),
    ("POST", "/Me"),
    ("PUT", "/Me"),
    ("PATCH", "/Me"),
    ("DELETE", "/Me"),
];

#[test]
fn nobody_gets_in_without_a_token_that_works() {
    let op = TestOp::start();
    let good = Program::new(&op, "hr");
    let expired = op.beside("scim token create short --expires 1m").ok().trim().to_owned();
    let deleted = op.beside("scim token create gone").ok().trim().to_owned();
    op.beside("scim token delete gone --yes").expect_success();
    let rotated = op.beside("scim token create old").ok().trim().to_owned();
    let rotated_to = op.beside("scim token rotate old").ok().trim().to_owned();
    op.advance(120);
    let mut other = good.token.clone();
    // The id of one token with the secret of another.
    other.replace_range(..40, &rotated_to[..40]);
    let root = op.user("root");
    op.change_user(root.id, |user| user.is_admin = true);
    let key = op.beside("api-key create script --for root").ok().trim().to_owned();
    for token in ["", "x", &expired, &deleted, &rotated, &other, &key] {
        let stranger = Program::with_token(&op, token);
        for (method, path) in ALL {
            let method: Method = method.parse().unwrap();
            let refused = stranger.ask(method, path, &Value::Null);
            assert_eq!(error(&refused), "401 ", "{token:?} {path}");
            assert_eq!(refused.header("www-authenticate"), "Bearer realm=\"pocketid\"");
        }
    }
    let scheme = op.agent().with_header("authorization", &format!("Basic {}", good.token));
    assert_eq!(scheme.clone().get("/scim/v2/Users").status, 401);
    let scheme = op.agent().with_header("authorization", &format!("bEARER {}", good.token));
    assert_eq!(scheme.clone().get("/scim/v2/Users").status, 200);
    assert_eq!(Program::with_token(&op, &rotated_to).get("/Users").status, 200);
}

#[test]
fn a_token_is_stored_as_a_digest_and_its_use_once_an_hour() {
    let op = TestOp::start();
    let program = Program::new(&op, "hr");
    assert!(program.token.starts_with("pocket_id_scim_"));
    let used = || op.texts("SELECT COALESCE(CAST(last_used_at AS TEXT), '') FROM scim_tokens");
    assert_eq!(used(), [""]);
    program.get("/Users").ok();
    wait_until(|| used() != [""]);
    let first = used();
    op.advance(3_000);
    program.get("/Users").ok();
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(used(), first);
    op.advance(700);
    program.get("/Users").ok();
    wait_until(|| used() != first);
}

#[test]
fn changes_are_logged_with_the_program_that_made_them() {
    let op = TestOp::start();
    let program = Program::new(&op, "okta");
    let path = program.create("Users", &json!({"userName": "alice", "active": true}));
    program.patch(&path, &json!([{"op": "replace", "path": "active", "value": false}])).ok();
    program.delete(&path).ok();
    let data = op.texts("SELECT data FROM audit_events WHERE kind LIKE 'ACCOUNT%' ORDER BY id");
    assert_eq!(data.len(), 3, "{data:?}");
    for data in data {
        let data: Value = serde_json::from_str(&data).unwrap();
        assert_eq!((&data["scimToken"], &data["authentication"]), (&json!("okta"), &json!("SCIM")));
    }
    let actors = op.texts("SELECT DISTINCT actor FROM audit_events WHERE ip_address IS NOT NULL");
    assert_eq!(actors, ["client"]);
    let kinds = op.audit_kinds();
    assert!(kinds.iter().any(|kind| kind.starts_with("SCIM_TOKEN_CREATED")), "{kinds:?}");
}

#[test]
fn what_is_no_endpoint_is_told_in_the_form_of_scim() {
    let op = TestOp::start();
    let program = Program::new(&op, "hr");
    for path in
        ["", "/", "/x", "/Users/a/b", "/Schemas/x", "/ResourceTypes/x", "/Users/x", "/Groups/x"]
    {
        assert_eq!(error(&program.get(path)), "404 ", "{path}");
    }
    for (method, path) in
        [("POST", "/Schemas"), ("DELETE", "/Users"), ("PUT", "/ResourceTypes/User")]
    {
        assert_eq!(
            error(&program.ask(method.parse().unwrap(), path, &json!({}))),
            "405 ",
            "{path}"
        );
    }
    for (method, path) in ALL.iter().filter(|(_, path)| ["/Me", "/Bulk"].contains(path)) {
        let method: Method = method.parse().unwrap();
        assert_eq!(error(&program.ask(method, path, &json!({}))), "501 ", "{path}");
    }
    assert_eq!(error(&program.get("/Schemas?filter=id%20pr")), "403 ");
}

/// Each program has ids of its own, and sees those of no other.
#[test]
fn external_ids_belong_to_the_program_that_gave_them() {
    let op = TestOp::start();
    let (hr, okta) = (Program::new(&op, "hr"), Program::new(&op, "okta"));
    let path = hr.create("Users", &json!({"userName": "alice", "externalId": "7"}));
    assert_eq!(okta.get(&path).ok().json().get("externalId"), None);
    assert!(okta.find("Users", "externalId eq \"7\"").is_empty());
    assert_eq!(hr.find("Users", "externalId eq \"7\""), ["alice"]);
    let bob = json!({"userName": "bob", "externalId": "7"});
    assert_eq!(error(&hr.post("/Users", &bob)), "409 uniqueness");
    okta.create("Users", &bob);
    assert_eq!(op.count("scim_user_ids"), 2);
    op.beside("scim token delete okta --yes").expect_success();
    assert_eq!(op.count("scim_user_ids"), 1);
    hr.delete(&path).ok();
    assert_eq!((op.count("scim_user_ids"), op.count("users")), (0, 1));
}
