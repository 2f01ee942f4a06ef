//! Keys of the REST API (Pocket ID 2.14): where they are taken, and where they are not.

use hyper::Method;
use pocketid::{
    crypto::Digest,
    model::{ApiKey, ApiKeyId, UserId},
    store::{api_keys, sessions::OnWordOf},
};
use serde_json::json;

use crate::support::{agent::Agent, op::TestOp, wait_for};

/// Stores a key as it comes from Pocket ID: by the digest of whatever it is.
fn store_key(op: &TestOp, owner: UserId, key: &str, seconds: i64) -> ApiKeyId {
    let row = ApiKey {
        id: ApiKeyId(uuid::Uuid::from_u128(u128::from_be_bytes(
            Digest::of(key).as_bytes()[..16].try_into().unwrap(),
        ))),
        user_id: owner,
        name: "script".parse().unwrap(),
        description: None,
        created_at: op.now(),
        expires_at: op.now().plus(seconds),
        last_used_at: None,
        is_expiry_told: false,
    };
    let (id, digest) = (row.id, Digest::of(key));
    op.store()
        .write_blocking(move |tx| api_keys::insert(tx, &row, digest, OnWordOf::Operator))
        .unwrap();
    id
}

fn with_key(op: &TestOp, key: &str) -> Agent {
    op.agent().with_header("x-api-key", key)
}

#[test]
fn a_key_stands_for_its_owner_where_the_contract_says_so() {
    let op = TestOp::start();
    let alice = op.person("alice");
    store_key(&op, alice.id, "a-key-of-alice", 600);
    let mut script = with_key(&op, "a-key-of-alice");

    assert_eq!(script.get("/api/users/me").ok().json()["username"], "alice");
    let profile = json!({"username": "alice", "email": "al@example.com"});
    script.json(Method::PUT, "/api/users/me", &profile).ok();
    let passkeys = script.get("/api/webauthn/credentials").ok().json();
    let path = format!("/api/webauthn/credentials/{}", passkeys[0]["id"].as_str().unwrap());
    script.json(Method::PATCH, &path, &json!({"name": "Renamed"})).ok();
    script.json(Method::DELETE, &path, &json!(null)).ok();
    // Each of them is in the audit log, with what did it.
    let audit = op.beside("audit list --user alice").ok();
    for (kind, data) in [
        ("ACCOUNT_CHANGED", "changed=email"),
        ("PASSKEY_RENAMED", "newName=Renamed"),
        ("PASSKEY_REMOVED", "passkeyName=Renamed"),
    ] {
        let line = audit.lines().find(|line| line.contains(kind)).unwrap_or_default();
        assert!(line.contains(data) && line.contains("authentication=API key"), "{kind}: {audit}");
    }
    assert_eq!(script.get("/api/api-keys").ok().json()["data"][0]["name"], "script");
    assert_eq!(script.post("/api/webauthn/logout", &json!({})).status, 204);

    for (method, path) in [
        (Method::POST, "/api/api-keys"),
        (Method::GET, "/api/webauthn/register/start"),
        (Method::POST, "/api/webauthn/register/finish"),
        (Method::POST, "/api/webauthn/reauthenticate"),
        (Method::GET, "/api/oidc/device/info"),
        (Method::POST, "/api/oidc/device/verify?code=EAAAAAAA"),
        (Method::POST, "/api/oidc/interactions/x/complete"),
        (Method::GET, "/api/users/me/sessions"),
    ] {
        let answer = script.json(method, path, &json!({}));
        assert_eq!(answer.error(), "403 api_key_auth_not_allowed", "{path}");
    }
    assert_eq!(script.get("/settings/account").status, 302, "pages are for people");
}

#[test]
fn a_key_that_is_not_good_is_nobodys() {
    let op = TestOp::start();
    let alice = op.user("alice");
    store_key(&op, alice.id, "a-key-of-alice", 600);
    let id = store_key(&op, alice.id, "another", 60);
    let digest: String =
        Digest::of("a-key-of-alice").as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    for key in ["", "a-key-of-alic", "A-KEY-OF-ALICE", "' OR 1=1 --", &digest, &"x".repeat(9_000)] {
        let answer = with_key(&op, key).get("/api/users/me");
        assert_eq!(answer.error(), "401 not_signed_in", "{key}");
    }
    let mut two = with_key(&op, "wrong").with_header("x-api-key", "a-key-of-alice");
    assert_eq!(two.get("/api/users/me").error(), "401 not_signed_in", "the first one counts");

    with_key(&op, "another").get("/api/users/me").ok();
    op.advance(61);
    assert_eq!(with_key(&op, "another").get("/api/users/me").error(), "401 not_signed_in");
    op.clean_up();
    assert_eq!(op.count("api_keys"), 2, "what has expired is kept, for its owner to see");
    let path = format!("/api/api-keys/{id}");
    with_key(&op, "a-key-of-alice").json(Method::DELETE, &path, &json!(null)).ok();
    assert_eq!(op.count("api_keys"), 1);

    op.beside("user disable alice").expect_success();
    let answer = with_key(&op, "a-key-of-alice").get("/api/users/me");
    assert_eq!(answer.error(), "403 user_disabled");
}

#[test]
fn the_last_use_of_a_key_is_noted_once_a_minute() {
    let op = TestOp::start();
    let alice = op.user("alice");
    store_key(&op, alice.id, "a-key-of-alice", 6_000);
    let used_at = || op.number("SELECT COALESCE(MAX(last_used_at), 0) FROM api_keys");
    let use_until = |wanted: i64| {
        wait_for("a note of the use", || {
            with_key(&op, "a-key-of-alice").get("/api/users/me").ok();
            used_at() >= wanted
        });
    };
    use_until(op.now().as_unix());
    let first = used_at();
    op.advance(30);
    with_key(&op, "a-key-of-alice").get("/api/users/me").ok();
    assert_eq!(used_at(), first);
    op.advance(31);
    use_until(first + 60);
}

/// Requests that another site makes a browser send carry its cookies, and never a key.
#[test]
fn a_key_needs_no_proof_of_origin_and_gives_none_to_a_session() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    store_key(&op, alice.id, "a-key-of-alice", 600);
    let profile = json!({"username": "alice", "email": "al@example.com"});
    let foreign = |agent: &Agent| agent.with_header("origin", "https://evil.example.com");

    let mut script = foreign(&with_key(&op, "a-key-of-alice"));
    script.json(Method::PUT, "/api/users/me", &profile).ok();

    let mut tricked = foreign(&alice.agent.with_header("x-api-key", "wrong"));
    let answer = tricked.json(Method::PUT, "/api/users/me", &profile);
    assert_eq!(answer.error(), "403 forbidden");
    let answer = with_key(&op, "a-key-of-alice").send(
        Method::OPTIONS,
        "/api/users/me",
        None,
        bytes::Bytes::new(),
    );
    assert_eq!(answer.header("access-control-allow-origin"), "", "no site may add the header");
    alice.agent.get("/api/users/me").ok();
}

#[test]
fn somebody_at_a_browser_makes_lists_and_deletes_keys_of_their_own() {
    let op = TestOp::start();
    let (mut alice, mut bob) = (op.person("alice"), op.person("bob"));
    let new = |name: &str, expires_at: &str| json!({"name": name, "expiresAt": expires_at});
    let created = alice.agent.post("/api/api-keys", &new("backup", "2099-01-01T02:00:00.5+01:00"));
    assert_eq!(created.status, 201);
    let created = created.json();
    assert_eq!(created["apiKey"]["expiresAt"], "2099-01-01T01:00:00Z");
    let key = created["token"].as_str().unwrap();
    assert_eq!(key.len(), 32);
    with_key(&op, key).get("/api/users/me").ok();

    for (body, error) in [
        (new("ab", "2099-01-01T00:00:00Z"), "400 validation_failed"),
        (new("backup", "2001-01-01T00:00:00Z"), "400 invalid_api_key_expiration"),
        (new("backup", "soon"), "400 invalid_request_body"),
        (json!({"name": "backup"}), "400 validation_failed"),
        (json!({"name": 1}), "400 invalid_request_body"),
    ] {
        assert_eq!(alice.agent.post("/api/api-keys", &body).error(), error, "{body}");
    }
    assert_eq!(op.agent().post("/api/api-keys", &new("x", "y")).error(), "401 not_signed_in");

    alice.agent.post("/api/api-keys", &new("aaa", "2099-01-01T00:00:00Z")).ok();
    let page = "pagination[limit]=1&pagination[page]=2&sort[column]=name&sort[direction]=desc";
    let listed = alice.agent.get(&format!("/api/api-keys?{page}")).ok().json();
    assert_eq!(listed["data"][0]["name"], "aaa");
    assert_eq!(
        listed["pagination"],
        json!({"totalPages": 2, "totalItems": 2, "currentPage": 2, "itemsPerPage": 1})
    );
    assert_eq!(bob.agent.get("/api/api-keys").ok().json()["data"], json!([]));

    let path = format!("/api/api-keys/{}", created["apiKey"]["id"].as_str().unwrap());
    let delete = |agent: &mut Agent| agent.json(Method::DELETE, &path, &json!(null));
    assert_eq!(delete(&mut bob.agent).error(), "404 api_key_not_found");
    assert_eq!(delete(&mut alice.agent).status, 204);
    assert_eq!(delete(&mut alice.agent).error(), "404 api_key_not_found");
    assert_eq!(with_key(&op, key).get("/api/users/me").error(), "401 not_signed_in");
    let kinds = op.audit_kinds();
    let count = |wanted: &str| kinds.iter().filter(|kind| *kind == wanted).count();
    assert_eq!((count("API_KEY_CREATED"), count("API_KEY_DELETED")), (2, 1));
}

#[test]
fn a_key_that_has_expired_is_renewed_and_the_old_one_stays_dead() {
    let op = TestOp::start();
    let (mut alice, mut bob) = (op.person("alice"), op.person("bob"));
    let id = store_key(&op, alice.id, "a-key-of-alice", 60);
    let path = format!("/api/api-keys/{id}/renew");
    let later = json!({"expiresAt": "2099-01-01T00:00:00Z"});
    assert_eq!(alice.agent.post(&path, &later).error(), "409 api_key_not_expired");
    op.advance(61);
    assert_eq!(bob.agent.post(&path, &later).error(), "404 api_key_not_found");
    let past = json!({"expiresAt": "2001-01-01T00:00:00Z"});
    assert_eq!(alice.agent.post(&path, &past).error(), "400 invalid_api_key_expiration");
    assert_eq!(
        with_key(&op, "a-key-of-alice").post(&path, &later).error(),
        "403 api_key_auth_not_allowed"
    );

    let renewed = alice.agent.post(&path, &later).ok().json();

    assert_eq!(renewed["apiKey"]["id"], id.to_string());
    let key = renewed["token"].as_str().unwrap();
    with_key(&op, key).get("/api/users/me").ok();
    assert_eq!(with_key(&op, "a-key-of-alice").get("/api/users/me").error(), "401 not_signed_in");
}
