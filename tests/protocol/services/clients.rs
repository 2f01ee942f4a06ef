//! Clients that no administrator set up cannot be given to a service.

use serde_json::json;

use super::{
    super::rfc7591::{approve, client_of, metadata, provider, register},
    GRANT_TYPE, Scene, administrator,
};
use crate::support::{
    flow::CHALLENGE,
    https::HttpsSite,
    op::{TestClient, TestOp},
};

/// A service cannot be made with this client, nor get it later, over the terminal or the REST API. The answer says why.
#[track_caller]
fn assert_not_given(op: &TestOp, id: &str, told: &str) {
    let mut ada = administrator(op);
    let present = ada.post("/api/services", &json!({ "username": "present" })).ok().json();
    let path = format!("/api/services/{}", present["id"].as_str().unwrap());
    for args in [
        ["service", "create", "ci", "--client", id],
        ["service", "update", "present", "--client", id],
    ] {
        let refused = op.beside_args(&args);
        assert_eq!(refused.code, Some(2), "{args:?}: {}", refused.stderr);
        assert!(refused.stderr.contains(told), "{args:?}: {}", refused.stderr);
    }
    let clients = json!([id]);
    let body = json!({ "username": "ci", "clientIds": clients });
    for refused in [
        ada.post("/api/services", &body),
        ada.json(hyper::Method::PUT, &path, &json!({ "clientIds": clients })),
    ] {
        assert_eq!(refused.error(), "400 validation_failed");
        assert!(refused.text().contains(told), "{}", refused.text());
    }
    assert_eq!((op.count("services"), op.count("service_clients")), (1, 0));
    assert_eq!(op.texts("SELECT username FROM users WHERE user_type = 'service'"), ["present"]);
}

#[test]
fn a_client_that_registered_itself_cannot_be_given_to_a_service() {
    let op = provider("approval");
    let client = client_of(&register(&op, None, &metadata()).json());
    assert_not_given(&op, &client.id, "which waits for an administrator");
}

#[test]
fn a_client_that_registered_itself_cannot_be_given_to_a_service_after_its_approval_either() {
    let op = provider("approval");
    let client = client_of(&register(&op, None, &metadata()).json());
    approve(&op, &client.id);
    assert_not_given(&op, &client.id, "which may not use the grant type");
}

#[test]
fn a_client_does_not_register_itself_for_assertions() {
    let op = provider("approval");
    for grant_types in [json!([GRANT_TYPE]), json!(["authorization_code", GRANT_TYPE])] {
        let mut wanted = metadata();
        wanted["grant_types"] = grant_types;
        let refused = register(&op, None, &wanted);
        assert_eq!(refused.error(), "400 invalid_client_metadata", "{wanted}");
    }
    assert_eq!(op.count("clients"), 0);
}

/// Its document may be another one tomorrow.
#[test]
fn a_client_with_a_metadata_document_cannot_be_given_to_a_service() {
    let site = HttpsSite::start();
    let variables = [
        ("DISABLE_RATE_LIMITING", "true"),
        ("UI_CONFIG_DISABLED", "true"),
        ("CIMD_URL_ALLOWLIST", r#"["https://localhost:*/**"]"#),
    ];
    let op = TestOp::with_outbound(&variables, site.outbound());
    let client = TestClient {
        id: site.url("/client.json"),
        secret: String::new(),
        redirect_uri: "http://127.0.0.1/callback".to_owned(),
    };
    let document = json!({
        "client_id": client.id,
        "client_name": "Notes",
        "redirect_uris": [client.redirect_uri],
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", GRANT_TYPE],
    });
    site.answer_with("200 OK\r\ncontent-type: application/json", &document.to_string());
    let pkce = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    op.person("alice").code(&client, &pkce);
    assert_eq!(op.texts("SELECT id FROM clients"), [client.id.as_str()]);

    assert_not_given(&op, &client.id, "which describes itself by its metadata document");

    // Its document does not give it the grant type either.
    let fields = [("grant_type", GRANT_TYPE), ("assertion", "a.b.c"), ("client_id", &client.id)];
    let refused = op.agent().post_form("/api/oidc/token", &fields);
    assert_eq!(refused.error(), "400 unauthorized_client");
}

/// A service that has a client uses no other, whoever registered that.
#[test]
fn an_assertion_through_a_client_that_registered_itself_gets_nothing() {
    let scene = Scene::start();
    let op = &scene.op;
    op.beside("config set dynamicClientRegistration approval").ok();
    crate::support::wait_until(|| {
        op.config().registration_policy() == pocketid::model::RegistrationPolicy::Approval
    });
    let client = client_of(&register(op, None, &metadata()).json());
    approve(op, &client.id);
    let assertion = scene.sign(&json!({}));
    let fields =
        [("grant_type", GRANT_TYPE), ("assertion", &assertion), ("client_id", client.id.as_str())];
    let refused = op.agent().post_form("/api/oidc/token", &fields);
    assert_eq!(refused.error(), "400 unauthorized_client");
    scene.assert_nothing_was_issued();
}
