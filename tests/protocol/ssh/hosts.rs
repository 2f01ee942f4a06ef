//! `POST /api/ssh-host-certificates`

use serde_json::json;

use super::{SshOp, certificates::read};
use crate::support::sshd::new_key;

#[test]
fn the_certificate_of_a_host_names_it_and_can_enter_nothing() {
    let mut ssh = SshOp::start();
    let body = json!({
        "publicKey": new_key(&["-t", "ed25519"]),
        "names": ["DB1.example.com", "db1"],
        "durationMinutes": 1_440,
    });
    let answer = ssh.admin.agent.post("/api/ssh-host-certificates", &body).ok().json();
    let read = read(answer["certificate"].as_str().unwrap());
    assert!(read.contains("host certificate") && read.contains("db1.example.com"), "{read}");
    assert!(read.contains("Extensions: (none)"), "{read}");
    let trusted = ssh.op.agent().get("/api/ssh/host-ca.pub").ok().text();
    assert!(trusted.starts_with("@cert-authority * ssh-ed25519 "), "{trusted}");
}

/// Laptops learn of a removed key from the lines; another file of theirs may still trust it.
#[test]
fn a_removed_key_is_revoked_in_the_lines_for_known_hosts() {
    let mut ssh = SshOp::start();
    let lines = |ssh: &SshOp| ssh.op.agent().get("/api/ssh/host-ca.pub").ok().text();
    let old = lines(&ssh);
    let old = old.trim().strip_prefix("@cert-authority * ").unwrap().to_owned();
    let keys = ssh.admin.agent.post("/api/ssh-ca-keys", &json!({"kind": "host"})).ok().json();
    let keys = keys.as_array().unwrap().iter().filter(|key| key["kind"] == "host");
    let path: Vec<_> =
        keys.map(|key| format!("/api/ssh-ca-keys/{}", key["id"].as_str().unwrap())).collect();
    ssh.admin.agent.post(&format!("{}/activate", path[1]), &json!(null)).ok();
    assert_eq!(lines(&ssh).matches("@cert-authority * ").count(), 2);

    ssh.delete(&path[0]).ok();

    let after = lines(&ssh);
    assert!(after.starts_with(&format!("@revoked * {old}\n@cert-authority * ")), "{after}");
    let cli = ssh.op.cli().with("APP_URL", ssh.op.base_url());
    assert_eq!(cli.run("ssh ca --only known-hosts").ok(), after);
    let page = ssh.admin.agent.get("/settings/admin/ssh/hosts").ok().text();
    assert!(page.contains(&format!("@revoked * {old}")), "{page}");
    ssh.delete(&path[1]).ok();
    assert_eq!(ssh.op.agent().get("/api/ssh/host-ca.pub").error(), "404 ssh_not_enabled");
    assert_eq!(ssh.op.agent().get("/api/ssh/user-ca.pub").status, 200);
}

/// Otherwise a key that leaked could stand for any host that a laptop reaches.
#[test]
fn only_hosts_of_the_chosen_domains_get_certificates() {
    let mut ssh = SshOp::start();
    let cli = ssh.op.cli().with("APP_URL", ssh.op.base_url());
    let body = json!({"settings": {"sshHostDomains": ["Example.com", "db1"]}});
    ssh.put("/api/configuration", &body).ok();
    cli.write("host.pub", new_key(&["-t", "ed25519"]));

    for names in [["db1", "db2"], ["db1", "github.com"], ["db1", "badexample.com"]] {
        let body = json!({"publicKey": new_key(&["-t", "ed25519"]), "names": names});
        let answer = ssh.admin.agent.post("/api/ssh-host-certificates", &body);
        assert_eq!(answer.error(), "400 validation_failed", "{names:?}");
        let ran = cli.run(&format!("ssh host sign host.pub --name {}", names[1]));
        assert_eq!(ran.code, Some(2));
        let says = format!("sshHostDomains (example.com, db1); {} is not", names[1]);
        assert!(ran.stderr.contains(&says), "{}", ran.stderr);
    }
    assert_eq!(ssh.op.count("ssh_certificates"), 0);

    let names = ["db1", "example.com", "a.b.example.com"];
    let body = json!({"publicKey": new_key(&["-t", "ed25519"]), "names": names});
    ssh.admin.agent.post("/api/ssh-host-certificates", &body).ok();
    cli.run("ssh host sign host.pub --name a.example.com").expect_success();
    let lines = ssh.op.agent().get("/api/ssh/host-ca.pub").ok().text();
    let trusted = "@cert-authority example.com,*.example.com,db1,*.db1 ssh-ed25519 ";
    assert!(lines.starts_with(trusted), "{lines}");
    assert_eq!(cli.run("ssh ca --only known-hosts").ok(), lines);
    let page = ssh.admin.agent.get("/settings/admin/ssh/hosts").ok().text();
    assert!(page.contains(trusted), "{page}");
    let users = ssh.op.agent().get("/api/ssh/user-ca.pub").ok().text();
    assert!(users.starts_with("ssh-ed25519 "), "{users}");
}

#[test]
fn bad_names_and_lives_are_refused() {
    let mut ssh = SshOp::start();
    let key = new_key(&["-t", "ed25519"]);
    for (names, minutes) in [
        (vec![], 1_440),
        (vec![""], 1_440),
        (vec!["-oProxyCommand=id"], 1_440),
        (vec!["a,b"], 1_440),
        (vec!["*.example.com"], 1_440),
        (vec!["a\nb"], 1_440),
        (vec!["db1"], 59),
        (vec!["db1"], 600_000),
        (vec!["db1"], i64::MAX),
    ] {
        let body = json!({"publicKey": key, "names": names, "durationMinutes": minutes});
        let answer = ssh.admin.agent.post("/api/ssh-host-certificates", &body);
        assert_eq!(answer.error(), "400 validation_failed", "{names:?} {minutes}");
    }
    let mut alice = ssh.op.person("alice");
    let body = json!({"publicKey": key, "names": ["db1"]});
    let plain = alice.agent.post("/api/ssh-host-certificates", &body);
    assert_eq!(plain.error(), "403 forbidden");
    assert_eq!(ssh.op.count("ssh_certificates"), 0);
}
