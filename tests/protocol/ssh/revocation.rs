//! `GET /api/ssh/krl`: what takes a certificate away, judged by `ssh-keygen -Q`.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::SshOp;
use crate::support::{flow::Person, sshd::try_keygen};

/// A certificate of a user, and the folder in which it lies.
struct Held {
    folder: TempDir,
    id: String,
}

impl Held {
    fn get(ssh: &SshOp, person: &mut Person) -> Self {
        let token = ssh.token(person);
        Self::of(&ssh.ask_for_all(&token).ok().json())
    }

    fn of(answer: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let certificate = answer["certificate"].as_str().unwrap();
        fs::write(folder.path().join("key-cert.pub"), certificate).unwrap();
        Self { folder, id: answer["id"].as_str().unwrap().to_owned() }
    }

    /// Whether the list has it, as OpenSSH reads it.
    fn is_revoked(&self, ssh: &SshOp) -> bool {
        // The list is kept for two seconds.
        ssh.op.advance(3);
        let krl = ssh.op.agent().get("/api/ssh/krl").ok();
        assert_eq!(krl.header("content-type"), "application/octet-stream");
        let path = self.folder.path().join("krl");
        fs::write(&path, &krl.body).unwrap();
        let certificate = self.folder.path().join("key-cert.pub");
        let ran = try_keygen(&["-Q", "-f", path.to_str().unwrap(), certificate.to_str().unwrap()]);
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        match ran.status.code() {
            Some(0) => false,
            Some(1) if said.contains("REVOKED") => true,
            _ => panic!("{said} {}", String::from_utf8_lossy(&ran.stderr)),
        }
    }
}

/// Something that takes a certificate of `alice` away.
type Taking = fn(&mut SshOp, &mut Person);

fn with_two() -> (SshOp, Person, Person) {
    let mut ssh = SshOp::start();
    let (alice, bob) = (ssh.op.person("alice"), ssh.op.person("bob"));
    let admins = ssh.op.group("admins", &[alice.id, bob.id]);
    ssh.open("root", admins);
    (ssh, alice, bob)
}

#[test]
fn everything_that_a_certificate_depends_on_revokes_it_and_it_alone() {
    let takings: [(&str, Taking); 8] = [
        ("disabled", |ssh, _| ssh.op.beside("user disable alice").expect_success()),
        ("deleted", |ssh, _| ssh.op.beside("user remove alice --yes").expect_success()),
        ("renamed", |ssh, _| {
            ssh.op.beside("user update alice --username alicia").expect_success();
        }),
        ("signed out", |_, alice| {
            alice.agent.post("/api/webauthn/logout", &json!({})).ok();
        }),
        ("sessions", |ssh, _| {
            ssh.op.beside("session revoke --all alice --yes").expect_success();
        }),
        ("grants", |ssh, _| ssh.op.beside("grant revoke --all alice --yes").expect_success()),
        ("left the group", |ssh, _| {
            ssh.op.beside("group unassign admins alice").expect_success();
        }),
        ("membership ended", |ssh, _| {
            ssh.op.execute(
                "UPDATE group_members SET expires_at = 1000
                  WHERE user_id = (SELECT id FROM users WHERE username = 'alice')",
            );
        }),
    ];
    for (name, take) in takings {
        let (mut ssh, mut alice, mut bob) = with_two();
        let (of_alice, of_bob) = (Held::get(&ssh, &mut alice), Held::get(&ssh, &mut bob));
        assert!(!of_alice.is_revoked(&ssh) && !of_bob.is_revoked(&ssh), "{name}");

        take(&mut ssh, &mut alice);

        assert!(of_alice.is_revoked(&ssh), "{name}");
        assert!(!of_bob.is_revoked(&ssh), "{name}");
    }
}

#[test]
fn an_account_that_is_closed_or_given_to_others_takes_certificates_with_it() {
    let (mut ssh, mut alice, _) = with_two();
    let group = ssh.op.group("others", &[]);
    let accounts = ssh.admin.agent.get("/api/ssh-accounts").ok().json();
    let id = accounts["data"][0]["id"].as_str().unwrap().to_owned();
    let held = Held::get(&ssh, &mut alice);

    let body = json!({"account": "root", "allowedUserGroupIds": [group]});
    ssh.put(&format!("/api/ssh-accounts/{id}"), &body).ok();
    assert!(held.is_revoked(&ssh));

    let everyone = json!({"account": "root", "isForEveryone": true});
    ssh.put(&format!("/api/ssh-accounts/{id}"), &everyone).ok();
    assert!(held.is_revoked(&ssh), "it stays revoked");
    let held = Held::get(&ssh, &mut alice);
    assert!(!held.is_revoked(&ssh));
    ssh.delete(&format!("/api/ssh-accounts/{id}")).ok();
    assert!(held.is_revoked(&ssh));
}

/// A thief has the certificate of somebody who left the group, and comes back later.
#[test]
fn a_certificate_stays_revoked_when_its_user_comes_back() {
    let (ssh, mut alice, _) = with_two();
    let (seen_by_hosts, seen_by_clean_up) =
        (Held::get(&ssh, &mut alice), Held::get(&ssh, &mut alice));
    ssh.op.beside("group unassign admins alice").expect_success();
    assert!(seen_by_hosts.is_revoked(&ssh));
    ssh.op.beside("group assign admins alice").expect_success();
    assert!(seen_by_hosts.is_revoked(&ssh) && seen_by_clean_up.is_revoked(&ssh));

    let third = Held::get(&ssh, &mut alice);
    ssh.op.beside("group unassign admins alice").expect_success();
    ssh.op.clean_up();
    ssh.op.beside("group assign admins alice").expect_success();
    assert!(third.is_revoked(&ssh));
}

#[test]
fn a_stricter_policy_takes_certificates_with_it() {
    let (mut ssh, mut alice, _) = with_two();
    let staff = ssh.op.group("staff", &[alice.id]);
    ssh.open("{username}", staff);
    ssh.confirm("alice");
    let held = Held::get(&ssh, &mut alice);
    assert!(!held.is_revoked(&ssh));
    let nobody = ssh.op.group("nobody", &[]);
    ssh.open("alice@db1", nobody);
    assert!(held.is_revoked(&ssh), "her name is that of a row now");

    let (ssh, mut alice, _) = with_two();
    let held = Held::get(&ssh, &mut alice);
    ssh.op.beside("group create others").expect_success();
    ssh.op.beside("client update pocketid-ssh --group others").expect_success();
    assert!(held.is_revoked(&ssh), "she may not use the client any more");
}

#[test]
fn a_passkey_that_is_removed_takes_certificates_with_it() {
    let (ssh, mut alice, _) = with_two();
    let held = Held::get(&ssh, &mut alice);
    let listed = alice.agent.get("/api/webauthn/credentials").ok().json();
    let path = format!("/api/webauthn/credentials/{}", listed[0]["id"].as_str().unwrap());
    alice.agent.json(hyper::Method::DELETE, &path, &Value::Null).ok();
    assert!(held.is_revoked(&ssh));
}

#[test]
fn administrators_and_users_revoke_single_certificates() {
    let (mut ssh, mut alice, mut bob) = with_two();
    let (first, second) = (Held::get(&ssh, &mut alice), Held::get(&ssh, &mut alice));
    let of_bob = Held::get(&ssh, &mut bob);
    let own = |id: &str| format!("/api/users/me/ssh-certificates/{id}");

    let foreign = bob.agent.json(hyper::Method::DELETE, &own(&first.id), &Value::Null);
    assert_eq!(foreign.error(), "404 not_found");
    let plain = alice.agent.json(
        hyper::Method::DELETE,
        &format!("/api/ssh-certificates/{}", of_bob.id),
        &Value::Null,
    );
    assert_eq!(plain.error(), "403 forbidden");
    alice.agent.json(hyper::Method::DELETE, &own(&first.id), &Value::Null).ok();
    ssh.delete(&format!("/api/ssh-certificates/{}", of_bob.id)).ok();

    assert!(first.is_revoked(&ssh) && of_bob.is_revoked(&ssh) && !second.is_revoked(&ssh));
    let again = ssh.delete(&format!("/api/ssh-certificates/{}", of_bob.id));
    assert_eq!(again.error(), "404 not_found");
    let listed = ssh.admin.agent.get("/api/ssh-certificates").ok().json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    let kinds = ssh.op.audit_kinds();
    assert_eq!(kinds.iter().filter(|kind| *kind == "SSH_CERTIFICATE_REVOKED").count(), 2);
}

/// Laptops look at the list with `RevokedHostKeys`.
#[test]
fn certificates_of_hosts_are_on_the_list_when_they_or_their_key_are_revoked() {
    let mut ssh = SshOp::start();
    let sign = |ssh: &mut SshOp| {
        let key = crate::support::sshd::new_key(&["-t", "ed25519"]);
        let host = json!({"publicKey": key, "names": ["db1"]});
        Held::of(&ssh.admin.agent.post("/api/ssh-host-certificates", &host).ok().json())
    };
    let (first, second) = (sign(&mut ssh), sign(&mut ssh));
    assert!(!first.is_revoked(&ssh) && !second.is_revoked(&ssh));
    ssh.delete(&format!("/api/ssh-certificates/{}", first.id)).ok();
    assert!(first.is_revoked(&ssh) && !second.is_revoked(&ssh));
    let keys = ssh.admin.agent.get("/api/ssh-ca-keys").ok().json();
    let key = keys.as_array().unwrap().iter().find(|key| key["kind"] == "host").unwrap();
    ssh.delete(&format!("/api/ssh-ca-keys/{}", key["id"].as_str().unwrap())).ok();
    assert!(first.is_revoked(&ssh) && second.is_revoked(&ssh));
}

#[test]
fn a_list_that_has_not_changed_is_not_sent_again() {
    let (ssh, mut alice, _) = with_two();
    let held = Held::get(&ssh, &mut alice);
    let first = ssh.op.agent().get("/api/ssh/krl").ok();
    let version = first.header("etag").to_owned();
    let again = ssh.op.agent().with_header("if-none-match", &version).get("/api/ssh/krl");
    assert_eq!((again.status, again.body.len()), (304, 0));
    ssh.op.beside("user disable alice").expect_success();
    assert!(held.is_revoked(&ssh));
    let changed = ssh.op.agent().with_header("if-none-match", &version).get("/api/ssh/krl");
    assert_eq!(changed.status, 200);
}

#[test]
fn expired_certificates_leave_the_list_and_the_database() {
    let (ssh, mut alice, _) = with_two();
    let held = Held::get(&ssh, &mut alice);
    ssh.op.beside("user disable alice").expect_success();
    assert!(held.is_revoked(&ssh));
    ssh.op.advance(36_000);
    assert!(held.is_revoked(&ssh), "the clock of a host may be late");
    ssh.op.advance(3_600);
    assert!(!held.is_revoked(&ssh));
    ssh.op.clean_up();
    assert_eq!(ssh.op.count("ssh_certificates"), 0);
    assert_eq!(ssh.op.count("ssh_certificate_principals"), 0);
}

/// A certificate outlives the session of the browser, as long as nobody ends that.
#[test]
fn a_session_that_expires_by_itself_takes_no_certificate_with_it() {
    let (ssh, mut alice, _) = with_two();
    let held = Held::get(&ssh, &mut alice);
    ssh.op.advance(4_000);
    ssh.op.clean_up();
    assert!(!held.is_revoked(&ssh));
    ssh.op.advance(30_000);
    ssh.op.clean_up();
    assert!(!held.is_revoked(&ssh));
}
