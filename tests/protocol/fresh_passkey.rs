//! A stolen cookie must not become access that stays: some changes want a passkey that was used lately.

use hyper::Method;
use serde_json::{Value, json};

use crate::support::{
    agent::{Agent, Answer, REAUTHENTICATION},
    op::TestOp,
    soft_authenticator::SoftAuthenticator,
};

const REQUIRED: &str = "401 reauthentication_required";

fn profile(username: &str, email: &str, first_name: &str) -> Value {
    json!({ "username": username, "email": email, "firstName": first_name })
}

fn create_key(op: &TestOp, agent: &mut Agent) -> Answer {
    let body = json!({ "name": "script", "expiresAt": op.now().plus(600).to_string() });
    agent.post("/api/api-keys", &body)
}

fn first_passkey(agent: &mut Agent) -> String {
    format!("/api/webauthn/credentials/{}", first_passkey_id(agent))
}

fn first_passkey_id(agent: &mut Agent) -> String {
    let passkeys = agent.get("/api/webauthn/credentials").ok().json();
    passkeys[0]["id"].as_str().unwrap().to_owned()
}

/// The table of `guarded/change.rs`, from outside.
#[test]
fn five_minutes_after_the_last_passkey_the_cookie_alone_changes_nothing_that_lasts() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let path = first_passkey(&mut alice.agent);
    let me = "/api/users/me";
    create_key(&op, &mut alice.agent).ok();
    op.advance(301);
    let null = json!(null);
    let (rows, keys) = (op.count("passkeys"), op.count("api_keys"));

    let agent = &mut alice.agent;
    assert_eq!(agent.get("/api/webauthn/register/start").error(), REQUIRED);
    assert_eq!(agent.json(Method::DELETE, &path, &null).error(), REQUIRED);
    for body in [
        profile("alice", "stolen@example.com", "alice"),
        profile("alice2", "alice@example.com", "alice"),
    ] {
        assert_eq!(agent.json(Method::PUT, me, &body).error(), REQUIRED);
    }
    assert_eq!(create_key(&op, agent).error(), REQUIRED);
    let renew = "/api/api-keys/019abcde-1234-7000-8000-0123456789ab/renew";
    let body = json!({ "expiresAt": op.now().plus(600).to_string() });
    assert_eq!(agent.post(renew, &body).error(), REQUIRED);
    assert_eq!((op.count("passkeys"), op.count("api_keys")), (rows, keys));
    // Changes that give no access go on.
    agent.json(Method::PATCH, &path, &json!({ "name": "Renamed" })).ok();
    agent.json(Method::PUT, me, &profile("alice", "alice@example.com", "Al")).ok();
    let id = agent.get("/api/api-keys").ok().json()["data"][0]["id"].as_str().unwrap().to_owned();
    agent.json(Method::DELETE, &format!("/api/api-keys/{id}"), &null).ok();
    agent.json(Method::DELETE, "/api/users/me/sessions", &null).ok();

    // One use of the passkey for one change.
    let mut prove = |agent: &mut Agent| alice.authenticator.reauthenticate(agent).ok();
    prove(agent);
    create_key(&op, agent).ok();
    prove(agent);
    agent.json(Method::PUT, me, &profile("alice2", "new@example.com", "Al")).ok();
    prove(agent);
    SoftAuthenticator::new(op.base_url()).register(agent).ok();
    prove(agent);
    agent.json(Method::DELETE, &path, &null).ok();
}

/// The thief of a session cookie waits in vain until its owner uses a passkey for something.
#[test]
fn that_the_owner_used_a_passkey_does_not_help_whoever_stole_the_session() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    op.advance(301);
    let mut thief = alice.agent.clone();

    alice.authenticator.reauthenticate(&mut alice.agent).ok();

    assert_eq!(thief.get("/api/webauthn/register/start").error(), REQUIRED);
    assert_eq!(create_key(&op, &mut thief).error(), REQUIRED);
    let stolen = profile("alice", "stolen@example.com", "alice");
    assert_eq!(thief.json(Method::PUT, "/api/users/me", &stolen).error(), REQUIRED);
    assert_eq!(op.count("api_keys"), 0);
    create_key(&op, &mut alice.agent).ok();
}

/// A proof is good for one change, also for a thief with both cookies, and in its own session.
#[test]
fn a_proof_is_used_up_by_the_change_and_counts_in_its_session_only() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    op.advance(301);
    let mut elsewhere = op.agent();
    alice.authenticator.sign_in(&mut elsewhere).ok();
    op.advance(301);

    alice.authenticator.reauthenticate(&mut alice.agent).ok();
    let proof = alice.agent.cookies[REAUTHENTICATION].clone();
    elsewhere.cookies.insert(REAUTHENTICATION.to_owned(), proof.clone());
    assert_eq!(create_key(&op, &mut elsewhere).error(), REQUIRED);
    create_key(&op, &mut alice.agent).ok();
    alice.agent.cookies.insert(REAUTHENTICATION.to_owned(), proof);
    assert_eq!(create_key(&op, &mut alice.agent).error(), REQUIRED);
    // A change that fails uses nothing up.
    alice.authenticator.reauthenticate(&mut alice.agent).ok();
    let taken = op.user("bob").username.to_string();
    let taken = profile(&taken, "alice@example.com", "alice");
    assert_eq!(alice.agent.json(Method::PUT, "/api/users/me", &taken).status, 409);
    create_key(&op, &mut alice.agent).ok();
}

/// A code by which one signs in is no passkey.
#[test]
fn a_sign_in_with_a_one_time_code_is_not_as_good_as_a_passkey() {
    let op = TestOp::start();
    let alice = op.person("alice");
    let mut agent = op.agent();
    let code = op.one_time_code(alice.id, 600);
    agent.post(&format!("/api/one-time-access-token/{code}"), &json!({})).ok();

    assert_eq!(create_key(&op, &mut agent).error(), REQUIRED);
    let path = first_passkey(&mut agent);
    assert_eq!(agent.json(Method::DELETE, &path, &json!(null)).error(), REQUIRED);
}

/// A ceremony lives for five minutes: of several that were begun for a first passkey, only one ends with a
/// first passkey.
#[test]
fn whether_a_passkey_is_the_first_and_the_sign_in_recent_is_asked_again_in_the_end() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    op.advance(10);
    let mut agent = op.agent();
    let code = op.one_time_code(alice.id, 600);
    agent.post(&format!("/api/one-time-access-token/{code}"), &json!({})).ok();
    op.advance(1);
    let begin = |agent: &mut Agent| {
        let options = agent.get("/api/webauthn/register/start").ok().json();
        SoftAuthenticator::new(op.base_url()).create(&options)
    };
    let finish = "/api/webauthn/register/finish";
    let (one, other) = (begin(&mut agent), begin(&mut agent));

    agent.post(finish, &one).ok();
    assert_eq!(agent.post(finish, &other).error(), REQUIRED);

    alice.authenticator.sign_in(&mut agent).ok();
    op.advance(200);
    let late = begin(&mut agent);
    op.advance(200);
    assert_eq!(agent.post(finish, &late).error(), REQUIRED);
    assert_eq!(op.count("passkeys"), 2);
}

/// A user may come by a one-time link because their passkeys are lost.
#[test]
fn the_first_passkey_after_a_one_time_code_needs_no_other_and_the_second_does() {
    let op = TestOp::start();
    let alice = op.person("alice");
    op.advance(10);
    let mut agent = op.agent();
    let code = op.one_time_code(alice.id, 600);
    agent.post(&format!("/api/one-time-access-token/{code}"), &json!({})).ok();
    op.advance(800);

    let mut new = SoftAuthenticator::new(op.base_url());
    new.register(&mut agent).ok();

    assert_eq!(agent.get("/api/webauthn/register/start").error(), REQUIRED);
    assert_eq!(create_key(&op, &mut agent).error(), REQUIRED);
    new.reauthenticate(&mut agent).ok();
    SoftAuthenticator::new(op.base_url()).register(&mut agent).ok();
}

/// A program has no passkey: it may do what its owner may (Pocket ID 2.14).
#[test]
fn a_key_of_the_api_needs_no_passkey() {
    let op = TestOp::start();
    op.person("alice");
    let made = op.beside("api-key create script --for alice -o json").ok();
    let made: Value = serde_json::from_str(&made).unwrap();
    let mut script = op.agent().with_header("x-api-key", made["token"].as_str().unwrap());
    op.advance(1_000);

    script.json(Method::PUT, "/api/users/me", &profile("alice", "new@example.com", "A")).ok();
    let path = first_passkey(&mut script);
    script.json(Method::DELETE, &path, &json!(null)).ok();
}

#[test]
fn recovery_and_removal_end_all_sessions_when_they_are_asked_to() {
    let op = TestOp::start();
    let (mut alice, mut bob) = (op.person("alice"), op.person("bob"));

    op.beside("recover alice --end-sessions").ok();
    let id = first_passkey_id(&mut bob.agent);
    op.beside(&format!("passkey remove bob {id} --yes")).expect_success();
    assert_eq!(bob.agent.get("/api/users/me").status, 200, "only when asked to");
    bob.authenticator = SoftAuthenticator::new(op.base_url());
    bob.authenticator.register(&mut bob.agent).ok();
    let id = first_passkey_id(&mut bob.agent);
    op.beside(&format!("passkey remove bob {id} --yes --end-sessions")).expect_success();

    assert_eq!(alice.agent.get("/api/users/me").status, 401);
    assert_eq!(bob.agent.get("/api/users/me").status, 401);
    let kinds = op.audit_kinds();
    assert!(kinds.iter().filter(|kind| *kind == "SESSION_REVOKED").count() >= 2, "{kinds:?}");
}

/// The endpoints of administrators are no way round the table for the administrator's own account.
#[test]
fn an_administrators_cookie_alone_takes_and_gives_nothing_lasting_of_the_own_account() {
    let op = TestOp::start();
    let mut root = op.person("root");
    op.change_user(root.id, |user| user.is_admin = true);
    let (alice, null) = (op.user("alice"), json!(null));
    let passkey = first_passkey_id(&mut root.agent);
    let passkey = format!("/api/users/{}/webauthn-credentials/{passkey}", root.id);
    let code = |id| format!("/api/users/{id}/one-time-access-token");
    let (own_code, account) = (code(root.id), format!("/api/users/{}", root.id));
    let mut disabled = profile("root", "root@example.com", "root");
    disabled["disabled"] = json!(true);
    op.user("other");
    op.beside("user update other --admin").expect_success();
    op.advance(301);

    let agent = &mut root.agent;
    assert_eq!(agent.json(Method::DELETE, &passkey, &null).error(), REQUIRED);
    assert_eq!(agent.post(&own_code, &json!({})).error(), REQUIRED);
    assert_eq!(agent.json(Method::DELETE, &account, &null).error(), REQUIRED);
    assert_eq!(agent.json(Method::PUT, &account, &disabled).error(), REQUIRED);
    assert_eq!((op.count("passkeys"), op.count("one_time_access_tokens")), (1, 0));
    assert_eq!(agent.post(&code(alice.id), &json!({})).status, 201, "others are administered");

    root.authenticator.reauthenticate(agent).ok();
    assert_eq!(agent.post(&own_code, &json!({})).status, 201);
    root.authenticator.reauthenticate(agent).ok();
    assert_eq!(agent.json(Method::DELETE, &passkey, &null).status, 204);
}

/// A document of the whole installation holds the administrator's own account, too.
#[test]
fn a_configuration_is_no_way_round_the_passkey_for_the_own_account() {
    let op = TestOp::start();
    let mut root = op.person("root");
    op.change_user(root.id, |user| user.is_admin = true);
    op.user("bob");
    op.advance(301);
    let agent = &mut root.agent;
    let apply = |agent: &mut Agent, users: Value| {
        agent.json(Method::PUT, "/api/configuration", &json!({ "users": users }))
    };
    let (id, before) = (root.id.to_string(), op.audit_kinds());

    for own in [
        json!({ "username": "stolen", "id": id }),
        json!({ "username": "root", "email": "stolen@example.com" }),
        json!({ "username": "root", "email": null }),
    ] {
        let bob = json!({ "username": "bob", "firstName": "Robert" });
        assert_eq!(apply(agent, json!([own, bob])).error(), REQUIRED, "{own}");
    }
    assert_eq!(op.audit_kinds(), before, "nothing is changed, not even for others");

    apply(agent, json!([{ "username": "bob", "email": "new@example.com" }])).ok();
    apply(agent, json!([{ "username": "root", "firstName": "Ruth" }])).ok();
    let moved = json!([{ "username": "ruth", "id": id, "email": "ruth@example.com" }]);
    root.authenticator.reauthenticate(agent).ok();
    apply(agent, moved).ok();
    let again = json!([{ "username": "ruth", "email": "again@example.com" }]);
    assert_eq!(apply(agent, again).error(), REQUIRED, "a proof counts once");
}

/// An attacker who chooses the mail server reads the login codes of every administrator.
#[test]
fn neither_a_cookie_nor_a_key_redirects_login_codes() {
    const CONFIG: &str = "/api/application-configuration";
    const REFUSED: &str = "403 api_key_auth_not_allowed";
    let op = TestOp::start();
    let mut root = op.person("root");
    op.change_user(root.id, |user| user.is_admin = true);
    let made = op.beside("api-key create script --for root -o json").ok();
    let made: Value = serde_json::from_str(&made).unwrap();
    let mut script = op.agent().with_header("x-api-key", made["token"].as_str().unwrap());
    op.advance(301);
    let set = |agent: &mut Agent, key: &str, value: &str| {
        let keys = agent.get(&format!("{CONFIG}/all")).ok().json();
        let keys = keys.as_array().unwrap().iter();
        let mut document: serde_json::Map<_, _> =
            keys.map(|it| (it["key"].as_str().unwrap().to_owned(), it["value"].clone())).collect();
        document.insert(key.to_owned(), json!(value));
        agent.json(Method::PUT, CONFIG, &json!(document))
    };
    let apply = |agent: &mut Agent, key: &str, value: Value| {
        agent.json(Method::PUT, "/api/configuration", &json!({ "settings": { key: value } }))
    };
    const CODES: &str = "emailOneTimeAccessAsUnauthenticatedEnabled";

    set(&mut script, "smtpHost", "mail.example.com").ok();
    assert_eq!(set(&mut script, CODES, "true").error(), REFUSED, "no codes are mailed yet");
    assert_eq!(apply(&mut script, CODES, json!(true)).error(), REFUSED);
    assert_eq!(set(&mut root.agent, CODES, "true").error(), REQUIRED);
    assert_eq!(apply(&mut root.agent, CODES, json!(true)).error(), REQUIRED);
    root.authenticator.reauthenticate(&mut root.agent).ok();
    set(&mut root.agent, CODES, "true").ok();

    for key in ["smtpHost", "smtpUser"] {
        assert_eq!(set(&mut root.agent, key, "evil").error(), REQUIRED, "{key}");
        assert_eq!(apply(&mut root.agent, key, json!("evil")).error(), REQUIRED, "{key}");
        assert_eq!(set(&mut script, key, "evil").error(), REFUSED, "{key}");
        assert_eq!(apply(&mut script, key, json!("evil")).error(), REFUSED, "{key}");
    }
    // Another directory could give an administrator the address of a thief.
    assert_eq!(set(&mut script, "ldapUrl", "ldap://evil.example.com").error(), REFUSED);
    set(&mut script, "appName", "Home").ok();
    set(&mut script, CODES, "false").ok();
    set(&mut script, "smtpHost", "other.example.com").ok();
}

/// With a colleague's account a thief could do what the own account refuses.
#[test]
fn an_administrators_cookie_alone_changes_no_administrators_and_makes_none() {
    let op = TestOp::start();
    let (mut root, mut boss) = (op.person("root"), op.person("boss"));
    for id in [root.id, boss.id] {
        op.change_user(id, |user| user.is_admin = true);
    }
    let (alice, fired) = (op.user("alice"), op.user("fired"));
    op.change_user(fired.id, |user| (user.is_admin, user.disabled) = (true, true));
    let passkey = first_passkey_id(&mut boss.agent);
    op.advance(301);
    let agent = &mut root.agent;
    let users = op.count("users");
    let account = |id| format!("/api/users/{id}");
    let with = |name: &str, field: &str, value: Value| {
        let mut body = profile(name, &format!("{name}@example.com"), name);
        body[field] = value;
        body
    };
    let path = format!("{}/webauthn-credentials/{passkey}", account(boss.id));
    let code = format!("{}/one-time-access-token", account(boss.id));

    let mut stolen = with("boss", "isAdmin", json!(true));
    stolen["email"] = json!("stolen@example.com");
    for (method, path, body) in [
        (Method::POST, "/api/users".to_owned(), with("eve", "isAdmin", json!(true))),
        (Method::PUT, account(alice.id), with("alice", "isAdmin", json!(true))),
        (Method::PUT, account(boss.id), with("boss", "isAdmin", json!(false))),
        (Method::PUT, account(root.id), with("root", "isAdmin", json!(false))),
        (Method::PUT, account(boss.id), stolen),
        (Method::PUT, account(fired.id), with("fired", "isAdmin", json!(true))),
        (Method::POST, code, json!({})),
        (Method::DELETE, path, json!(null)),
        (Method::DELETE, account(boss.id), json!(null)),
    ] {
        assert_eq!(agent.json(method.clone(), &path, &body).error(), REQUIRED, "{method} {path}");
    }
    for user in [
        json!({ "username": "eve", "isAdmin": true }),
        json!({ "username": "alice", "isAdmin": true }),
        json!({ "username": "boss", "isAdmin": false }),
        json!({ "username": "boss", "email": "stolen@example.com" }),
    ] {
        let body = json!({ "users": [user] });
        let answer = agent.json(Method::PUT, "/api/configuration", &body);
        assert_eq!(answer.error(), REQUIRED, "{body}");
    }
    assert_eq!((op.count("users"), op.count("passkeys")), (users, 2));

    root.authenticator.reauthenticate(agent).ok();
    assert_eq!(agent.post("/api/users", &with("eve", "isAdmin", json!(true))).status, 201);
}

/// A key that leaked would go on in the name of an administrator after it expired.
#[test]
fn a_key_takes_over_no_administrator_who_has_a_passkey() {
    let op = TestOp::start();
    let mut root = op.person("root");
    op.change_user(root.id, |user| user.is_admin = true);
    let invited = op.user("invited");
    op.change_user(invited.id, |user| user.is_admin = true);
    let passkey = first_passkey_id(&mut root.agent);
    let key = op.beside("api-key create script --for root").ok();
    let mut script = op.agent().with_header("x-api-key", key.trim());
    let code = |id| format!("/api/users/{id}/one-time-access-token");

    const REFUSED: &str = "403 api_key_auth_not_allowed";
    assert_eq!(script.post(&code(root.id), &json!({})).error(), REFUSED);
    let path = format!("/api/users/{}/webauthn-credentials/{passkey}", root.id);
    assert_eq!(script.json(Method::DELETE, &path, &json!(null)).error(), REFUSED);
    let own = format!("/api/webauthn/credentials/{passkey}");
    assert_eq!(script.json(Method::DELETE, &own, &json!(null)).error(), REFUSED);
    // Nor by way of an account that is no administrator's for a moment, or one made anew.
    let mut boss = op.person("boss");
    op.change_user(boss.id, |user| user.is_admin = true);
    for (name, id) in [("root", root.id), ("boss", boss.id)] {
        let path = format!("/api/users/{id}");
        let demoted = profile(name, &format!("{name}@example.com"), name);
        assert_eq!(script.json(Method::PUT, &path, &demoted).error(), REFUSED);
        assert_eq!(script.json(Method::DELETE, &path, &json!(null)).error(), REFUSED);
    }
    SoftAuthenticator::new(op.base_url()).register(&mut boss.agent).ok();
    let spare = first_passkey_id(&mut boss.agent);
    let path = format!("/api/users/{}/webauthn-credentials/{spare}", boss.id);
    assert_eq!(script.json(Method::DELETE, &path, &json!(null)).status, 204, "another one stays");
    for document in [
        json!({ "users": [{ "username": "root" }, { "username": "boss", "isAdmin": false }] }),
        json!({ "users": [{ "username": "root", "isAdmin": true }] }),
    ] {
        let path = "/api/configuration?prune=true";
        assert_eq!(script.json(Method::PUT, path, &document).error(), REFUSED, "{document}");
    }
    boss.agent.get("/api/users/me").ok();
    assert_eq!((op.count("passkeys"), op.count("one_time_access_tokens")), (2, 0));
    let made = script.post(&code(invited.id), &json!({}));
    assert_eq!(made.status, 201, "one who has no passkey yet");
}

/// A mailed code signs in as well as one that is shown.
#[test]
fn an_administrators_cookie_alone_mails_no_code_for_the_own_account() {
    let op = TestOp::start();
    let mut root = op.person("root");
    op.change_user(root.id, |user| user.is_admin = true);
    let alice = op.person("alice");
    let agent = &mut root.agent;
    let document = json!({ "settings": { "emailOneTimeAccessAsAdminEnabled": true } });
    agent.json(Method::PUT, "/api/configuration", &document).ok();
    op.advance(301);
    let path = |id| format!("/api/users/{id}/one-time-access-email");

    assert_eq!(agent.post(&path(root.id), &json!({})).error(), REQUIRED);
    assert_eq!(agent.post(&path(alice.id), &json!({})).status, 204, "others are administered");
    root.authenticator.reauthenticate(agent).ok();
    assert_eq!(agent.post(&path(root.id), &json!({})).status, 204);
    assert_eq!(agent.post(&path(root.id), &json!({})).error(), REQUIRED, "a proof counts once");
}

/// Long enough to register a passkey, and no longer: the cookie may be stolen later.
#[test]
fn a_quarter_of_an_hour_after_a_one_time_code_a_further_passkey_needs_one() {
    let op = TestOp::start();
    op.stop_clock();
    let alice = op.person("alice");
    op.advance(60);
    let mut browser = op.agent();
    let code = op.one_time_code(alice.id, 600);
    browser.post(&format!("/api/one-time-access-token/{code}"), &json!(null)).ok();
    let start = "/api/webauthn/register/start";
    op.advance(880);
    browser.get(start).ok();

    op.advance(40);

    assert_eq!(browser.get(start).error(), REQUIRED);
    // An account without any passkey has none to use.
    let bob = op.user("bob");
    let code = op.one_time_code(bob.id, 600);
    let mut browser = op.agent();
    browser.post(&format!("/api/one-time-access-token/{code}"), &json!(null)).ok();
    op.advance(1_000);
    SoftAuthenticator::new(op.base_url()).register(&mut browser).ok();
}
