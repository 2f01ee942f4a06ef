//! Bad input, and people without the right

use hyper::Method;
use serde_json::{Value, json};

use super::{UNKNOWN, administrator, body, create, delete, fields, only_administrators_may, put};
use crate::support::op::TestOp;

#[test]
fn bad_fields_are_all_named_and_nothing_changes() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let path = create(&mut root, "photos");
    let (before, entries) = (root.get(&path).ok().text(), op.audit_kinds());
    let mut refused = |change: Value| {
        let mut body = body("photos");
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        fields(&put(&mut root, &path, &body))
    };

    assert_eq!(
        refused(json!({"name": "", "callbackURLs": ["/relative"]})),
        ["name required", "callbackURLs[0] callback_url_pattern"]
    );
    assert_eq!(refused(json!({"name": "x".repeat(51)})), ["name too_long"]);
    assert_eq!(refused(json!({"description": "x".repeat(151)})), ["description too_long"]);
    assert_eq!(
        refused(json!({"logoutCallbackURLs": ["https://a.example.com", "x y"]})),
        ["logoutCallbackURLs[1] callback_url_pattern"]
    );
    assert_eq!(refused(json!({"launchURL": "javascript:alert(1)"})), ["launchURL invalid_format"]);
    for minutes in [-1, 525_601, i64::MAX] {
        assert_eq!(
            refused(json!({"accessTokenDurationMinutes": minutes})),
            ["accessTokenDurationMinutes token_duration"]
        );
    }
    let many = vec!["https://a.example.com/"; 257];
    assert_eq!(refused(json!({ "callbackURLs": many })), ["callbackURLs too_long"]);
    let issuer = json!({"credentials": {"federatedIdentities": [{"issuer": "nowhere"}]}});
    assert_eq!(refused(issuer), ["federatedIdentities[0].issuer invalid_format"]);
    let key = json!({"credentials": {"jwks": {"keys": [{"kty": "RSA", "d": "x"}]}}});
    assert_eq!(refused(key), ["jwks invalid_format"]);
    assert_eq!(
        refused(json!({"idTokenSignedResponseAlg": "none"})),
        ["idTokenSignedResponseAlg oneof"]
    );
    assert_eq!(refused(json!({"securityProfile": "fapi3"})), ["securityProfile oneof"]);
    let unsigned = json!({"userinfoSignedResponseAlg": "none"});
    assert_eq!(refused(unsigned), ["userinfoSignedResponseAlg oneof"]);
    let public = json!({"securityProfile": "fapi2", "isPublic": true, "credentials": {}});
    assert_eq!(refused(public), ["securityProfile invalid_value"]);
    let wide = json!({"securityProfile": "fapi2", "callbackURLs": ["https://*.example.com/cb"]});
    assert_eq!(refused(wide), ["callbackURLs invalid_value"]);
    let weak = json!({"securityProfile": "fapi2", "idTokenSignedResponseAlg": "RS256"});
    assert_eq!(refused(weak), ["idTokenSignedResponseAlg invalid_value"]);
    assert_eq!((root.get(&path).ok().text(), op.audit_kinds()), (before, entries));
}

#[test]
fn bad_bodies_and_taken_or_impossible_ids_create_nothing() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    create(&mut root, "photos");
    let entries = op.audit_kinds();
    let mut refused = |body: Value| root.post("/api/oidc/clients", &body);

    let taken = refused(json!({"name": "Other", "id": "photos"}));
    assert_eq!(taken.error(), "409 client_id_already_exists");
    for (id, code) in [("a", "too_short"), ("a b", "client_id"), ("https://a.b/c", "client_id")] {
        let answer = refused(json!({"name": "Other", "id": id}));
        assert_eq!(fields(&answer), [format!("id {code}")]);
    }
    let long = refused(json!({"name": "Other", "id": "x".repeat(129)}));
    assert_eq!(fields(&long), ["id too_long"]);
    for other in [
        json!(["Other"]),
        json!({"name": 1}),
        json!({"name": "Other", "callbackURLs": "https://a.example.com"}),
        json!({"name": "Other", "credentials": [[]]}),
        json!({"name": "Other", "isPublic": "yes"}),
        json!(1),
    ] {
        assert_eq!(refused(other).error(), "400 invalid_request_body");
    }
    let huge = refused(json!({"name": "Other", "description": "x".repeat(300_000)}));
    assert_eq!(huge.status, 413);
    assert_eq!((op.count("clients"), op.audit_kinds()), (1, entries));
}

#[test]
fn an_unknown_client_is_not_found_behind_every_address() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let entries = op.audit_kinds();
    let groups = json!({"userGroupIds": []});

    for path in [UNKNOWN, "/api/oidc/clients/a", "/api/oidc/clients/~%%", "/api/oidc/clients/~aHR0"]
    {
        assert_eq!(root.get(path).error(), "404 not_found", "{path}");
        assert_eq!(put(&mut root, path, &body("x")).error(), "404 not_found", "{path}");
        assert_eq!(delete(&mut root, path).error(), "404 not_found", "{path}");
        for (method, rest, body) in [
            (Method::PUT, "allowed-user-groups", &groups),
            (Method::GET, "claims", &json!(null)),
            (Method::PUT, "claims", &json!([])),
            (Method::GET, "secrets", &json!(null)),
            (Method::POST, "secrets", &json!({})),
            (Method::POST, "secret", &json!({})),
            (Method::DELETE, "secrets/018f0000-0000-7000-8000-000000000000", &json!(null)),
        ] {
            let answer = root.json(method.clone(), &format!("{path}/{rest}"), body);
            assert_eq!(answer.error(), "404 not_found", "{method} {path}/{rest}");
        }
    }
    let missing = put(&mut root, &format!("{UNKNOWN}/allowed-user-groups"), &json!({}));
    assert_eq!(fields(&missing), ["userGroupIds required"]);
    assert_eq!(op.audit_kinds(), entries);
}

#[test]
fn nobody_else_learns_whether_a_client_exists() {
    let op = TestOp::start();
    let at = |rest: &str| format!("{UNKNOWN}/{rest}");
    let nobody = "018f0000-0000-7000-8000-000000000000";
    let none = || json!(null);
    only_administrators_may(
        &op,
        &[
            (Method::GET, "/api/oidc/clients", none()),
            (Method::POST, "/api/oidc/clients", body("x")),
            (Method::GET, UNKNOWN, none()),
            (Method::PUT, UNKNOWN, body("x")),
            (Method::DELETE, UNKNOWN, none()),
            (Method::PUT, &at("allowed-user-groups"), json!({"userGroupIds": []})),
            (Method::GET, &at("claims"), none()),
            (Method::PUT, &at("claims"), json!([])),
            (Method::DELETE, &at("logo"), none()),
            (Method::GET, &at(&format!("preview/{nobody}?scopes=openid")), none()),
            (Method::POST, &at("refresh"), none()),
            (Method::GET, &at("scim-service-provider"), none()),
            (Method::POST, &at("secret"), json!({})),
            (Method::GET, &at("secrets"), none()),
            (Method::POST, &at("secrets"), json!({})),
            (Method::DELETE, &at(&format!("secrets/{nobody}")), none()),
            (Method::GET, &format!("/api/oidc/users/{nobody}/authorized-clients"), none()),
        ],
    );
    assert_eq!(op.count("clients"), 0);
    let own = ["me/clients", "me/authorized-clients"];
    for path in own.map(|path| format!("/api/oidc/users/{path}")) {
        assert_eq!(op.agent().get(&path).error(), "401 not_signed_in");
    }
}
