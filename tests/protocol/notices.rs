//! Mails to administrators about events, with a real mail server.

use std::collections::BTreeMap;

use hyper::Method;
use pocketid::{
    model::{Actor, AuditEvent, AuditEventId, EventKind},
    store::audit_events,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    flow::Person,
    mail_server::TestMailServer,
    op::{TestClient, TestOp},
    wait_until,
};

/// How long mails about one kind of events are apart, in seconds.
const PAUSE: i64 = 601;

/// A provider with a mail server and an administrator, root@example.com, without any notice yet.
fn op_with(server: &TestMailServer) -> (TestOp, Person) {
    let op = TestOp::start();
    let root = op.person("root");
    op.change_user(root.id, |user| user.is_admin = true);
    server.configure(&op);
    wait_until(|| op.config().text(pocketid::model::ConfigKey::SmtpHost) == "127.0.0.1");
    (op, root)
}

fn subjects(mails: &[Value]) -> Vec<&str> {
    mails.iter().map(|mail| mail["headers"]["subject"].as_str().unwrap()).collect()
}

fn text(mail: &Value) -> &str {
    mail["text"].as_str().unwrap()
}

/// Waits until nothing is left to send, and returns the mails.
fn settled(op: &TestOp, server: &TestMailServer) -> Vec<Value> {
    wait_until(|| op.count("outbox") == 0);
    server.mails()
}

/// Uses a code twice.
fn replay(op: &TestOp, person: &mut Person, client: &TestClient) {
    let code = person.code(client, &[]);
    op.redeem(client, &code).ok();
    assert_eq!(op.redeem(client, &code).error(), "400 invalid_grant");
}

#[test]
fn a_new_administrator_is_told_once_through_each_door() {
    let server = TestMailServer::start();
    let (op, mut root) = op_with(&server);
    let mut told = 0;
    let mut expect = |name: &str, by: &str| {
        let mails = settled(&op, &server);
        // Each administrator with an email gets it, those that are new as well.
        let new = &mails[told..];
        let to_root: Vec<_> =
            new.iter().filter(|mail| mail["to"] == json!(["root@example.com"])).collect();
        assert_eq!(to_root.len(), 1, "{name}: {:?}", subjects(new));
        let told_by = format!("{name}, by {by}");
        assert!(text(to_root[0]).contains(&told_by), "{told_by} in {}", text(to_root[0]));
        assert!(
            subjects(new).iter().all(|subject| *subject == "Pocket ID has a new administrator")
        );
        told = mails.len();
        op.advance(PAUSE);
    };
    op.beside("user add anna --admin").expect_success();
    expect("anna", "cli");

    op.beside("user add bert").expect_success();
    op.beside("user update bert --admin").expect_success();
    expect("bert", "cli");

    let carl = json!({ "username": "carl", "email": "carl@example.com", "firstName": "Carl", "isAdmin": true });
    let key = op.beside("api-key create script --for root --expires 30d").ok();
    let mut script = op.agent().with_header("x-api-key", key.trim());
    let carl = script.post("/api/users", &carl).ok().json();
    expect("carl", "root");

    let path = format!("/api/users/{}", carl["id"].as_str().unwrap());
    let body = |is_admin: bool| json!({ "username": "carl", "email": "carl@example.com", "firstName": "Carl", "isAdmin": is_admin });
    script.json(Method::PUT, &path, &body(false)).ok();
    script.json(Method::PUT, &path, &body(true)).ok();
    expect("carl", "root");

    let file = op.cli();
    file.write("config.yaml", "users:\n  - username: dora\n    isAdmin: true\n");
    file.run("apply -f config.yaml").expect_success();
    expect("dora", "cli");

    // Changes of a current administrator are no news.
    op.beside("user update anna --first-name Anna").expect_success();
    root.agent.get("/api/users/me").ok();
    assert_eq!(settled(&op, &server).len(), told);
}

#[test]
fn the_removal_of_the_last_passkey_is_told_once_through_each_door() {
    let server = TestMailServer::start();
    let (op, _root) = op_with(&server);
    let key = op.beside("api-key create script --for root --expires 30d").ok();
    let mut script = op.agent().with_header("x-api-key", key.trim());
    let mut told = 0;
    let mut expect = |name: &str| {
        let mails = settled(&op, &server);
        assert_eq!(subjects(&mails[told..]), ["An account at Pocket ID has no passkey any more"]);
        assert!(text(mails.last().unwrap()).contains(name), "{}", text(mails.last().unwrap()));
        told = mails.len();
        op.advance(PAUSE);
    };
    let passkey = |person: &Person| {
        let listed = op.beside(&format!("passkey list {} --output json", person.id)).ok();
        let listed: Value = serde_json::from_str(&listed).unwrap();
        listed[0]["id"].as_str().unwrap().to_owned()
    };
    let alice = op.person("alice");
    let id = passkey(&alice);
    op.beside(&format!("passkey remove {} {id} --yes", alice.id)).expect_success();
    expect("alice");

    let bob = op.person("bob");
    let path = format!("/api/users/{}/webauthn-credentials/{}", bob.id, passkey(&bob));
    assert_eq!(script.json(Method::DELETE, &path, &json!(null)).status, 204);
    expect("bob");

    let mut carol = op.person("carol");
    let path = format!("/api/webauthn/credentials/{}", passkey(&carol));
    assert_eq!(carol.agent.json(Method::DELETE, &path, &json!(null)).status, 204);
    expect("carol");
}

#[test]
fn a_replay_is_told_with_its_user_and_its_application() {
    let server = TestMailServer::start();
    let (op, _root) = op_with(&server);
    let (mut alice, client) = (op.person("alice"), op.client());
    replay(&op, &mut alice, &client);
    let mails = settled(&op, &server);
    assert_eq!(subjects(&mails), ["A token of Pocket ID may have been stolen"]);
    assert_eq!(mails[0]["to"], json!(["root@example.com"]));
    assert!(text(&mails[0]).contains("alice, "), "{}", text(&mails[0]));
    let html = mails[0]["html"].as_str().unwrap();
    assert!(html.contains("/settings/admin/audit-log"), "{html}");
}

#[test]
fn many_replays_make_one_mail_in_ten_minutes_that_counts_them() {
    let server = TestMailServer::start();
    let (op, _root) = op_with(&server);
    let (mut alice, client) = (op.person("alice"), op.client());
    replay(&op, &mut alice, &client);
    assert_eq!(settled(&op, &server).len(), 1);
    for _ in 0..9 {
        replay(&op, &mut alice, &client);
    }
    assert_eq!((op.count("outbox"), server.mails().len()), (1, 1));
    op.advance(PAUSE);
    let mails = settled(&op, &server);
    assert_eq!(mails.len(), 2);
    assert!(text(&mails[1]).contains("4 more such events"), "{}", text(&mails[1]));

    op.advance(PAUSE);
    replay(&op, &mut alice, &client);
    let mails = settled(&op, &server);
    assert_eq!(mails.len(), 3);
    assert!(!text(&mails[2]).contains("more such events"), "{}", text(&mails[2]));
}

/// On PostgreSQL, the earlier of two events may be committed last.
#[test]
fn an_event_that_is_committed_after_a_later_one_is_told_too() {
    let server = TestMailServer::start();
    let (op, _root) = op_with(&server);
    let (mut alice, client) = (op.person("alice"), op.client());
    replay(&op, &mut alice, &client);
    assert_eq!(settled(&op, &server).len(), 1);
    let soon = op.now().plus(1);
    for (place, name) in [(2, "later"), (1, "earlier")] {
        let event = AuditEvent {
            // A UUID of version 7 begins with its time.
            id: AuditEventId(Uuid::from_u128(u128::from(soon.as_unix_millis()) << 80 | place)),
            kind: EventKind::ReplayDetected,
            user_id: None,
            object_id: None,
            actor: Actor::Cli,
            data: BTreeMap::from([("clientName", name.to_owned())]),
            created_at: soon,
        };
        op.store().write_blocking(move |tx| audit_events::insert(tx, &event)).unwrap();
    }
    assert_eq!(op.count("outbox"), 1);
    op.advance(PAUSE);
    let mails = settled(&op, &server);
    assert_eq!(mails.len(), 2);
    assert!(text(&mails[1]).contains("earlier"), "{}", text(&mails[1]));
    assert!(text(&mails[1]).contains("later"), "{}", text(&mails[1]));
}

#[test]
fn a_client_secret_and_an_api_key_are_told_once_before_they_end() {
    let server = TestMailServer::start();
    let (op, _root) = op_with(&server);
    let client = op.client();
    op.beside(&format!("--quiet client secret create {} --expires 8d", client.id)).ok();
    op.beside("api-key create nightly --for root --expires 8d").ok();
    op.beside("api-key create later --for root --expires 60d").ok();
    assert_eq!(op.note_expiring(), 0);
    op.advance(2 * 86_400);
    assert_eq!(op.note_expiring(), 2);
    assert_eq!(op.note_expiring(), 0);
    let kinds = op.audit_kinds();
    assert_eq!(kinds.iter().filter(|kind| *kind == "SECRET_EXPIRING").count(), 2);
    let mails = settled(&op, &server);
    assert_eq!(subjects(&mails), ["A secret at Pocket ID expires soon"]);
    assert!(text(&mails[0]).contains("API key, nightly"), "{}", text(&mails[0]));
    assert!(text(&mails[0]).contains("client secret"), "{}", text(&mails[0]));
    assert!(!text(&mails[0]).contains("later"), "{}", text(&mails[0]));
}

#[test]
fn each_administrator_reads_their_language_and_nobody_else_gets_it() {
    let server = TestMailServer::start();
    let (op, root) = op_with(&server);
    op.change_user(root.id, |user| user.locale = Some("zh-CN".to_owned()));
    let other = op.user("other");
    op.change_user(other.id, |user| {
        user.is_admin = true;
        user.disabled = true;
    });
    let silent = op.user("silent");
    op.change_user(silent.id, |user| {
        user.is_admin = true;
        user.email = None;
    });
    let (mut alice, client) = (op.person("alice"), op.client());
    replay(&op, &mut alice, &client);
    let mails = settled(&op, &server);
    assert_eq!(subjects(&mails), ["Pocket ID 的令牌可能已被盗"]);
}

#[test]
fn nothing_is_sent_without_a_mail_server_or_when_it_is_turned_off() {
    let op = TestOp::start();
    op.beside("user add anna --admin").expect_success();
    wait_until(|| op.count("outbox") == 0);

    let server = TestMailServer::start();
    let (op, _root) = op_with(&server);
    op.beside("config set emailAdminNotificationsEnabled false").ok();
    let key = pocketid::model::ConfigKey::EmailAdminNotificationsEnabled;
    wait_until(|| !op.config().flag(key));
    op.beside("user add anna --admin").expect_success();
    assert_eq!(settled(&op, &server).len(), 0);
}
