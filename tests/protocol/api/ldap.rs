//! `/api/application-configuration/sync-ldap`, and the sync that the server does by itself.

use std::time::Duration;

use pocketid::model::ConfigKey;
use serde_json::json;

use super::administrator;
use crate::support::{
    op::TestOp,
    slapd::{PASSWORD, Slapd, dn_of, group, person},
    wait_until,
};

const SYNC: &str = "/api/application-configuration/sync-ldap";
const TEST: &str = "/api/application-configuration/test-ldap";
const CONFIG: &str = "/api/application-configuration";

/// Points a server to a directory.
fn configure(op: &TestOp, slapd: &Slapd) {
    let password = op.folder().join("ldap.password");
    std::fs::write(&password, PASSWORD).unwrap();
    let path = password.display().to_string();
    op.beside_args(&["config", "set", "ldapBindPassword", "--value-file", &path]).expect_success();
    for (key, value) in slapd.settings() {
        op.beside_args(&["config", "set", key, &value]).expect_success();
    }
    wait_until(|| op.config().flag(ConfigKey::LdapEnabled));
}

fn of_directory(op: &TestOp) -> i64 {
    op.number("SELECT COUNT(*) FROM users WHERE ldap_id IS NOT NULL AND disabled = 0")
}

#[test]
fn an_administrator_syncs_and_sees_how_it_ended() {
    let slapd =
        Slapd::start(&(person("alice") + &person("bob") + &group("staff", &[&dn_of("bob")])));
    let op = TestOp::start();
    let mut root = administrator(&op);
    assert_eq!(root.post(SYNC, &json!({})).error(), "409 ldap_disabled");
    assert_eq!(root.get(SYNC).ok().json(), json!(null));
    assert_eq!(root.post(TEST, &json!({})).error(), "409 ldap_incomplete");
    configure(&op, &slapd);

    let tested = root.post(TEST, &json!({})).ok().json();
    assert_eq!((&tested["users"], &tested["firstUsers"]), (&json!(2), &json!(["alice", "bob"])));
    assert_eq!(root.post(SYNC, &json!({})).status, 204);
    let last = root.get(SYNC).ok().json();
    let seen = ["usersCreated", "groupsCreated", "fault"].map(|name| last[name].clone());
    assert_eq!(seen, [json!(2), json!(1), json!(null)]);
    let users = root.get("/api/users?search=bob").ok().json();
    assert!(users["data"][0]["ldapId"].is_string(), "{users}");
    let actors =
        op.texts("SELECT DISTINCT actor FROM audit_events WHERE kind = 'GROUP_MEMBERS_ADDED'");
    assert_eq!(actors, ["program"]);

    // Users of a time before SSH certificates have their names from the directory as well.
    let named = "SELECT COUNT(*) FROM ssh_users s JOIN users u ON u.id = s.user_id
                  WHERE s.username = u.username AND u.ldap_id IS NOT NULL";
    op.execute("DELETE FROM ssh_users");
    assert_eq!(root.post(SYNC, &json!({})).status, 204);
    assert_eq!(op.number(named), 2);

    // An empty result of the directory is not applied without a confirmation.
    op.beside_args(&["config", "set", "ldapUserSearchFilter", "(uid=nobody)"]).expect_success();
    wait_until(|| op.config().text(ConfigKey::LdapUserSearchFilter) == "(uid=nobody)");
    let refused = root.post(SYNC, &json!({}));
    assert_eq!(refused.error(), "409 ldap_sync_unconfirmed");
    assert!(refused.text().contains("returned no user, and 2 accounts would leave"));
    assert_eq!(root.get(SYNC).ok().json()["needsConfirmation"], true);
    assert_eq!(of_directory(&op), 2);
    assert_eq!(root.post(&format!("{SYNC}?confirm=true"), &json!({})).status, 204);
    assert_eq!(of_directory(&op), 0);
}

/// A stolen session must not choose the directory that names the administrators.
#[test]
fn a_browser_needs_the_passkey_again_for_the_directory() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let document = |root: &mut crate::support::agent::Agent| {
        let keys = root.get(&format!("{CONFIG}/all")).ok().json();
        let pair = |key: &serde_json::Value| {
            (key["key"].as_str().unwrap().to_owned(), key["value"].clone())
        };
        keys.as_array().unwrap().iter().map(pair).collect::<serde_json::Map<_, _>>()
    };
    let mut wanted = document(&mut root);
    wanted.insert("ldapUrl".to_owned(), json!("ldap://attacker.example.com"));
    let mut alice = op.person("alice");
    op.execute("UPDATE users SET is_admin = 1 WHERE username = 'alice'");
    op.advance(301);
    let put = |agent: &mut crate::support::agent::Agent, wanted: &serde_json::Map<_, _>| {
        super::put(agent, CONFIG, &json!(wanted)).error()
    };
    assert_eq!(put(&mut alice.agent, &wanted), "401 reauthentication_required");
    assert_eq!(op.config().text(ConfigKey::LdapUrl), "");
    // Other settings need none.
    let mut other = document(&mut root);
    other.insert("appName".to_owned(), json!("Home"));
    super::put(&mut alice.agent, CONFIG, &json!(other)).ok();
    alice.authenticator.reauthenticate(&mut alice.agent).ok();
    super::put(&mut alice.agent, CONFIG, &json!(wanted)).ok();
}

#[test]
fn of_two_servers_one_syncs_every_hour_and_survives_the_absence_of_the_directory() {
    let mut slapd = Slapd::start(&person("alice"));
    let op = TestOp::start();
    let replica = op.replica();
    configure(&op, &slapd);
    wait_until(|| replica.config().flag(ConfigKey::LdapEnabled));
    let both = |seconds| {
        op.advance(seconds);
        replica.advance(seconds);
    };
    // The end of a sync is stored after the accounts.
    let is_stored =
        |op: &TestOp| op.number("SELECT COUNT(*) FROM meta WHERE key = 'directory_sync'") == 1;
    both(10);
    wait_until(|| is_stored(&op));
    assert_eq!(of_directory(&op), 1);
    // The other one has its turn meanwhile; on a slow machine it may not have had it, which proves less.
    std::thread::sleep(Duration::from_millis(1_500));
    let created = "SELECT COUNT(*) FROM audit_events WHERE kind = 'ACCOUNT_CREATED'";
    assert_eq!(op.number(created), 1);

    let fault = |op: &TestOp| {
        let last = op.texts("SELECT CAST(value AS TEXT) FROM meta WHERE key = 'directory_sync'");
        last.first().is_some_and(|last| last.contains("cannot reach"))
    };
    if op.is_postgres() {
        return;
    }
    slapd.stop();
    both(3_700);
    wait_until(|| fault(&op));
    assert_eq!(of_directory(&op), 1);
    slapd.resume();
    slapd.add(&person("bob"));
    both(400);
    wait_until(|| !fault(&op));
    assert_eq!(of_directory(&op), 2);
}
