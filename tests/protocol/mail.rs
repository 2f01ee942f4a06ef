//! Mails, with a real mail server.

use std::{io::Write as _, net::TcpListener, thread, time::Duration};

use hyper::Method;
use serde_json::{Value, json};

use crate::support::{
    agent::Agent,
    flow::Person,
    mail_server::{TestMailServer, Wants},
    op::TestOp,
    wait_until,
};

/// A provider whose mail goes to this server.
fn op_with(server: &TestMailServer, keys: &[&str]) -> TestOp {
    let op = TestOp::start();
    server.configure(&op);
    for key in keys {
        op.beside(&format!("config set {key} true")).ok();
    }
    // The running server notices within half a second; the tests do not wait for that.
    let settings = server.settings();
    let has = |key: &str, value: &str| {
        op.config().text(pocketid::model::ConfigKey::parse(key).unwrap()) == value
    };
    wait_until(|| {
        keys.iter().all(|key| is_set(&op, key))
            && settings.iter().all(|(key, value)| has(key, value))
    });
    op
}

fn is_set(op: &TestOp, key: &str) -> bool {
    let config = op.config();
    let key = pocketid::model::ConfigKey::parse(key).unwrap();
    !matches!(config.text(key), "" | "false")
}

/// The link in a mail that begins with this path.
fn link(op: &TestOp, mail: &Value, path: &str) -> String {
    let text = mail["text"].as_str().unwrap();
    let start = format!("{}{path}", op.base_url());
    let at = text.find(&start).unwrap_or_else(|| panic!("no {start} in {text}"));
    text[at + op.base_url().len()..].split_whitespace().next().unwrap().to_owned()
}

fn administrator(op: &TestOp) -> Person {
    let root = op.person("root");
    op.change_user(root.id, |user| user.is_admin = true);
    root
}

fn ask_for_code(op: &TestOp, email: &str) -> Agent {
    let mut agent = op.agent();
    let body = json!({ "email": email, "redirectPath": "/settings/apps?a=b" });
    assert_eq!(agent.post("/api/one-time-access-email", &body).status, 204);
    agent
}

#[test]
fn a_code_by_mail_signs_in_once_and_only_in_the_browser_that_asked_for_it() {
    let server = TestMailServer::start();
    let op = op_with(&server, &["emailOneTimeAccessAsUnauthenticatedEnabled"]);
    op.user("alice");

    let mut asked = ask_for_code(&op, "ALICE@example.com");

    let mail = server.wait(1).remove(0);
    assert_eq!(mail["to"], json!(["alice@example.com"]));
    assert_eq!(mail["headers"]["subject"], "Login Code");
    assert_eq!(mail["headers"]["from"], "Pocket ID <id@example.com>");
    let path = link(&op, &mail, "/lc/");
    let (code, onward) = path.strip_prefix("/lc/").unwrap().split_once('?').unwrap();
    assert_eq!(onward, "redirect=%2Fsettings%2Fapps%3Fa%3Db");
    assert_eq!(code.len(), 6);
    assert!(mail["html"].as_str().unwrap().contains(code));
    let exchange = format!("/api/one-time-access-token/{code}");
    assert_eq!(op.agent().post(&exchange, &json!({})).error(), "401 device_code_invalid");
    let mut other = ask_for_code(&op, "nobody@example.com");
    assert_eq!(other.post(&exchange, &json!({})).error(), "401 device_code_invalid");
    asked.post(&exchange, &json!({})).ok();
    assert_eq!(asked.post(&exchange, &json!({})).error(), "401 token_invalid_or_expired");
}

/// The existence of an account must show neither in the answer nor in the time that it takes.
#[test]
fn an_unknown_address_gets_the_same_answer_and_no_mail() {
    let server = TestMailServer::start();
    let op = op_with(&server, &["emailOneTimeAccessAsUnauthenticatedEnabled"]);
    let alice = op.user("alice");
    op.change_user(alice.id, |user| user.disabled = true);
    op.user("bob");

    for email in ["alice@example.com", "nobody@example.com", "bob@example.com"] {
        let started = std::time::Instant::now();
        let agent = ask_for_code(&op, email);
        assert_eq!(agent.cookies["pocketid_device_token"].len(), 32, "{email}");
        assert!(started.elapsed() >= Duration::from_millis(300), "{email}");
    }

    assert_eq!(server.wait(1)[0]["to"], json!(["bob@example.com"]));
    assert_eq!(op.count("one_time_access_tokens"), 1);
}

#[test]
fn codes_by_mail_are_refused_unless_an_administrator_allows_them() {
    let op = TestOp::start();
    op.user("alice");
    let body = json!({ "email": "alice@example.com" });
    let refused = op.agent().post("/api/one-time-access-email", &body);
    assert_eq!(refused.error(), "403 one_time_access_disabled");
    assert_eq!(op.count("outbox"), 0);
}

/// Otherwise a stranger could fill the mailbox of a user.
#[test]
fn one_account_gets_few_mails_whoever_asks_for_them() {
    let server = TestMailServer::start();
    let settings = [("TRUST_PROXY", "true")];
    let op = TestOp::with_settings(&settings);
    server.configure(&op);
    op.beside("config set emailOneTimeAccessAsUnauthenticatedEnabled true").ok();
    wait_until(|| is_set(&op, "emailOneTimeAccessAsUnauthenticatedEnabled"));
    op.user("alice");
    for n in 0..12 {
        let mut agent = op.agent().with_header("x-forwarded-for", &format!("192.0.2.{n}"));
        let body = json!({ "email": "alice@example.com" });
        assert_eq!(agent.post("/api/one-time-access-email", &body).status, 204);
    }
    assert_eq!(op.count("one_time_access_tokens"), 4);
    let mut agent = op.agent().with_header("x-forwarded-for", "198.51.100.1");
    let answers = (0..6).map(|_| {
        agent.post("/api/one-time-access-email", &json!({ "email": "x@example.com" })).status
    });
    assert_eq!(answers.collect::<Vec<_>>(), [204, 204, 204, 204, 204, 429]);
}

#[test]
fn an_administrator_mails_a_code_that_works_in_any_browser() {
    let server = TestMailServer::start();
    let op = op_with(&server, &["emailOneTimeAccessAsAdminEnabled"]);
    let alice = op.user("alice");
    op.change_user(alice.id, |user| user.locale = Some("zh-CN".to_owned()));
    let mut admin = administrator(&op);
    let path = format!("/api/users/{}/one-time-access-email", alice.id);

    assert_eq!(admin.agent.post(&path, &json!({ "ttl": "24h" })).status, 204);

    let mail = server.wait(1).remove(0);
    assert_eq!(mail["headers"]["subject"], "登录码");
    assert!(mail["text"].as_str().unwrap().contains("1 天"), "{mail}");
    let code = link(&op, &mail, "/lc/").strip_prefix("/lc/").unwrap().to_owned();
    assert_eq!(code.len(), 12);
    op.agent().post(&format!("/api/one-time-access-token/{code}"), &json!({})).ok();
}

#[test]
fn an_email_address_is_verified_with_the_newest_link_to_it() {
    let server = TestMailServer::start();
    let op = op_with(&server, &[]);
    let mut alice = op.person("alice");
    let mut send = || {
        let path = "/api/users/me/send-email-verification";
        assert_eq!(alice.agent.post(path, &json!({})).status, 204);
    };
    send();
    send();
    let tokens: Vec<_> = server
        .wait(2)
        .iter()
        .map(|mail| link(&op, mail, "/verify-email?token=").split_once('=').unwrap().1.to_owned())
        .collect();
    let verify = |agent: &mut Agent, token: &str| {
        agent.post("/api/users/me/verify-email", &json!({ "token": token })).error()
    };
    let invalid = "400 invalid_email_verification_token";
    let (old, new) = (&tokens[0], &tokens[1]);
    assert_eq!(verify(&mut op.person("bob").agent, new), invalid, "another account");
    assert_eq!(verify(&mut alice.agent, old), invalid, "an older link");
    op.change_user(alice.id, |user| user.email = Some("al@example.com".parse().unwrap()));
    assert_eq!(verify(&mut alice.agent, new), invalid, "another address");
    op.change_user(alice.id, |user| user.email = Some("alice@example.com".parse().unwrap()));

    assert_eq!(verify(&mut alice.agent, new), "204 ");
    assert_eq!(alice.agent.get("/api/users/me").ok().json()["emailVerified"], true);
    assert_eq!(verify(&mut alice.agent, new), invalid, "twice");
}

#[test]
fn somebody_is_told_of_a_new_device_and_not_of_one_that_they_used() {
    let server = TestMailServer::start();
    let op = op_with(&server, &["emailLoginNotificationEnabled"]);
    let mut alice = op.person("alice");
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    let newer = "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0";
    let edge = "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/140.0 Edg/140.0";
    wait_until(|| op.count("outbox") == 0);
    let before = server.mails().len();
    for (user_agent, told) in [(firefox, 1), (firefox, 1), (newer, 1), (edge, 2)] {
        let mut agent = op.agent().with_header("user-agent", user_agent);
        alice.authenticator.sign_in(&mut agent).ok();
        wait_until(|| op.count("outbox") == 0);
        let mails = server.wait(before + told);
        let last = mails.last().unwrap();
        assert_eq!(last["headers"]["subject"], "New device login with Pocket ID");
        assert!(last["text"].as_str().unwrap().contains("IP address: 127.0.0.1"), "{last}");
    }
    assert!(server.mails().last().unwrap()["text"].as_str().unwrap().contains("Edge on Windows"));
}

#[test]
fn owners_of_api_keys_are_told_once_before_these_expire() {
    let server = TestMailServer::start();
    let op = op_with(&server, &["emailApiKeyExpirationEnabled"]);
    op.user("alice");
    op.beside("api-key create backup --for alice --expires 8d").ok();
    op.beside("api-key create later --for alice --expires 30d").ok();
    assert_eq!(op.remind(), 0);

    op.advance(2 * 86_400);

    assert_eq!(op.remind(), 1);
    assert_eq!(op.remind(), 0);
    let mail = server.wait(1).remove(0);
    assert_eq!(mail["headers"]["subject"], "API Key \"backup\" Expiring Soon");
}

#[test]
fn an_invitation_makes_the_account_and_its_link_signs_in() {
    let server = TestMailServer::start();
    let op = op_with(&server, &[]);
    let family = op.group("family", &[]);
    let mut admin = administrator(&op);
    op.user("alice");
    let body = json!({
        "email": "alice@example.org", "firstName": "Älice", "userGroupIds": [family],
    });

    let made = admin.agent.post("/api/users/invite", &body).ok().json();

    assert_eq!(made["username"], "alice2");
    assert_eq!(made["userGroups"][0]["name"], "family");
    let mail = server.wait(1).remove(0);
    assert_eq!(mail["to"], json!(["alice@example.org"]));
    assert_eq!(mail["headers"]["to"], "Älice <alice@example.org>");
    let code = link(&op, &mail, "/lc/").strip_prefix("/lc/").unwrap().to_owned();
    let mut agent = op.agent();
    let me = agent.post(&format!("/api/one-time-access-token/{code}"), &json!({})).ok().json();
    assert_eq!(me["id"], made["id"]);
    let twice = admin.agent.post("/api/users/invite", &body);
    assert_eq!(twice.error(), "409 already_in_use", "the address has an account");
    assert_eq!(op.count("users"), 3);
}

#[test]
fn nobody_is_invited_without_a_mail_server() {
    let op = TestOp::start();
    let mut admin = administrator(&op);
    let body = json!({ "email": "alice@example.com" });
    let refused = admin.agent.post("/api/users/invite", &body);
    assert_eq!(refused.error(), "409 email_not_configured");
    assert_eq!(op.count("users"), 1, "only the administrator");
}

#[test]
fn mail_waits_for_a_server_that_is_away_and_goes_once_when_it_returns() {
    let mut server = TestMailServer::stopped(Wants { tls: "none", ..Wants::default() });
    let op = op_with(&server, &["emailOneTimeAccessAsAdminEnabled"]);
    let replica = op.replica();
    let alice = op.user("alice");
    let mut admin = administrator(&op);
    let path = format!("/api/users/{}/one-time-access-email", alice.id);
    for _ in 0..5 {
        assert_eq!(admin.agent.post(&path, &json!({ "ttl": "24h" })).status, 204);
    }
    wait_until(|| op.count("outbox_rests") == 1);
    assert_eq!(op.count("outbox"), 5);

    server.begin();
    op.advance(70);
    replica.advance(70);

    server.wait(5);
    thread::sleep(Duration::from_millis(500));
    assert_eq!(server.mails().len(), 5, "each once, with two servers");
    wait_until(|| op.count("outbox") == 0 && op.count("outbox_rests") == 0);
}

#[test]
fn a_code_that_has_expired_is_not_sent_any_more() {
    let mut server = TestMailServer::stopped(Wants { tls: "none", ..Wants::default() });
    let op = op_with(&server, &["emailOneTimeAccessAsUnauthenticatedEnabled"]);
    op.user("alice");
    ask_for_code(&op, "alice@example.com");
    wait_until(|| op.count("outbox_rests") == 1);
    op.advance(901);

    server.begin();

    wait_until(|| op.count("outbox") == 0);
    assert!(server.mails().is_empty());
}

#[test]
fn a_refused_recipient_is_given_up_and_one_for_later_waits() {
    let server = TestMailServer::start();
    let op = op_with(&server, &["emailOneTimeAccessAsAdminEnabled"]);
    let mut admin = administrator(&op);
    for name in ["refused", "later", "alice"] {
        let user = op.user(name);
        let path = format!("/api/users/{}/one-time-access-email", user.id);
        assert_eq!(admin.agent.post(&path, &json!({ "ttl": "24h" })).status, 204);
    }
    assert_eq!(server.wait(1)[0]["to"], json!(["alice@example.com"]));
    wait_until(|| op.count("outbox") == 1 && op.count("outbox WHERE attempts = 1") == 1);
    assert_eq!(op.count("outbox_rests"), 0, "the server itself is well");
}

/// The server of these tests takes no addresses beyond ASCII (RFC 6531).
#[test]
fn an_address_that_the_server_cannot_take_holds_up_nobody_else() {
    let server = TestMailServer::start();
    let op = op_with(&server, &["emailOneTimeAccessAsAdminEnabled"]);
    let mut admin = administrator(&op);
    let strange = op.user("strange");
    op.execute("UPDATE users SET email = 'ü@example.com' WHERE username = 'strange'");
    let alice = op.user("alice");
    for user in [strange, alice] {
        let path = format!("/api/users/{}/one-time-access-email", user.id);
        assert_eq!(admin.agent.post(&path, &json!({ "ttl": "24h" })).status, 204);
    }
    assert_eq!(server.wait(1)[0]["to"], json!(["alice@example.com"]));
    wait_until(|| op.count("outbox") == 0);
    assert_eq!(op.count("outbox_rests"), 0, "the server itself is well");
}

#[test]
fn a_server_that_does_not_say_goodbye_gets_a_mail_once() {
    let wants = Wants { tls: "none", no_goodbye: true, ..Wants::default() };
    let server = TestMailServer::start_with(wants);
    let op = op_with(&server, &["emailOneTimeAccessAsAdminEnabled"]);
    let alice = op.user("alice");
    let path = format!("/api/users/{}/one-time-access-email", alice.id);
    assert_eq!(administrator(&op).agent.post(&path, &json!({ "ttl": "24h" })).status, 204);
    server.wait(1);
    wait_until(|| op.count("outbox") == 0);
    assert_eq!(op.count("outbox_rests"), 0);
}

/// The owner of the old address must not sign in with a link that was sent there.
#[test]
fn a_link_that_was_mailed_ends_when_the_address_changes() {
    let server = TestMailServer::start();
    let op = op_with(&server, &[]);
    let mut admin = administrator(&op);
    let body = json!({ "email": "mistyped@example.org" });
    let made = admin.agent.post("/api/users/invite", &body).ok().json();
    let code = link(&op, &server.wait(1)[0], "/lc/").strip_prefix("/lc/").unwrap().to_owned();

    let path = format!("/api/users/{}", made["id"].as_str().unwrap());
    let mut user = made.clone();
    user["email"] = json!("right@example.org");
    admin.agent.json(Method::PUT, &path, &user).ok();

    let mut stranger = op.agent();
    let answer = stranger.post(&format!("/api/one-time-access-token/{code}"), &json!({}));
    assert_eq!(answer.status, 401, "{answer:?}");
}

/// A stored mail may hold a code that signs a user in.
#[test]
fn mails_that_wait_are_sealed_and_sealed_again_under_a_new_key() {
    let server = TestMailServer::stopped(Wants { tls: "none", ..Wants::default() });
    let op = op_with(&server, &["emailOneTimeAccessAsUnauthenticatedEnabled"]);
    op.user("alice");
    ask_for_code(&op, "alice@example.com");
    assert_eq!(op.count("outbox WHERE content IS NULL AND sealed_content IS NOT NULL"), 1);
    let ran = op.cli().shell(
        "echo another key of thirty-two bytes > new.key
         pocketid rotate-encryption-key --new-key-file new.key --yes",
    );
    ran.expect_success();
    assert_eq!(op.count("outbox WHERE content IS NULL AND sealed_content IS NOT NULL"), 1);
}

/// A server that says nothing, or that never stops, costs neither a slot for long nor memory.
#[test]
fn a_test_mail_to_a_server_that_talks_nonsense_is_refused() {
    for (said, cause) in [
        ("HTTP/1.1 400 Bad Request\r\n\r\n", "cannot talk to 127.0.0.1"),
        ("554 go away\r\n", "554"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                drop(stream.write_all(said.as_bytes()));
            }
        });
        let op = TestOp::start();
        let mut admin = administrator(&op);
        for line in ["smtpHost 127.0.0.1", "smtpFrom id@example.com"] {
            op.beside(&format!("config set {line}")).ok();
        }
        op.beside(&format!("config set smtpPort {port}")).ok();
        wait_until(|| is_set(&op, "smtpPort"));
        let answer =
            admin.agent.json(Method::POST, "/api/application-configuration/test-email", &json!({}));
        assert_eq!(answer.error(), "500 email_not_sent");
        assert!(answer.text().contains(cause), "{}", answer.text());
    }
}

/// Neither in the status nor in the time that the answer takes.
#[test]
fn a_service_with_an_address_is_answered_as_an_unknown_address_is() {
    let server = TestMailServer::start();
    let op = op_with(&server, &["emailOneTimeAccessAsUnauthenticatedEnabled"]);
    op.beside("service create ci-deploy").expect_success();
    op.execute("UPDATE users SET email = 'ci@example.com', email_folded = 'ci@example.com'");
    let started = std::time::Instant::now();
    ask_for_code(&op, "ci@example.com");
    assert!(started.elapsed() >= std::time::Duration::from_millis(250));
    assert_eq!(op.count("one_time_access_tokens"), 0);
}
