//! Clients that wait for an administrator: at the terminal, over the REST API and on pages; addresses of
//! client metadata documents, too.

use serde_json::json;

use super::rfc7591::{client_of, metadata, provider, register};
use crate::support::{
    flow::CHALLENGE,
    https::HttpsSite,
    op::{TestClient, TestOp},
};

const ALL: &str = "/api/oidc/client-requests";
const PKCE: [(&str, &str); 2] = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
const JSON: &str = "200 OK\r\ncontent-type: application/json";

/// A site with a document that is not on the allowlist, and a provider that asks an administrator.
fn unlisted() -> (HttpsSite, TestOp, TestClient) {
    let site = HttpsSite::start();
    let variables = [
        ("DISABLE_RATE_LIMITING", "true"),
        ("UI_CONFIG_DISABLED", "true"),
        ("CIMD_UNLISTED", "approval"),
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
    });
    site.answer_with(JSON, &document.to_string());
    (site, op, client)
}

#[test]
fn clients_that_wait_are_listed_approved_and_refused_over_the_rest_api() {
    let op = provider("approval");
    let mut root = op.person("root");
    op.change_user(root.id, |user| user.is_admin = true);
    let first = client_of(&register(&op, None, &metadata()).json());
    let second = client_of(&register(&op, None, &metadata()).json());
    let listed = root.agent.get(ALL).ok().json();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert_eq!(listed[0]["clientId"], first.id.as_str());
    assert_eq!(listed[0]["clientType"], "dynamic");
    assert_eq!(listed[0]["callbackURLs"], json!(["http://127.0.0.1/callback"]));
    let page = root.agent.get("/settings/admin/client-requests").ok().text();
    assert!(page.contains(&first.id) && page.contains("Agent"));
    let decide = |root: &mut crate::support::flow::Person, id: &str, verb: &str| {
        root.agent.send(hyper::Method::POST, &format!("{ALL}/{id}/{verb}"), None, "".into())
    };
    assert_eq!(decide(&mut root, &first.id, "approve").status, 204);
    assert_eq!(decide(&mut root, &second.id, "refuse").status, 204);
    assert_eq!(decide(&mut root, &second.id, "approve").error(), "404 not_found");
    assert_eq!(decide(&mut root, &first.id, "refuse").error(), "404 not_found", "it waits no more");
    assert_eq!(root.agent.get(ALL).ok().json(), json!([]));
    assert_eq!(op.texts("SELECT id FROM clients"), [first.id.as_str()]);
    let kinds = op.audit_kinds();
    for kind in ["CLIENT_REQUESTED", "CLIENT_APPROVED", "CLIENT_REFUSED"] {
        assert!(kinds.iter().any(|found| found.starts_with(kind)), "{kind}: {kinds:?}");
    }
    let mut alice = op.person("alice");
    assert_eq!(alice.agent.get(ALL).error(), "403 forbidden");
    // Consent can never be skipped for it.
    let skip = format!("client update {} --skip-consent", first.id);
    assert!(op.beside(&skip).stderr.contains("consent"));
}

#[test]
fn the_terminal_lists_and_decides() {
    let op = provider("approval");
    assert!(op.beside("client pending").ok().is_empty());
    let client = client_of(&register(&op, None, &metadata()).json());
    assert!(op.beside("client pending").ok().contains(&client.id));
    assert!(op.beside(&format!("client approve {}", client.id)).ok().contains(&client.id));
    let again = op.beside(&format!("client approve {}", client.id));
    assert!(again.code == Some(1) && again.stderr.contains("does not wait"), "{}", again.stderr);
    let other = client_of(&register(&op, None, &metadata()).json());
    op.beside(&format!("client refuse {}", other.id)).ok();
    assert_eq!(op.count("clients"), 1);
}

/// draft-ietf-oauth-client-id-metadata-document §6: an administrator is asked, and nothing is fetched
/// before they decided.
#[test]
fn an_unlisted_document_is_fetched_only_after_an_administrator_approved_its_address() {
    let (site, op, client) = unlisted();
    let metadata = op.agent().get("/.well-known/openid-configuration").ok().json();
    assert_eq!(metadata["client_id_metadata_document_supported"], true);
    let mut stranger = op.agent();
    let sent = stranger.get(&client.authorize_path(&PKCE));
    assert!(sent.location().starts_with("/login?redirect="), "{sent:?}");
    assert_eq!(op.count("client_metadata_requests"), 0, "strangers ask for nothing");
    let mut alice = op.person("alice");
    for _ in 0..2 {
        let asked = alice.agent.get(&client.authorize_path(&PKCE));
        assert_eq!(asked.status, 403);
        assert!(asked.text().contains("approv"));
    }
    assert_eq!(op.count("client_metadata_requests"), 1);
    assert_eq!(op.beside("client pending -o json").ok().matches(&client.id).count(), 1);
    assert!(site.requests().is_empty());
    op.beside(&format!("client approve {}", client.id)).ok();
    alice.code(&client, &PKCE);
    op.beside(&format!("client refuse {}", client.id)).ok();
    assert_eq!(alice.agent.get(&client.authorize_path(&PKCE)).status, 400);
    op.beside(&format!("client delete {} --yes", client.id)).expect_success();
    assert_eq!(op.count("client_metadata_requests"), 0, "it may ask again");
}

#[test]
fn addresses_that_wait_are_bounded_and_expire() {
    let (site, op, client) = unlisted();
    let mut alice = op.person("alice");
    for number in 0..7 {
        let other = TestClient { id: site.url(&format!("/{number}.json")), ..client.clone() };
        let status = alice.agent.get(&other.authorize_path(&PKCE)).status;
        assert_eq!(status, if number < 5 { 403 } else { 429 }, "{number}");
    }
    assert_eq!(op.count("client_metadata_requests"), 5);
    op.advance(15_552_001);
    op.clean_up();
    assert_eq!(op.count("client_metadata_requests"), 0);
}

/// Without the setting, an address that is not on the list is unknown, as before.
#[test]
fn without_the_setting_nobody_is_asked() {
    let op = TestOp::start();
    let client = TestClient {
        id: "https://app.example.com/client.json".into(),
        secret: String::new(),
        redirect_uri: "http://127.0.0.1/callback".into(),
    };
    let mut alice = op.person("alice");
    assert_eq!(alice.agent.get(&client.authorize_path(&PKCE)).status, 400);
    assert_eq!(op.count("client_metadata_requests"), 0);
}
