//! Makes the files of `schema-1`, `schema-2` and so on. It belongs into `tests/` of the last version with that schema;
//! see the README.md there.

use std::fs;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use pocketid::{
    crypto::{Digest, SecretHash},
    model::{
        ApplicationImage, ClaimOwner, Client, ClientId, ClientSecret, ClientSecretId, ClientType,
        Image, ImageType,
    },
    store::{
        Store, StoreError, client_assertions, client_metadata_documents, clients, images, leases,
        schema::Schema,
    },
};
use serde_json::{Value, json};

use crate::support::{
    flow::interaction_id,
    op::{TestClient, TestOp},
};

const CALLBACK: &str = "https://app.example.com/callback";
const API: &str = "https://orders.example.com";
/// One pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

#[test]
#[ignore = "it writes files"]
fn make() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pocketid.db");
    let op = TestOp::with_settings(&[
        ("DISABLE_RATE_LIMITING", "true"),
        ("APP_URL", "http://localhost:1411"),
        ("DB_CONNECTION_STRING", path.to_str().unwrap()),
    ]);
    let facts = fill(&op);
    let version = op.number("PRAGMA user_version");
    for table in Schema::at(version).unwrap().tables {
        assert!(op.count(&table.name) > 0, "{} is empty", table.name);
    }
    write(&op, &facts, version);
}

fn fill(op: &TestOp) -> Value {
    let mut alice = op.person("alice");
    let staff = op.group("staff", &[alice.id]);
    op.set_claim(ClaimOwner::User(alice.id), "department", "physics");
    op.set_claim(ClaimOwner::Group(staff), "quota", "{\"mail\":10}");
    op.change_user(alice.id, |user| {
        user.is_admin = true;
        user.email_verified = true;
        user.first_name = "Älice".parse().unwrap();
        user.last_name = "Liddell".parse().unwrap();
    });
    op.user("bob");
    for line in [
        "config set appName Wonderland",
        "config set allowUserSignups withToken",
        "user disable bob --yes",
        "api create https://orders.example.com --name Orders",
        "api permission add https://orders.example.com orders:read",
    ] {
        op.beside(line).expect_success();
    }
    let password = op.folder().join("password");
    fs::write(&password, "hunter2").unwrap();
    let line = format!("config set smtpPassword --value-file {}", password.display());
    op.beside(&line).expect_success();
    let web = op.client_with(CALLBACK, |client| {
        client.backchannel_logout_uri = Some("http://127.0.0.1:9/logout".parse().unwrap());
        client.post_logout_redirect_uris = vec!["https://app.example.com/bye".parse().unwrap()];
        client.refresh_token_seconds = 365 * 86_400;
        client.access_token_seconds = 365 * 86_400;
    });
    op.allow_group(&web, staff);
    op.set_logo(&web, "image/png", &png());
    for whom in ["user", "client"] {
        let line = format!("api grant {API} {} --permission orders:read --for {whom}", web.id);
        op.beside(&line).expect_success();
    }
    old_secret(op);
    by_document(op);
    pictures(op, alice.id);

    let offline = [("scope", "openid profile email offline_access"), ("resource", API)];
    let code = alice.code(&web, &offline);
    let tokens = op.redeem(&web, &code).ok().json();
    let tokens = op.refresh(&web, tokens["refresh_token"].as_str().unwrap()).ok().json();
    let plain = alice.code(&web, &[]);
    let plain = op.redeem(&web, &plain).ok().json();
    op.token(&web, &[("grant_type", "client_credentials"), ("resource", API)]).ok();
    let device = op.device_authorization(&web, "openid");
    op.poll(&web, &device);
    let pushed = op.push(&web, &[]).ok().json();
    // Both wait: a code that was not redeemed, and an interaction that was not finished.
    let unused = alice.code(&web, &[]);
    let waiting = op.agent().get(&web.authorize_path(&[("prompt", "login")]));
    op.agent().get("/api/webauthn/login/start").ok();
    if op.number("PRAGMA user_version") >= 3 {
        op.agent().post("/api/device-login/requests", &json!({})).ok();
    }
    alice.authenticator.reauthenticate(&mut alice.agent).ok();
    short_lived(op, &web);
    let mut elsewhere = op.agent();
    alice.authenticator.sign_in(&mut elsewhere).ok();
    let here = std::mem::replace(&mut alice.agent, elsewhere);
    let code = alice.code(&web, &[]);
    op.redeem(&web, &code).ok();
    // The client does not answer, so the notice waits.
    alice.agent.post("/api/webauthn/logout", &json!({})).ok();
    alice.agent = here;
    let invitation = made(op, "signup-token create --ttl 31d --uses 3 --group staff -o json");
    let key = made(op, "api-key create backup --for alice --expires 3650d -o json");
    if op.number("PRAGMA user_version") >= 4 {
        let body = json!({
            "endpoint": "https://app.example.com/scim/v2", "token": "secret-of-the-provider",
            "oidcClientId": web.id,
        });
        let key = key["token"].as_str().unwrap();
        op.agent().with_header("x-api-key", key).post("/api/scim/service-provider", &body).ok();
    }
    let outward = if op.number("PRAGMA user_version") >= 7 {
        outward(op, &web, key["token"].as_str().unwrap())
    } else {
        Value::Null
    };
    json!({
        "madeAt": op.now().as_unix(),
        "appUrl": op.base_url(),
        "encryptionKey": op.environment()[1].1,
        "user": alice.id.to_string(),
        "passkey": alice.authenticator.exported(),
        "cookies": alice.agent.cookies,
        "client": { "id": web.id, "secret": web.secret, "redirectUri": web.redirect_uri },
        "oldClient": { "id": "old", "secret": "secret-of-the-old-client", "redirectUri": CALLBACK },
        "refreshToken": tokens["refresh_token"],
        "accessToken": plain["access_token"],
        "idToken": plain["id_token"],
        "code": unused,
        "deviceCode": device.device_code,
        "userCode": device.user_code,
        "requestUri": pushed["request_uri"],
        "interaction": interaction_id(&waiting).unwrap(),
        "oneTimeCode": op.one_time_code(alice.id, 600),
        "invitation": invitation["token"],
        "apiKey": key["token"],
        "outward": outward,
        "keys": op.agent().get("/.well-known/jwks.json").ok().json(),
    })
}

/// The data that version 7 added: tokens of programs, webhooks, protected hosts, registrations, and kept
/// data of messages.
fn outward(op: &TestOp, web: &TestClient, key: &str) -> Value {
    let mut admin = op.agent().with_header("x-api-key", key);
    let scim = admin.post("/api/scim/tokens", &json!({ "name": "hr" })).json();
    let scim = scim["token"].as_str().unwrap();
    let mut hr = op.agent().with_header("authorization", &format!("Bearer {scim}"));
    let carol = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "dora", "externalId": "e-1", "emails": [{ "value": "dora@example.com" }],
        "name": { "givenName": "Dora", "familyName": "Doe" },
    });
    let dora = hr.post("/scim/v2/Users", &carol).json();
    let team = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": "team", "externalId": "e-2", "members": [{ "value": dora["id"] }],
    });
    let team = hr.post("/scim/v2/Groups", &team).json();
    let hook = json!({ "name": "alerts", "url": "https://alerts.example.org/hook" });
    admin.post("/api/webhooks", &hook);
    let host = json!({
        "host": "wiki.example.com", "isGroupRestricted": true, "allowedUserGroupIds": [team["id"]],
    });
    let host = admin.post("/api/protected-hosts", &host).json();
    let group = team["id"].as_str().unwrap().replace('-', "");
    let token = admin.post("/api/oidc/registration-tokens", &json!({ "name": "agents" })).json();
    op.beside("config set dynamicClientRegistration token").expect_success();
    std::thread::sleep(std::time::Duration::from_secs(1));
    let bearer = format!("Bearer {}", token["token"].as_str().unwrap());
    let metadata =
        json!({ "redirect_uris": ["http://127.0.0.1/callback"], "client_name": "Agent" });
    let registered = op.agent().with_header("authorization", &bearer);
    let registered = { registered }.post("/api/oidc/register", &metadata).json();
    by_hand(op, &group, &web.id);
    json!({
        "scimToken": scim,
        "scimUser": dora["id"],
        "protectedHost": host["id"],
        "registrationToken": token["token"],
        "registered": registered,
    })
}

/// Rows that only other machines cause.
fn by_hand(op: &TestOp, group: &str, client: &str) {
    let (now, until) = (op.now().as_unix(), op.now().plus(86_400).as_unix());
    let user = "(SELECT id FROM users WHERE username = 'alice')";
    let host = "(SELECT id FROM protected_hosts)";
    let session = "(SELECT id FROM sessions ORDER BY id LIMIT 1)";
    let provider = "(SELECT id FROM scim_providers)";
    let digest = "randomblob(32)";
    for sql in [
        format!("INSERT INTO dpop_proofs VALUES ({digest}, {until})"),
        format!("INSERT OR IGNORE INTO outbox_rests VALUES ('scim', '{client}', {until}, 2)"),
        format!("INSERT OR IGNORE INTO protected_host_groups VALUES ({host}, x'{group}')"),
        format!("INSERT INTO scim_resources VALUES ({provider}, 'user', {user}, '17', {digest}, 0)"),
        format!(
            "INSERT INTO client_metadata_requests
             VALUES ('https://described.example.com/client.json', 'approved', {user}, {now})"
        ),
        format!("INSERT INTO directory_pictures VALUES ({user}, {digest})"),
        format!(
            "INSERT INTO email_verifications
             VALUES ({user}, {digest}, 'alice@example.com', {until})"
        ),
        format!(
            "INSERT INTO host_codes VALUES
             (randomblob(16), {digest}, {host}, {session}, {digest}, 'https://wiki.example.com/', {until})"
        ),
        format!(
            "INSERT INTO host_sessions VALUES
             (randomblob(16), {digest}, {host}, {session}, {now}, {until})"
        ),
        format!("INSERT OR IGNORE INTO webhook_deliveries SELECT id, {now}, NULL, NULL FROM webhooks"),
    ] {
        op.execute(&sql);
    }
}

fn png() -> Vec<u8> {
    BASE64_STANDARD.decode(PNG).unwrap()
}

/// A client whose secret an old Pocket ID hashed.
fn old_secret(op: &TestOp) {
    let hash = bcrypt::hash_with_salt("secret-of-the-old-client", 4, [7; 16]).unwrap().to_string();
    let hash = SecretHash::Bcrypt(pocketid::crypto::BcryptHash::parse(&hash).unwrap());
    let id: ClientId = "old".parse().unwrap();
    let name = "Old".parse().unwrap();
    let mut client = Client::new(id.clone(), name, ClientType::Confidential, op.now());
    client.redirect_uris = vec![CALLBACK.parse().unwrap()];
    let secret = ClientSecret {
        id: ClientSecretId(uuid::Uuid::from_u128(7)),
        prefix: "secr".into(),
        created_at: op.now(),
        expires_at: None,
    };
    write_to(op.store(), move |tx| {
        clients::insert(tx, &client)?;
        clients::insert_secret_hash(tx, &id, &secret, &hash)
    });
}

/// A client that a document describes.
fn by_document(op: &TestOp) {
    let id: ClientId = "https://described.example.com/client.json".parse().unwrap();
    let name = "Described".parse().unwrap();
    let mut client = Client::new(id, name, ClientType::Public, op.now());
    client.redirect_uris = vec!["https://described.example.com/cb".parse().unwrap()];
    let expires_at = op.now().plus(3_600);
    write_to(op.store(), move |tx| {
        client_metadata_documents::save(tx, &client, expires_at).map(|saved| assert!(saved))
    });
}

fn pictures(op: &TestOp, user: pocketid::model::UserId) {
    let image = Image { image_type: ImageType::parse("image/png").unwrap(), bytes: png() };
    write_to(op.store(), move |tx| {
        images::set_application_image(tx, ApplicationImage::ALL[0], &image)?;
        images::set_profile_picture(tx, user, &image)
    });
}

fn short_lived(op: &TestOp, client: &TestClient) {
    let client: ClientId = client.id.parse().unwrap();
    let (now, until) = (op.now(), op.now().plus(600));
    write_to(op.store(), move |tx| {
        client_assertions::insert(tx, &client, Digest::of("an assertion"), until)?;
        leases::take(tx, "backup", "somebody", now, until).map(drop)
    });
}

fn made(op: &TestOp, line: &str) -> Value {
    serde_json::from_str(&op.beside(line).stdout).unwrap()
}

fn write_to(
    store: &Store,
    work: impl Fn(&mut pocketid::store::Tx<'_>) -> Result<(), StoreError> + Send + 'static,
) {
    store.write_blocking(work).unwrap();
}

fn write(op: &TestOp, facts: &Value, version: i64) {
    let folder = format!("tests/data/schema-{version}");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    fs::create_dir_all(&folder).unwrap();
    for name in ["pocketid.db", "backup.zip", "facts.json"] {
        drop(fs::remove_file(folder.join(name)));
    }
    op.beside(&format!("backup {}", folder.join("backup.zip").display())).expect_success();
    // Whole and in one file, without a log.
    op.execute(&format!("VACUUM INTO '{}'", folder.join("pocketid.db").display()));
    let text = serde_json::to_string_pretty(facts).unwrap();
    fs::write(folder.join("facts.json"), text + "\n").unwrap();
}
