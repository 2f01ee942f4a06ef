//! `/api/scim/service-provider`

use hyper::Method;
use serde_json::json;

use super::{administrator, delete, fields, only_administrators_may, put};
use crate::support::op::TestOp;

const ALL: &str = "/api/scim/service-provider";
const UNKNOWN: &str = "/api/scim/service-provider/018f0000-0000-7000-8000-000000000000";

#[test]
fn a_provider_is_created_shown_changed_and_deleted() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let client = op.client();
    let of_client = format!("/api/oidc/clients/{}/scim-service-provider", client.id);
    assert_eq!(root.get(&of_client).error(), "404 not_found");

    let body = json!({
        "endpoint": "https://app.example.com/scim/v2",
        "token": "secret-of-the-provider",
        "oidcClientId": client.id,
    });
    let made = root.post(ALL, &body);
    assert_eq!(made.status, 201);
    let made = made.json();
    assert_eq!(made["token"], "secret-of-the-provider");
    assert_eq!(made["lastSyncedAt"], json!(null));
    assert_eq!(made["oidcClient"]["id"], client.id.as_str());
    assert_eq!(root.get(&of_client).ok().json(), made);
    let stored = op.number("SELECT CAST(LENGTH(sealed_token) AS BIGINT) FROM scim_providers");
    let plain = i64::try_from("secret-of-the-provider".len()).unwrap();
    assert!(stored > plain, "the token is sealed, with a nonce and a tag");

    let path = format!("{ALL}/{}", made["id"].as_str().unwrap());
    let other = json!({
        "endpoint": "http://127.0.0.1:1/scim", "token": "", "oidcClientId": client.id,
    });
    let changed = put(&mut root, &path, &other).ok().json();
    assert_eq!((&changed["endpoint"], &changed["token"]), (&other["endpoint"], &json!("")));
    assert_eq!(root.post(&format!("{path}/sync"), &json!({})).error(), "500 internal_error");
    assert_eq!(delete(&mut root, &path).status, 204);
    assert_eq!(delete(&mut root, &path).error(), "404 not_found");
    let kinds = op.audit_kinds();
    for kind in ["SCIM_PROVIDER_CREATED", "SCIM_PROVIDER_CHANGED", "SCIM_PROVIDER_DELETED"] {
        assert_eq!(kinds.iter().filter(|found| found.starts_with(kind)).count(), 1, "{kind}");
    }
}

#[test]
fn a_provider_ends_with_its_client() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let client = op.client();
    let body = json!({"endpoint": "https://a.example.com", "oidcClientId": client.id});
    assert_eq!(root.post(ALL, &body).status, 201);
    assert_eq!(delete(&mut root, &format!("/api/oidc/clients/{}", client.id)).status, 204);
    assert_eq!(op.count("scim_providers"), 0);
}

#[test]
fn a_wrong_body_or_an_unknown_object_is_refused_and_changes_nothing() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let client = op.client();
    let entries = op.audit_kinds();
    let nothing = root.post(ALL, &json!({}));
    assert_eq!(fields(&nothing), ["endpoint required", "oidcClientId required"]);
    for endpoint in ["app", "ftp://app.example.com", "https://", "https://a:b@c.example.com"] {
        let body = json!({"endpoint": endpoint, "oidcClientId": client.id});
        assert_eq!(fields(&root.post(ALL, &body)), ["endpoint invalid_format"], "{endpoint:?}");
    }
    for (token, code) in [("x".repeat(4_097), "too_long"), ("a\r\nb".into(), "invalid_format")] {
        let body = json!({
            "endpoint": "https://a.example.com", "token": token, "oidcClientId": client.id,
        });
        assert_eq!(fields(&root.post(ALL, &body)), [format!("token {code}")]);
    }
    let elsewhere = json!({"endpoint": "https://a.example.com", "oidcClientId": "unknown"});
    assert_eq!(root.post(ALL, &elsewhere).error(), "404 not_found");
    assert_eq!(root.post(ALL, &json!([])).error(), "400 invalid_request_body");
    let body = json!({"endpoint": "https://a.example.com", "oidcClientId": client.id});
    for path in [UNKNOWN, "/api/scim/service-provider/none"] {
        assert_eq!(put(&mut root, path, &body).error(), "404 not_found");
        assert_eq!(delete(&mut root, path).error(), "404 not_found");
        assert_eq!(root.post(&format!("{path}/sync"), &json!({})).error(), "404 not_found");
    }
    assert_eq!((op.count("scim_providers"), op.audit_kinds()), (0, entries));
}

#[test]
fn only_administrators_have_providers() {
    let op = TestOp::start();
    let of_client = "/api/oidc/clients/unknown/scim-service-provider";
    let sync = format!("{UNKNOWN}/sync");
    only_administrators_may(
        &op,
        &[
            (Method::GET, of_client, json!(null)),
            (Method::POST, ALL, json!({})),
            (Method::PUT, UNKNOWN, json!({})),
            (Method::DELETE, UNKNOWN, json!(null)),
            (Method::POST, &sync, json!({})),
        ],
    );
}
