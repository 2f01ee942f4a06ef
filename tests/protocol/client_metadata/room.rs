//! Documents that nobody uses make room for new ones.

use serde_json::json;

use super::{PKCE, Scene};
use crate::support::op::{TestClient, TestOp};

/// 9,999 documents that nobody has signed in to, older than what the server makes.
fn flood(op: &TestOp) {
    let expires_at = op.now().as_unix() + 86_400;
    op.execute(&format!(
        "INSERT INTO clients (id, name, client_type, requires_pkce,
                requires_pushed_authorization_requests, requires_reauthentication, skips_consent,
                is_group_restricted, id_token_signed_response_alg, access_token_seconds,
                refresh_token_seconds, created_at)
         {MANY} SELECT 'https://flood.example.com/' || n, 'Flood', 'public', 1, 0, 0, 0, 0, 'RS256', 60,
                60, 1 FROM many"
    ));
    op.execute(&format!(
        "INSERT INTO client_metadata_documents (client_id, grant_types, expires_at)
         {MANY} SELECT 'https://flood.example.com/' || n, 'authorization_code', {expires_at} FROM many"
    ));
}

const MANY: &str =
    "WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 9999)";

impl Scene {
    /// Has a document fetched that is not there yet.
    #[track_caller]
    fn assert_new_document_is_accepted(&self) {
        let other = TestClient { id: self.site.url("/other.json"), ..self.client.clone() };
        self.publish(|document| document["client_id"] = json!(other.id));
        assert_eq!(self.op.agent().get(&other.authorize_path(&PKCE)).status, 302);
        self.publish(|_| ());
    }
}

/// Who fills the table with documents shuts nobody out: those that nobody uses are forgotten first.
#[test]
fn documents_that_nobody_uses_make_room_for_new_ones() {
    let scene = Scene::start();
    assert_eq!(scene.authorize_status(), 302);
    flood(&scene.op);

    scene.assert_new_document_is_accepted();

    assert_eq!(scene.op.count("client_metadata_documents"), 9_981);
    assert_eq!(scene.authorize_status(), 302);
    assert_eq!(scene.site.requests().len(), 2, "the newer one is still there");
}

/// Interactions and pushed requests need nobody who is signed in: they hold no place.
#[test]
fn requests_that_wait_keep_no_document_when_there_are_too_many_and_consents_do() {
    let scene = Scene::start();
    let (op, client) = (&scene.op, &scene.client);
    let mut alice = op.person("alice");
    alice.code(client, &PKCE);
    op.execute("UPDATE clients SET created_at = 0");
    flood(op);
    let key =
        if op.is_postgres() { "decode(md5(CAST(n AS text)), 'hex')" } else { "randomblob(16)" };
    let digest = if op.is_postgres() { "decode(md5('x'), 'hex')" } else { "randomblob(32)" };
    let expires_at = op.now().as_unix() + 3_600;
    op.execute(&format!(
        "INSERT INTO interactions (id, interaction_digest, client_id, parameters, steps, requested_at,
                                   is_denied, expires_at)
         {MANY} SELECT {key}, {digest}, 'https://flood.example.com/' || n, '{{}}', '', 0, 0, {expires_at}
           FROM many"
    ));

    scene.assert_new_document_is_accepted();

    assert_eq!(op.count("client_metadata_documents"), 9_981);
    assert_eq!(op.count("interactions"), 9_999 + 2 - 20, "they went with their documents");
    assert_eq!(op.count("consents"), 1);
    let requests = scene.site.requests().len();
    alice.code(client, &PKCE);
    assert_eq!(
        scene.site.requests().len(),
        requests,
        "what somebody has signed in to is still there"
    );
}

#[test]
fn a_browser_whose_request_made_room_is_told_to_begin_again_and_then_comes_through() {
    let scene = Scene::start();
    let mut alice = scene.op.person("alice");
    let page = alice.agent.get(&scene.client.authorize_path(&PKCE)).ok().location().to_owned();
    let id = page.rsplit_once('=').unwrap().1.to_owned();
    alice.agent.get(&page).ok();
    scene.op.execute("UPDATE clients SET created_at = 0");
    flood(&scene.op);
    scene.assert_new_document_is_accepted();

    let shown = alice.agent.get(&page);
    assert_eq!(shown.status, 400);
    assert!(shown.text().contains("Go back to the application"), "{}", shown.text());
    let resumed = alice.agent.get(&format!("/authorize?interaction={id}"));
    assert_eq!(resumed.status, 400);
    assert!(resumed.text().contains("Go back to the application"), "{}", resumed.text());
    let path = format!("/api/oidc/interactions/{id}/complete");
    let completed = alice.agent.post(&path, &json!({ "step": "consent" }));
    assert_eq!(completed.error(), "404 not_found");
    alice.code(&scene.client, &PKCE);
}
