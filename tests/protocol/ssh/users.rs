//! `/api/ssh-users` and `pocketid ssh user`: whom an administrator confirms, and from whom they take it back.

use hyper::Method;
use serde_json::{Value, json};

use super::SshOp;
use crate::support::{agent::Answer, flow::Person, soft_authenticator::SoftAuthenticator};

/// `{username}` and `root` are open to `staff`, of which `alice` is a member; `bob` is in no group.
fn with_alice() -> (SshOp, Person) {
    let mut ssh = SshOp::start();
    let alice = ssh.op.person("alice");
    ssh.op.user("bob");
    let staff = ssh.op.group("staff", &[alice.id]);
    ssh.open("{username}", staff);
    ssh.open("root", staff);
    (ssh, alice)
}

fn list(ssh: &mut SshOp, query: &str) -> Vec<Value> {
    let listed = ssh.admin.agent.get(&format!("/api/ssh-users{query}")).ok().json();
    listed["data"].as_array().unwrap().clone()
}

fn confirm(ssh: &mut SshOp, alice: &Person, seen: &Value) -> Answer {
    ssh.admin.agent.post(&format!("/api/ssh-users/{}/confirm", alice.id), seen)
}

fn withdraw(ssh: &mut SshOp, alice: &Person) -> Answer {
    ssh.admin.agent.post(&format!("/api/ssh-users/{}/withdraw", alice.id), &Value::Null)
}

/// Somebody with a one-time code adds a passkey beside hers.
fn add_passkey_by_code(ssh: &SshOp, alice: &Person) {
    ssh.op.advance(5);
    let mut thief = ssh.op.agent();
    let code = ssh.op.one_time_code(alice.id, 600);
    thief.post(&format!("/api/one-time-access-token/{code}"), &json!({})).ok();
    let mut second = SoftAuthenticator::new(ssh.op.base_url());
    second.register(&mut thief).ok();
}

#[test]
fn an_administrator_sees_who_waits_and_confirms_them() {
    let (mut ssh, mut alice) = with_alice();
    let listed = list(&mut ssh, "");
    assert_eq!(listed.len(), 1, "who may enter nothing is left out: {listed:?}");
    assert_eq!((&listed[0]["username"], &listed[0]["state"]), (&json!("alice"), &json!("waiting")));
    assert_eq!(listed[0]["accounts"], json!(["root"]));
    assert_eq!(listed[0]["accountsWhenConfirmed"], json!(["alice"]));

    let confirmed = confirm(&mut ssh, &alice, &json!({"username": "alice"})).ok().json();

    assert_eq!(confirmed["state"], "confirmed");
    assert_eq!(confirmed["accounts"], json!(["alice", "root"]));
    assert_eq!(confirmed["accountsWhenConfirmed"], json!([]));
    let one = ssh.admin.agent.get(&format!("/api/ssh-users/{}", alice.id)).ok().json();
    assert_eq!(one, confirmed);
    let token = ssh.token(&mut alice);
    let issued = ssh.ask_for_all(&token).ok().json();
    assert_eq!(issued["principals"], json!(["alice", "root"]));
    assert!(list(&mut ssh, "?filters[state]=waiting").is_empty());
    assert_eq!(list(&mut ssh, "?filters[state]=confirmed&search=ali&sort[column]=state").len(), 1);
    let kinds = ssh.op.audit_kinds();
    assert_eq!(kinds.iter().filter(|kind| *kind == "SSH_USER_CONFIRMED").count(), 1);
}

/// Between the look and the click, the user could take the name of an account, or a stranger could add a
/// passkey.
#[test]
fn who_changed_since_the_administrator_looked_is_not_confirmed() {
    let (mut ssh, alice) = with_alice();
    let other = confirm(&mut ssh, &alice, &json!({"username": "bob"}));
    assert_eq!(other.error(), "409 ssh_user_changed");
    assert_eq!(confirm(&mut ssh, &alice, &json!({})).error(), "409 ssh_user_changed");

    add_passkey_by_code(&ssh, &alice);
    let before = confirm(&mut ssh, &alice, &json!({"username": "alice"}));
    assert_eq!(before.error(), "409 ssh_user_changed");
    let held = list(&mut ssh, "").remove(0);
    assert_eq!((&held["state"], &held["accounts"]), (&json!("held"), &json!([])));
    assert_eq!(held["accountsWhenConfirmed"], json!(["alice", "root"]));
    add_passkey_by_code(&ssh, &alice);
    let seen = json!({"username": "alice", "heldAt": held["heldAt"]});
    assert_eq!(confirm(&mut ssh, &alice, &seen).error(), "409 ssh_user_changed", "another one");
    assert_eq!(ssh.op.count("ssh_users WHERE username IS NOT NULL"), 0);

    let held = list(&mut ssh, "").remove(0);
    let seen = json!({"username": "alice", "heldAt": held["heldAt"]});
    assert_eq!(confirm(&mut ssh, &alice, &seen).ok().json()["state"], "confirmed");
    let bad = confirm(&mut ssh, &alice, &json!({"username": "alice", "heldAt": "yesterday"}));
    assert_eq!(bad.error(), "400 validation_failed");
}

#[test]
fn confirming_wants_an_administrator_with_a_fresh_passkey_and_taking_it_back_does_not() {
    let (mut ssh, mut alice) = with_alice();
    let key = ssh.op.beside("api-key create script --for keeper").ok();
    let mut program = ssh.op.agent().with_header("x-api-key", key.trim());
    let path = |verb: &str| format!("/api/ssh-users/{}/{verb}", alice.id);
    let (confirm, withdraw) = (path("confirm"), path("withdraw"));
    let seen = json!({"username": "alice"});

    for (method, path) in [
        (Method::GET, "/api/ssh-users"),
        (Method::POST, confirm.as_str()),
        (Method::POST, withdraw.as_str()),
    ] {
        let answer = alice.agent.json(method.clone(), path, &seen);
        assert_eq!(answer.error(), "403 forbidden", "{path}");
        let answer = ssh.op.agent().json(method, path, &seen);
        assert_eq!(answer.error(), "401 not_signed_in", "{path}");
    }
    assert_eq!(program.post(&confirm, &seen).error(), "403 api_key_auth_not_allowed");
    ssh.op.advance(600);
    let stale = ssh.admin.agent.post(&confirm, &seen);
    assert_eq!(stale.error(), "401 reauthentication_required");
    assert_eq!(ssh.op.count("ssh_users WHERE username IS NOT NULL"), 0);
    let unknown = "/api/ssh-users/0197a0c2-91c2-7cc3-9d1c-2f65a1d0d1f4/withdraw";
    assert_eq!(ssh.admin.agent.post(unknown, &Value::Null).error(), "404 user_not_found");
    // Programs may see it and take access away, and so may a session without a passkey at hand.
    program.get("/api/ssh-users").ok();
    program.post(&withdraw, &Value::Null).ok();
    ssh.admin.agent.post(&withdraw, &Value::Null).ok();
    assert_eq!(list(&mut ssh, "")[0]["state"], "withdrawn");
    let kinds = ssh.op.audit_kinds();
    let entries = kinds.iter().filter(|kind| *kind == "SSH_USER_WITHDRAWN").count();
    assert_eq!(entries, 1, "the second time nothing happened");
}

#[test]
fn taking_it_back_revokes_all_certificates_of_the_user_for_good() {
    let (mut ssh, mut alice) = with_alice();
    let mut carol = ssh.op.person("carol");
    let admins = ssh.op.group("admins", &[carol.id]);
    ssh.open("postgres", admins);
    confirm(&mut ssh, &alice, &json!({"username": "alice"})).ok();
    let (token, of_carol) = (ssh.token(&mut alice), ssh.token(&mut carol));
    ssh.ask_for_all(&token).ok();
    ssh.ask(
        &token,
        &json!({
            "publicKey": crate::support::sshd::new_key(&["-t", "ed25519"]), "principals": ["root"],
        }),
    )
    .ok();
    ssh.ask_for_all(&of_carol).ok();

    let withdrawn = withdraw(&mut ssh, &alice).ok().json();

    assert_eq!((&withdrawn["state"], &withdrawn["accounts"]), (&json!("withdrawn"), &json!([])));
    assert!(withdrawn["withdrawnAt"].is_string(), "{withdrawn}");
    let good = ssh.admin.agent.get("/api/ssh-certificates").ok().json();
    assert_eq!(good["data"].as_array().unwrap().len(), 1, "that of carol");
    assert_eq!(ssh.ask_for_all(&token).error(), "403 ssh_user_not_confirmed");
    let told = ssh.op.texts("SELECT data FROM audit_events WHERE kind = 'SSH_USER_WITHDRAWN'");
    assert!(told[0].contains("\"certificates\":\"2\""), "{told:?}");

    confirm(&mut ssh, &alice, &json!({"username": "alice"})).ok();
    let good = ssh.admin.agent.get("/api/ssh-certificates").ok().json();
    assert_eq!(good["data"].as_array().unwrap().len(), 1, "the old ones stay revoked");
    ssh.ask_for_all(&token).ok();
}

/// A name that a directory gave is good without a confirmation; taking certificates back counts for it, too. When the
/// directory is off, its users choose their names as others do.
#[test]
fn users_of_a_directory_are_confirmed_for_the_name_that_it_gave_them() {
    let (mut ssh, mut alice) = with_alice();
    ssh.op.execute("UPDATE users SET ldap_id = 'uid=alice' WHERE username = 'alice'");
    let state = |ssh: &mut SshOp| list(ssh, "")[0]["state"].clone();
    assert_eq!(state(&mut ssh), "waiting", "no sync has seen the name");
    ssh.op.execute("INSERT INTO ssh_users (user_id, username) SELECT id, username FROM users WHERE username = 'alice'");
    assert_eq!(state(&mut ssh), "confirmed");
    let token = ssh.token(&mut alice);
    let issued = ssh.ask_for_all(&token).ok().json();
    assert_eq!(issued["principals"], json!(["alice", "root"]));

    let renamed = json!({
        "username": "gitlab-runner", "displayName": "Alice", "email": "alice@example.com",
    });
    alice.authenticator.reauthenticate(&mut alice.agent);
    alice.agent.json(Method::PUT, "/api/users/me", &renamed).ok();

    assert_eq!(state(&mut ssh), "waiting", "she chose it herself");
    let token = ssh.token(&mut alice);
    let issued = ssh.ask_for_all(&token).ok().json();
    assert_eq!(issued["principals"], json!(["root"]));
    let listed = ssh.admin.agent.get("/api/ssh-certificates").ok().json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1, "the first one is revoked");
    withdraw(&mut ssh, &alice).ok();
    assert_eq!(list(&mut ssh, "?filters[state]=withdrawn").len(), 1);
}

#[test]
fn disabled_users_services_and_names_that_open_nothing_wait_for_nobody() {
    let (mut ssh, _) = with_alice();
    ssh.op.beside("ssh account create games --everyone").expect_success();
    ssh.op.beside("service create robot").expect_success();
    ssh.op.beside("user disable bob").expect_success();
    let listed = list(&mut ssh, "?sort[column]=username");
    let names: Vec<_> = listed.iter().map(|one| one["username"].as_str().unwrap()).collect();
    assert_eq!(names, ["alice", "keeper"]);
    assert_eq!(listed[1]["accounts"], json!(["games"]));
    assert_eq!(listed[1]["accountsWhenConfirmed"], json!([]), "no rule has her own name");
    for name in ["bob", "robot"] {
        let users = ssh.admin.agent.get(&format!("/api/users?search={name}")).ok().json();
        let id = users["data"][0]["id"].as_str().unwrap().to_owned();
        let shown = ssh.admin.agent.get(&format!("/api/ssh-users/{id}")).ok().json();
        assert_eq!(shown["accounts"], json!([]), "{name} cannot sign in");
    }
}

#[test]
fn the_terminal_lists_confirms_and_takes_back() {
    let (ssh, _) = with_alice();
    let cli = ssh.op.cli();
    let waiting = cli.run("ssh user list").ok();
    assert_eq!(waiting, "alice\twaiting\troot\talice\n");
    cli.run("ssh user confirm alice").expect_success();
    assert_eq!(cli.run("ssh user list").ok(), "alice\tconfirmed\talice root\t\n");
    let said = cli.run("ssh user withdraw alice --yes").ok();
    assert_eq!(said, "alice gets no certificates until confirmed again\n");
    assert_eq!(cli.run("ssh user list").ok(), "alice\twithdrawn\t\talice root\n");
    let withdrawn = cli.run("ssh user list --state withdrawn").ok();
    assert_eq!(withdrawn, "alice\twithdrawn\t\talice root\n");
    assert_eq!(cli.run("ssh user list --state waiting").ok(), "");
    cli.run("ssh user withdraw nobody").expect_failure(1);
}
