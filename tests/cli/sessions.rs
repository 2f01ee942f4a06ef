//! `pocketid session`

use serde_json::Value;

use crate::support::{flow::Person, op::TestOp};

fn is_signed_in(person: &mut Person) -> bool {
    person.agent.get("/api/users/me").status == 200
}

fn listed(op: &TestOp, line: &str) -> Vec<Value> {
    serde_json::from_str(&op.beside(line).ok()).unwrap()
}

#[test]
fn sessions_are_listed_with_their_users() {
    let op = TestOp::start();
    op.beside("session list").expect(0, "", "");
    let (mut alice, _bob) = (op.person("alice"), op.person("bob"));

    let own = listed(&op, "session list alice -o json");

    let api = alice.agent.get("/api/users/me/sessions").ok().json();
    let here = api.as_array().unwrap().iter().find(|session| session["isCurrent"] == true).unwrap();
    let found = own.iter().find(|session| session["id"] == here["id"]).unwrap();
    for field in ["ipAddress", "userAgent", "createdAt", "lastUsedAt", "expiresAt"] {
        assert_eq!(found[field], here[field], "{field}");
    }
    assert!(own.iter().all(|session| session["username"] == "alice"));
    let all = listed(&op, "session list -o json");
    assert!(all.iter().any(|session| session["username"] == "bob"));
    assert_eq!(op.beside("session list").ok().lines().count(), all.len());
    op.beside("session list carol").expect_failure(1);
    let bobs = listed(&op, "session list --search BOB -o json");
    assert!(!bobs.is_empty() && bobs.iter().all(|session| session["username"] == "bob"));
    assert_eq!(listed(&op, "session list --search 127.0.0.1 --limit 1 -o json"), all[..1]);
    assert_eq!(listed(&op, "session list alice --search bob -o json"), [] as [Value; 0]);
}

/// OIDC Back-Channel Logout §2.7: it ends as if its user had signed out.
#[test]
fn one_session_ends_and_its_clients_are_told() {
    let op = TestOp::start();
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.backchannel_logout_uri = Some("http://127.0.0.1:9/logged-out".into());
    });
    let (mut alice, mut bob) = (op.person("alice"), op.person("bob"));
    let tokens = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    let offline = alice.code(&client, &[("scope", "openid offline_access")]);
    let offline = op.redeem(&client, &offline).ok().json();
    let api = alice.agent.get("/api/users/me/sessions").ok().json();
    let here = api.as_array().unwrap().iter().find(|session| session["isCurrent"] == true).unwrap();
    let id = here["id"].as_str().unwrap().to_owned();

    let line = format!("session revoke {id}");
    op.beside(&line).expect(0, "", "Ended a session of alice.\n");

    assert!(!is_signed_in(&mut alice) && is_signed_in(&mut bob));
    assert_eq!(op.userinfo(tokens["access_token"].as_str().unwrap()).status, 401);
    op.refresh(&client, offline["refresh_token"].as_str().unwrap()).ok();
    assert_eq!(op.count("outbox"), 1);
    assert!(op.audit_kinds().contains(&"SESSION_REVOKED".to_owned()));
    op.beside(&line).refused(
        1,
        &[
            "error: this session does not exist, or has ended",
            "hint: to list them: pocketid session list",
        ],
    );
    let note = "There was no session; nothing was changed.\n";
    op.beside(&format!("{line} --if-present")).expect(0, "", note);
}

#[test]
fn every_session_of_a_user_ends() {
    let op = TestOp::start();
    let (mut alice, mut bob) = (op.person("alice"), op.person("bob"));
    let mut elsewhere = op.agent();
    alice.authenticator.sign_in(&mut elsewhere).ok();
    let count = listed(&op, "session list alice -o json").len();
    assert!(count > 1);

    let ended = op.beside("session revoke --all alice -o json");

    assert_eq!(ended.stderr, format!("Ended {count} sessions of alice.\n"));
    let ended: Vec<Value> = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(ended.len(), count);
    assert!(!is_signed_in(&mut alice) && is_signed_in(&mut bob));
    assert_eq!(elsewhere.get("/api/users/me").status, 401);
    let entries = op.audit_kinds().into_iter().filter(|kind| kind == "SESSION_REVOKED").count();
    assert_eq!(entries, 1, "with their number");
    let note = "There was no session; nothing was changed.\n";
    op.beside("session revoke --all alice").expect(0, "", note);
}

#[test]
fn it_is_said_which_session_ends() {
    let op = TestOp::start();
    for line in ["session revoke", "session revoke nonsense", "session revoke ID --all alice"] {
        assert_eq!(op.beside(line).code, Some(2), "{line}");
    }
}
