//! Keys of the authorities: made, replaced without downtime, removed.

use serde_json::{Value, json};

use super::{SshOp, certificates::read};
use crate::support::flow::Person;

fn with_alice() -> (SshOp, Person) {
    let mut ssh = SshOp::start();
    let alice = ssh.op.person("alice");
    let admins = ssh.op.group("admins", &[alice.id]);
    ssh.open("root", admins);
    (ssh, alice)
}

fn keys(ssh: &mut SshOp, kind: &str) -> Vec<Value> {
    let keys = ssh.admin.agent.get("/api/ssh-ca-keys").ok().json();
    keys.as_array().unwrap().iter().filter(|key| key["kind"] == kind).cloned().collect()
}

fn states(ssh: &mut SshOp) -> Vec<String> {
    let keys = keys(ssh, "user");
    keys.iter().map(|key| key["state"].as_str().unwrap().to_owned()).collect()
}

fn signer(ssh: &SshOp, token: &str) -> String {
    let answer = ssh.ask_for_all(token).ok().json();
    let read = read(answer["certificate"].as_str().unwrap());
    let line = read.lines().find(|line| line.contains("Signing CA")).unwrap();
    line.split(' ').find(|word| word.starts_with("SHA256:")).unwrap().to_owned()
}

#[test]
fn a_key_is_trusted_before_it_signs_and_after_another_one_does() {
    let (mut ssh, mut alice) = with_alice();
    let token = ssh.token(&mut alice);
    let old = keys(&mut ssh, "user").remove(0);
    assert_eq!(signer(&ssh, &token), old["fingerprint"]);

    ssh.admin.agent.post("/api/ssh-ca-keys", &json!({"kind": "user"})).ok();
    let new = keys(&mut ssh, "user").remove(1);
    assert_eq!(states(&mut ssh), ["active", "next"]);
    let trusted = ssh.op.agent().get("/api/ssh/user-ca.pub").ok().text();
    assert_eq!(trusted.lines().count(), 2, "{trusted}");
    assert_eq!(signer(&ssh, &token), old["fingerprint"], "hosts may not know the new one yet");

    let path = |key: &Value| format!("/api/ssh-ca-keys/{}", key["id"].as_str().unwrap());
    ssh.op.advance(1);
    ssh.admin.agent.post(&format!("{}/activate", path(&new)), &Value::Null).ok();
    assert_eq!(states(&mut ssh), ["retired", "active"]);
    assert_eq!(signer(&ssh, &token), new["fingerprint"]);
    let back = ssh.admin.agent.post(&format!("{}/activate", path(&old)), &Value::Null);
    assert_eq!(back.error(), "409 ssh_ca_key_retired", "its private key is gone");
    assert_eq!(ssh.delete(&path(&new)).error(), "409 ssh_ca_key_signs");
    ssh.delete(&path(&old)).ok();
    assert_eq!(states(&mut ssh), ["active"]);
    let trusted = ssh.op.agent().get("/api/ssh/user-ca.pub").ok().text();
    assert!(trusted.starts_with(new["publicKey"].as_str().unwrap()), "{trusted}");
    assert_eq!(ssh.delete(&path(&old)).error(), "404 not_found");
}

#[test]
fn enabling_twice_changes_nothing_and_disabling_revokes_all() {
    let (mut ssh, mut alice) = with_alice();
    let before = keys(&mut ssh, "user");
    ssh.put("/api/ssh-authority", &Value::Null).ok();
    assert_eq!(keys(&mut ssh, "user"), before);
    let token = ssh.token(&mut alice);
    ssh.ask_for_all(&token).ok();

    ssh.delete("/api/ssh-authority").ok();

    assert_eq!(ssh.ask_for_all(&token).error(), "401 not_signed_in", "the sign-in has ended");
    assert_eq!(ssh.op.agent().get("/api/ssh/user-ca.pub").error(), "404 ssh_not_enabled");
    assert_eq!(ssh.delete("/api/ssh-authority").error(), "404 ssh_not_enabled");
    // The list stays, so that hosts refuse what the old keys signed.
    ssh.op.agent().get("/api/ssh/krl").ok();
    ssh.put("/api/ssh-authority", &Value::Null).ok();
    let token = ssh.token(&mut alice);
    ssh.ask_for_all(&token).ok();
    assert_ne!(keys(&mut ssh, "user"), before);
}

/// Nothing needs it: hosts trust the public key, and the revocation list is not signed.
#[test]
fn the_private_key_goes_when_another_key_signs_and_its_certificates_stay_good() {
    let (mut ssh, mut alice) = with_alice();
    let token = ssh.token(&mut alice);
    ssh.ask_for_all(&token).ok();
    let private = |ssh: &SshOp, kind: &str| {
        ssh.op.count(&format!("ssh_ca_keys WHERE kind = '{kind}' AND sealed_pkcs8 IS NOT NULL"))
    };
    ssh.admin.agent.post("/api/ssh-ca-keys", &json!({"kind": "user"})).ok();
    ssh.admin.agent.post("/api/ssh-ca-keys", &json!({"kind": "user"})).ok();
    assert_eq!((private(&ssh, "user"), private(&ssh, "host")), (3, 1));
    // In the same second as the first one was made: the others do not sign by chance.
    let next = keys(&mut ssh, "user").remove(1);
    let path = format!("/api/ssh-ca-keys/{}/activate", next["id"].as_str().unwrap());
    ssh.admin.agent.post(&path, &Value::Null).ok();
    assert_eq!(states(&mut ssh), ["retired", "active", "next"]);
    assert_eq!((private(&ssh, "user"), private(&ssh, "host")), (2, 1));
    assert!(keys(&mut ssh, "user")[0]["retiredAt"].is_string());
    ssh.admin.agent.post(&path, &Value::Null).ok();
    assert_eq!(states(&mut ssh), ["retired", "active", "next"], "it signs already");
    assert_eq!(signer(&ssh, &token), next["fingerprint"]);
    let good = ssh.admin.agent.get("/api/ssh-certificates").ok().json();
    assert_eq!(good["data"].as_array().unwrap().len(), 2, "also that of the old key");
    let trusted = ssh.op.agent().get("/api/ssh/user-ca.pub").ok().text();
    assert_eq!(trusted.lines().count(), 3, "{trusted}");
}

/// The private keys are sealed, and move to another encryption key with the rest.
#[test]
fn the_keys_are_sealed_and_a_lost_one_signs_no_more() {
    let (mut ssh, mut alice) = with_alice();
    let token = ssh.token(&mut alice);
    ssh.op.execute("UPDATE ssh_ca_keys SET sealed_pkcs8 = NULL WHERE kind = 'user'");
    assert_eq!(ssh.ask_for_all(&token).error(), "404 ssh_not_enabled");
    assert_eq!(states(&mut ssh), ["lost"]);
    ssh.put("/api/ssh-authority", &Value::Null).ok();
    assert_eq!(states(&mut ssh), ["lost", "active"]);
    ssh.ask_for_all(&token).ok();
}

#[test]
fn only_administrators_with_a_fresh_passkey_decide_who_is_trusted() {
    let (mut ssh, mut alice) = with_alice();
    let group = ssh.op.group("others", &[]);
    let body = json!({"account": "git", "allowedUserGroupIds": [group]});
    assert_eq!(alice.agent.post("/api/ssh-accounts", &body).error(), "403 forbidden");
    assert_eq!(alice.agent.get("/api/ssh-ca-keys").error(), "403 forbidden");
    ssh.op.advance(600);
    let stale = ssh.admin.agent.post("/api/ssh-accounts", &body);
    assert_eq!(stale.error(), "401 reauthentication_required");
    let stale = ssh.admin.agent.post("/api/ssh-ca-keys", &json!({"kind": "user"}));
    assert_eq!(stale.error(), "401 reauthentication_required");
    assert_eq!(ssh.delete("/api/ssh-authority").error(), "401 reauthentication_required");
}

#[test]
fn accounts_with_bad_names_and_second_ones_are_refused() {
    let (mut ssh, _) = with_alice();
    let group = ssh.op.group("others", &[]);
    for account in ["", "-x", "Root", "a b", "a,b", "a\nb", "root@", "root@DB", "{name}", "*"] {
        let body = json!({"account": account, "allowedUserGroupIds": [group]});
        let answer = ssh.admin.agent.post("/api/ssh-accounts", &body);
        assert_eq!(answer.error(), "400 validation_failed", "{account:?}");
    }
    let twice = ssh.admin.agent.post("/api/ssh-accounts", &json!({"account": "root"}));
    assert_eq!(twice.error(), "409 already_in_use");
    let missing = ssh.admin.agent.get("/api/ssh-accounts/no-id");
    assert_eq!(missing.error(), "404 not_found");
    assert_eq!(ssh.op.count("ssh_accounts"), 1);
}
