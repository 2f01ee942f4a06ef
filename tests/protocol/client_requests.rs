//! Clients that wait for an administrator: at the terminal, over the REST API and on pages; addresses of
//! client metadata documents, too.

use serde_json::json;

use super::rfc7591::{
    CALLBACK, approve, client_of, metadata, provider, redeem, register, revision,
};
use crate::support::{
    agent::Answer,
    flow::{CHALLENGE, Person},
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

/// Sends the form of the page about an address that is not on the list, from a page of this site.
fn ask_for(who: &mut Person, id: &str, site: &str) -> Answer {
    let fields = [("client_id", id), ("ask_administrator", "yes")];
    who.agent.with_header("sec-fetch-site", site).post_form("/authorize", &fields)
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
    assert!(page.contains(listed[0]["revision"].as_str().unwrap()), "its button names it");
    let decide = |root: &mut Person, id: &str, verb: &str| {
        let found = listed.as_array().unwrap().iter().find(|one| one["clientId"] == id);
        let body = json!({ "revision": found.unwrap()["revision"] });
        root.agent.post(&format!("{ALL}/{id}/{verb}"), &body)
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
    let unseen = op.beside(&format!("client approve {}", client.id));
    assert!(unseen.code == Some(2) && unseen.stderr.contains("--revision"), "{}", unseen.stderr);
    let shown = revision(&op, &client.id);
    assert!(op.beside("client pending").ok().contains(&shown));
    // On a terminal, what has to be looked at is there at every width.
    for columns in [80, 50, 30] {
        let listed = op.cli().run_on_terminal_of(columns, "client pending", "").stdout;
        for whole in [client.id.as_str(), &shown, CALLBACK] {
            assert!(listed.contains(whole), "{columns}: {listed}");
        }
    }
    let nothing = op.beside("client pending --search nothing-of-that-name").ok();
    assert!(nothing.is_empty(), "{nothing}");
    assert!(op.beside("client pending --search 127.0.0.1 --limit 1").ok().contains(&client.id));
    let approve = format!("client approve {} --revision {shown}", client.id);
    assert!(op.beside(&approve).ok().contains(&client.id));
    let again = op.beside(&approve);
    assert!(again.code == Some(1) && again.stderr.contains("does not wait"), "{}", again.stderr);
    let late = op.beside(&format!("client refuse {}", client.id));
    let mend = format!("pocketid client delete {}", client.id);
    assert!(late.code == Some(1) && late.stderr.contains(&mend), "{}", late.stderr);
    let other = client_of(&register(&op, None, &metadata()).json());
    op.beside(&format!("client refuse {} --yes", other.id)).ok();
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
    // A link of any site leads here: the address is filed only by the button of this page.
    let page = alice.agent.get(&client.authorize_path(&PKCE));
    assert_eq!(page.status, 403);
    assert!(page.text().contains("id=\"ask-administrator\""));
    for (site, count) in [("cross-site", 0), ("same-site", 0), ("same-origin", 1)] {
        let asked = ask_for(&mut alice, &client.id, site);
        assert_eq!((asked.status, op.count("client_metadata_requests")), (403, count), "{site}");
    }
    for _ in 0..2 {
        let asked = alice.agent.get(&client.authorize_path(&PKCE));
        assert_eq!(asked.status, 403);
        assert!(!asked.text().contains("ask-administrator"), "it waits");
    }
    assert_eq!(op.count("client_metadata_requests"), 1);
    assert_eq!(op.beside("client pending -o json").ok().matches(&client.id).count(), 1);
    assert!(site.requests().is_empty());
    op.beside(&format!("client approve {}", client.id)).ok();
    let code = alice.code(&client, &PKCE);
    let tokens = redeem(&op, &client, &code).ok().json();
    let access_token = tokens["access_token"].as_str().unwrap();
    op.userinfo(access_token).ok();
    let mut bob = op.person("bob");
    let begun = bob.agent.get(&client.authorize_path(&PKCE)).location().to_owned();
    op.beside(&format!("client refuse {} --yes", client.id)).ok();
    assert_eq!(alice.agent.get(&client.authorize_path(&PKCE)).status, 400);
    assert_eq!(op.userinfo(access_token).status, 401, "its access ends");
    assert_takes_no_consent(&op, &mut bob, &begun);
    op.beside(&format!("client delete {} --yes", client.id)).expect_success();
    assert_eq!(op.count("client_metadata_requests"), 0, "it may ask again");
}

#[test]
fn addresses_that_wait_are_bounded_and_expire() {
    let (site, op, client) = unlisted();
    let mut alice = op.person("alice");
    for number in 0..7 {
        let other = TestClient { id: site.url(&format!("/{number}.json")), ..client.clone() };
        let answer = ask_for(&mut alice, &other.id, "same-origin");
        assert_eq!(answer.status, if number < 5 { 403 } else { 429 }, "{number}");
        let is_told = answer.text().contains("Too many applications wait for approval");
        assert_eq!(is_told, number >= 5, "{number}");
    }
    assert_eq!(op.count("client_metadata_requests"), 5);
    let refused = op.texts("SELECT client_id FROM client_metadata_requests").remove(0);
    op.beside(&format!("client refuse {refused} --yes")).ok();
    op.advance(604_801);
    op.clean_up();
    assert_eq!(op.texts("SELECT client_id FROM client_metadata_requests"), [refused]);
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

/// A client may change its registration while an administrator looks at it.
#[test]
fn nothing_else_is_approved_than_what_was_shown() {
    let op = provider("approval");
    let mut root = op.person("root");
    op.change_user(root.id, |user| user.is_admin = true);
    let registered = register(&op, None, &metadata()).json();
    let client = client_of(&registered);
    let shown = root.agent.get(ALL).ok().json()[0].clone();
    op.advance(60);
    let mut other = metadata();
    other["client_id"] = registered["client_id"].clone();
    other["redirect_uris"] = json!(["https://evil.example.com/cb"]);
    let own = registered["registration_access_token"].as_str().unwrap();
    let mut own = op.agent().with_header("authorization", &format!("Bearer {own}"));
    own.json(hyper::Method::PUT, &format!("/api/oidc/register/{}", client.id), &other).ok();

    let path = format!("{ALL}/{}/approve", client.id);
    let stale = json!({ "revision": shown["revision"] });
    assert_eq!(root.agent.post(&path, &stale).error(), "409 client_request_changed");
    assert_eq!(root.agent.post(&path, &json!({})).status, 400, "nothing was looked at");
    let old = shown["revision"].as_str().unwrap();
    let refused = op.beside(&format!("client approve {} --revision {old}", client.id));
    assert!(refused.code == Some(1) && refused.stderr.contains("changed"), "{}", refused.stderr);
    let mut alice = op.person("alice");
    assert_eq!(alice.agent.get(&client.authorize_path(&PKCE)).status, 403);

    let now = root.agent.get(ALL).ok().json()[0].clone();
    assert_ne!(now["requestedAt"], shown["requestedAt"], "it asks anew");
    assert_eq!(now["callbackURLs"], json!(["https://evil.example.com/cb"]));
    assert_eq!(root.agent.post(&path, &json!({ "revision": now["revision"] })).status, 204);
}

/// RP-Initiated Logout §3: the addresses of a client without approval are those of a stranger.
#[test]
fn a_logout_does_not_go_on_to_a_client_that_is_not_approved() {
    let op = provider("approval");
    let mut agent = metadata();
    agent["post_logout_redirect_uris"] = json!(["https://evil.example.com/bye"]);
    agent["redirect_uris"] = json!(["https://evil.example.com/cb"]);
    let client = client_of(&register(&op, None, &agent).json());
    let path = |id: &str, uri: &str| {
        let fields = [("client_id", id), ("post_logout_redirect_uri", uri)];
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        format!("/api/oidc/end-session?{query}")
    };
    let asked = path(&client.id, "https://evil.example.com/bye");
    assert_eq!(op.agent().get(&asked).location(), "/logout?refused=address");
    approve(&op, &client.id);
    assert_eq!(op.agent().get(&asked).location(), "https://evil.example.com/bye");

    let (site, op, client) = unlisted();
    let document = json!({
        "client_id": client.id,
        "redirect_uris": [client.redirect_uri],
        "post_logout_redirect_uris": ["https://evil.example.com/bye"],
        "token_endpoint_auth_method": "none",
    });
    site.answer_with(JSON, &document.to_string());
    let asked = path(&client.id, "https://evil.example.com/bye");
    let mut alice = op.person("alice");
    ask_for(&mut alice, &client.id, "same-origin");
    op.beside(&format!("client approve {}", client.id)).ok();
    redeem(&op, &client, &alice.code(&client, &PKCE)).ok();
    assert_eq!(op.agent().get(&asked).location(), "https://evil.example.com/bye");
    op.beside(&format!("client refuse {} --yes", client.id)).ok();
    assert_eq!(op.agent().get(&asked).location(), "/logout?refused=address");
}

/// An interaction that began before ends without a consent.
pub(super) fn assert_takes_no_consent(op: &TestOp, who: &mut Person, begun: &str) {
    let id = begun.split("interaction=").nth(1).expect("an interaction");
    let before = op.count("consents");
    let path = format!("/api/oidc/interactions/{id}/complete");
    let refused = who.agent.post(&path, &json!({ "step": "consent" }));
    assert_eq!((refused.status, op.count("consents")), (404, before));
}
