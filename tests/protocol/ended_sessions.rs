//! Grants that end with a session, and grants that do not (OIDC Core §11, Back-Channel Logout §2.7).

use hyper::Method;
use pocketid::{model::SessionId, store::sessions};
use serde_json::{Value, json};

use crate::support::{
    agent::Agent,
    flow::Person,
    op::{TestClient, TestOp},
};

fn tokens(op: &TestOp, client: &TestClient, person: &mut Person, scope: &str) -> Value {
    op.redeem(client, &person.code(client, &[("scope", scope)])).ok().json()
}

fn is_active(op: &TestOp, client: &TestClient, token: &str) -> bool {
    let fields = [
        ("token", token),
        ("client_id", client.id.as_str()),
        ("client_secret", client.secret.as_str()),
    ];
    let answer = op.agent().post_form("/api/oidc/introspect", &fields).ok().json();
    answer["active"].as_bool().unwrap()
}

#[track_caller]
fn assert_ended(op: &TestOp, client: &TestClient, tokens: &Value) {
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(op.userinfo(access).status, 401);
    assert!(!is_active(op, client, access));
    if let Some(refresh) = tokens["refresh_token"].as_str() {
        assert_eq!(op.refresh(client, refresh).error(), "400 invalid_grant");
    }
}

#[track_caller]
fn assert_goes_on(op: &TestOp, client: &TestClient, tokens: &Value) {
    assert_eq!(op.userinfo(tokens["access_token"].as_str().unwrap()).status, 200);
    if let Some(refresh) = tokens["refresh_token"].as_str() {
        op.refresh(client, refresh).ok();
    }
}

fn current(agent: &mut Agent) -> String {
    let sessions = agent.get("/api/users/me/sessions").ok().json();
    let sessions = sessions.as_array().unwrap().clone();
    let here = sessions.into_iter().find(|session| session["isCurrent"] == true).unwrap();
    here["id"].as_str().unwrap().to_owned()
}

/// The client has no back channel: it is not told, and yet its access ends.
#[test]
fn a_session_that_ends_takes_its_grants_with_it_whatever_the_client() {
    let op = TestOp::start();
    let client = op.client();
    // The numbers of the ways that also end offline access: a user who ends all sessions may have had one
    // of them stolen.
    const ENDS_ALL: [usize; 2] = [2, 4];
    type End = fn(&TestOp, &mut Person);
    let ends: [End; 6] = [
        |_, alice| {
            alice.agent.post("/api/webauthn/logout", &json!({})).ok();
        },
        |_, alice| {
            let path = format!("/api/users/me/sessions/{}", current(&mut alice.agent));
            alice.agent.json(Method::DELETE, &path, &json!(null)).ok();
        },
        |op, alice| {
            let mut elsewhere = op.agent();
            alice.authenticator.sign_in(&mut elsewhere).ok();
            elsewhere.json(Method::DELETE, "/api/users/me/sessions", &json!(null)).ok();
        },
        |op, alice| {
            let line = format!("session revoke {}", current(&mut alice.agent));
            op.beside(&line).expect_success();
        },
        |op, alice| op.beside(&format!("session revoke --all {} --yes", alice.id)).expect_success(),
        // Another session takes its place in the browser.
        |_, alice| {
            alice.authenticator.sign_in(&mut alice.agent).ok();
        },
    ];
    for (number, end) in ends.into_iter().enumerate() {
        let mut alice = op.person(&format!("alice{number}"));
        let online = tokens(&op, &client, &mut alice, "openid profile");
        let code = alice.code(&client, &[("scope", "openid profile")]);
        let offline = tokens(&op, &client, &mut alice, "openid offline_access");
        assert_goes_on(&op, &client, &json!({ "access_token": online["access_token"] }));

        end(&op, &mut alice);

        assert_ended(&op, &client, &online);
        assert_eq!(op.redeem(&client, &code).error(), "400 invalid_grant", "end {number}");
        if ENDS_ALL.contains(&number) {
            assert_ended(&op, &client, &offline);
        } else {
            assert_goes_on(&op, &client, &offline);
        }
    }
}

/// The thief of a cookie may have signed out meanwhile, and grants that they made for themselves must not
/// stay.
#[test]
fn whoever_ends_all_other_sessions_ends_what_was_granted_in_them_also_for_their_absence() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let stolen = tokens(&op, &client, &mut alice, "openid offline_access");
    alice.agent.post("/api/webauthn/logout", &json!({})).ok();
    assert_goes_on(&op, &client, &json!({ "access_token": stolen["access_token"] }));
    alice.authenticator.sign_in(&mut alice.agent).ok();
    let here = tokens(&op, &client, &mut alice, "openid offline_access");

    alice.agent.json(Method::DELETE, "/api/users/me/sessions", &json!(null)).ok();

    assert_ended(&op, &client, &stolen);
    assert_goes_on(&op, &client, &json!({ "access_token": here["access_token"] }));
    op.beside("recover alice --end-sessions").ok();
    assert_ended(&op, &client, &here);
}

/// They end some at a time, so that no sign-in waits for all of them; and none is left out.
#[test]
fn however_many_sessions_there_were_all_their_grants_end_and_every_client_is_told_of_each() {
    const MANY: i64 = 200;
    let op = TestOp::start();
    let client = op.client_with("https://app.example.com/callback", |client| {
        // No server listens there.
        client.backchannel_logout_uri = Some("http://127.0.0.1:9/logout".to_owned());
    });
    let (mut alice, mut bob) = (op.person("alice"), op.person("bob"));
    let bobs = tokens(&op, &client, &mut bob, "openid");
    tokens(&op, &client, &mut alice, "openid");
    let random = if op.is_postgres() {
        "decode(replace(gen_random_uuid()::text, '-', ''), 'hex')"
    } else {
        "randomblob(16)"
    };
    op.execute(&format!(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {MANY})
         INSERT INTO grants (id, client_id, user_id, session_id, scope, id_token_claims,
             userinfo_claims, auth_time, amr, requested_at, created_at, expires_at)
         SELECT {random}, client_id, user_id, {random}, scope, id_token_claims, userinfo_claims,
                auth_time, amr, requested_at, created_at, expires_at
           FROM grants, n
          WHERE user_id = (SELECT id FROM users WHERE username = 'alice')"
    ));

    alice.agent.json(Method::DELETE, "/api/users/me/sessions", &json!(null)).ok();

    assert_eq!(op.number("SELECT COUNT(*) FROM grants WHERE revoked_at IS NOT NULL"), MANY);
    assert_eq!(op.count("outbox"), MANY);
    assert_goes_on(&op, &client, &json!({ "access_token": bobs["access_token"] }));
    assert_eq!(alice.agent.get("/api/users/me").status, 200);
}

/// How long a browser stays signed in says nothing about how long an application may go on.
#[test]
fn a_session_that_expires_leaves_its_grants_until_all_sessions_are_revoked() {
    let op = TestOp::start();
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.access_token_seconds = 86_400;
    });
    let mut alice = op.person("alice");
    let online = tokens(&op, &client, &mut alice, "openid");
    op.advance(3_700);
    assert_eq!(alice.agent.get("/api/users/me").status, 401);
    assert_goes_on(&op, &client, &online);

    op.beside("session revoke --all alice").expect_success();

    assert_ended(&op, &client, &online);
}

/// `_` stands for any character in a pattern of SQL.
#[test]
fn a_scope_that_looks_like_offline_access_is_none() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let tokens = tokens(&op, &client, &mut alice, "openid");
    op.execute("UPDATE grants SET scope = 'openid offline-access'");

    alice.agent.post("/api/webauthn/logout", &json!({})).ok();

    assert_ended(&op, &client, &tokens);
}

#[test]
fn keys_of_the_api_end_when_their_owner_is_disabled_and_stay_ended() {
    let op = TestOp::start();
    op.person("alice");
    let made = op.beside("api-key create backup --for alice -o json").ok();
    let made: Value = serde_json::from_str(&made).unwrap();
    let mut script = op.agent().with_header("x-api-key", made["token"].as_str().unwrap());
    script.get("/api/users/me").ok();

    op.beside("user disable alice").expect_success();
    op.beside("user enable alice").expect_success();

    assert_eq!(script.get("/api/users/me").status, 401);
    let listed = op.beside("api-key list alice").ok();
    assert!(listed.contains("backup") && listed.contains("expired"), "{listed}");
}

/// A backup, a Pocket ID and an older version of the program have accounts that are disabled, and keys and links
/// of theirs that were never ended.
#[test]
fn whoever_is_enabled_comes_back_with_passkeys_and_with_nothing_else_that_they_had() {
    let op = TestOp::start();
    type Enable = fn(&TestOp, &str);
    let ways: [Enable; 2] = [
        |op, name| op.beside(&format!("user enable {name}")).expect_success(),
        |op, name| {
            let cli = op.cli();
            let file = format!("users: [{{username: {name}, disabled: false}}]");
            cli.write("it.yaml", file);
            cli.run("apply -f it.yaml").expect_success();
        },
    ];
    for (number, enable) in ways.into_iter().enumerate() {
        let name = format!("alice{number}");
        let mut alice = op.person(&name);
        let made = op.beside(&format!("api-key create backup --for {name} -o json")).ok();
        let made: Value = serde_json::from_str(&made).unwrap();
        let mut script = op.agent().with_header("x-api-key", made["token"].as_str().unwrap());
        let link = format!("/api/one-time-access-token/{}", op.one_time_code(alice.id, 600));
        op.change_user(alice.id, |user| user.disabled = true);
        assert_eq!(script.get("/api/users/me").status, 403, "{name}");

        enable(&op, &name);

        assert_eq!(script.get("/api/users/me").status, 401, "{name}");
        assert_eq!(alice.agent.get("/api/users/me").status, 401, "{name}");
        assert!(op.agent().post(&link, &json!({})).status >= 400, "{name}");
        alice.authenticator.sign_in(&mut alice.agent).ok();
    }
}

/// The passkey is verified before anything is written, and the account may be disabled meanwhile. A session that was
/// stored all the same would be there again when it is enabled.
#[test]
fn whoever_is_disabled_while_they_sign_in_gets_no_session() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let sessions = op.count("sessions");
    // In the transaction that stores the session, before it does.
    op.execute(if op.is_postgres() {
        "CREATE FUNCTION disable() RETURNS trigger LANGUAGE plpgsql AS
             'BEGIN UPDATE users SET disabled = 1; RETURN NEW; END';
         CREATE TRIGGER disabled AFTER UPDATE ON passkeys
             FOR EACH ROW EXECUTE FUNCTION disable()"
    } else {
        "CREATE TRIGGER disabled AFTER UPDATE ON passkeys
             BEGIN UPDATE users SET disabled = 1; END"
    });

    let answer = alice.authenticator.sign_in(&mut op.agent());

    assert_eq!(answer.error(), "403 user_disabled");
    assert_eq!(op.count("sessions"), sessions);
}

/// Tokens that the old keys signed are not accepted any more, by us either.
#[test]
fn revoked_signing_keys_take_access_tokens_with_them_and_leave_refresh_tokens() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let tokens = tokens(&op, &client, &mut alice, "openid offline_access");

    op.beside("rotate-keys --revoke --yes").ok();

    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(op.userinfo(access).status, 401);
    assert!(!is_active(&op, &client, access));
    op.refresh(&client, tokens["refresh_token"].as_str().unwrap()).ok();
    alice.agent.get("/api/users/me").ok();
}

/// `/api/oidc/users/me/authorized-clients` (Pocket ID 2.14)
#[test]
fn somebody_sees_which_applications_have_access_and_ends_it() {
    let op = TestOp::start();
    let (client, other) = (op.client(), op.client());
    let (mut alice, mut bob) = (op.person("alice"), op.person("bob"));
    let offline = tokens(&op, &client, &mut alice, "openid offline_access");
    let others = tokens(&op, &other, &mut alice, "openid");
    let bobs = tokens(&op, &client, &mut bob, "openid");
    let path = "/api/oidc/users/me/authorized-clients";

    let listed = alice.agent.get(path).ok().json();
    assert_eq!(listed["pagination"]["totalItems"], 2);
    let one =
        listed["data"].as_array().unwrap().iter().find(|one| one["client"]["id"] == client.id);
    assert_eq!(one.unwrap()["scope"], "[\"openid\",\"offline_access\"]");
    assert!(one.unwrap()["lastUsedAt"].is_string());
    let end = format!("{path}/{}", client.id);
    assert_eq!(alice.agent.json(Method::DELETE, &end, &json!(null)).status, 204);

    assert_ended(&op, &client, &offline);
    assert_goes_on(&op, &other, &others);
    assert_goes_on(&op, &client, &bobs);
    assert_eq!(alice.agent.get(path).ok().json()["pagination"]["totalItems"], 1);
    assert_eq!(alice.agent.json(Method::DELETE, &end, &json!(null)).error(), "404 not_found");
    // It has to ask again.
    let answer = alice.agent.get(&client.authorize_path(&[("scope", "openid")]));
    assert!(answer.location().starts_with("/interaction"), "{answer:?}");
    assert!(op.audit_kinds().contains(&"GRANT_REVOKED".to_owned()));
}

#[test]
fn only_an_administrator_sees_the_applications_of_others() {
    let op = TestOp::start();
    let client = op.client();
    let (mut alice, mut bob) = (op.person("alice"), op.person("bob"));
    alice.code(&client, &[]);
    let path = format!("/api/oidc/users/{}/authorized-clients", alice.id);

    assert_eq!(bob.agent.get(&path).error(), "403 forbidden");
    op.change_user(bob.id, |user| user.is_admin = true);
    assert_eq!(bob.agent.get(&path).ok().json()["data"][0]["client"]["id"], client.id);
    let nobody = "/api/oidc/users/019abcde-1234-7000-8000-0123456789ab/authorized-clients";
    assert_eq!(bob.agent.get(nobody).error(), "404 user_not_found");
}

/// A request may be on its way while its session ends: its grant would never end. So a grant cannot be
/// stored without the proof that its session is open.
#[test]
fn nothing_is_granted_in_a_session_that_was_ended() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    alice.code(&client, &[]);
    let id: SessionId = current(&mut alice.agent).parse().unwrap();
    let is_open =
        || op.store().read_blocking(move |tx| sessions::find_open(tx, id)).unwrap().is_some();
    assert!(is_open());

    alice.agent.post("/api/webauthn/logout", &json!({})).ok();

    assert!(!is_open());
}
