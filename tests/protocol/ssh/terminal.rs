//! The commands, without a shell.

use std::fs;

use serde_json::Value;

use super::SshOp;
use crate::support::{
    cli::Cli,
    patience::run,
    sshd::{new_key, try_keygen},
};

fn cli(ssh: &SshOp) -> Cli {
    ssh.op.cli().with("APP_URL", ssh.op.base_url())
}

#[test]
fn the_terminal_does_what_the_api_does() {
    let ssh = SshOp::start();
    let cli = cli(&ssh);
    ssh.op.group("admins", &[]);
    cli.run("ssh enable").expect_success();
    cli.run("ssh account create root@db1 --group admins").expect_success();
    cli.run("ssh account create root@db1 --group admins --if-absent").expect_success();
    cli.run("ssh account create root@db1 --group admins").expect_failure(1);
    cli.run("ssh account create root").expect_failure(2);
    cli.run("ssh account update root@db1 --everyone").expect_success();
    assert_eq!(cli.run("ssh account list").ok(), "root@db1\teveryone\n");
    cli.run("ssh account delete root@db1 --yes").expect_success();
    let keys: Value = serde_json::from_str(&cli.run("ssh ca list -o json").ok()).unwrap();
    assert_eq!(keys.as_array().unwrap().len(), 2);
    cli.run("ssh ca rotate user").expect_success();
    let keys: Value = serde_json::from_str(&cli.run("ssh ca list -o json").ok()).unwrap();
    let id = |index: usize| keys[index]["id"].as_str().unwrap().to_owned();
    let next = keys.as_array().unwrap().iter().position(|key| key["state"] == "next").unwrap();
    cli.run(&format!("ssh ca activate {}", id(next))).expect_success();
    cli.run(&format!("ssh ca remove {} --yes", id(next))).expect_failure(1);
    let lines = cli.run("ssh ca").ok();
    for part in [
        "TrustedUserCAKeys /etc/ssh/pocketid_user_ca.pub",
        "RevokedKeys /etc/ssh/pocketid.krl",
        "AuthorizedPrincipalsCommand /usr/bin/pocketid ssh principals %u",
        "@cert-authority * ssh-ed25519 ",
        "OnUnitActiveSec=1min",
    ] {
        assert!(lines.contains(part), "{part}: {lines}");
    }
    assert!(lines.contains(ssh.op.base_url()), "{lines}");
    assert_eq!(
        cli.run("ssh ca --only user-ca").ok(),
        ssh.op.agent().get("/api/ssh/user-ca.pub").ok().text()
    );
    cli.write("host.pub", new_key(&["-t", "ed25519"]));
    let certificate = cli.run("ssh host sign host.pub --name db1 --expires 1d").ok();
    assert!(certificate.starts_with("ssh-ed25519-cert-v01@openssh.com "), "{certificate}");
    let certificates = cli.run("ssh certificate list -o json").ok();
    let certificates: Value = serde_json::from_str(&certificates).unwrap();
    let id = certificates[0]["id"].as_str().unwrap();
    cli.run(&format!("ssh certificate revoke {id} --yes")).expect_success();
    cli.run(&format!("ssh certificate revoke {id} --yes")).expect_failure(1);
    cli.run("ssh disable --yes").expect_success();
    cli.run("ssh ca").expect_failure(1);
}

/// A backup and a new encryption key keep what is there, and bring nothing back.
#[test]
fn a_retired_key_and_a_withdrawn_user_stay_so_through_a_new_encryption_key_and_a_backup() {
    let cli = Cli::new().with("APP_URL", "https://id.example.com");
    cli.run("user add alice --admin").expect_success();
    cli.run("ssh enable").expect_success();
    cli.run("ssh account create root --everyone").expect_success();
    cli.run("ssh user withdraw alice --yes").expect_success();
    cli.run("ssh ca rotate user").expect_success();
    let keys = |cli: &Cli| -> Value {
        serde_json::from_str(&cli.run("ssh ca list -o json").ok()).unwrap()
    };
    let in_state = |listed: &Value, state: &str| {
        let key = listed.as_array().unwrap().iter().find(|key| key["state"] == state).unwrap();
        key["id"].as_str().unwrap().to_owned()
    };
    cli.run(&format!("ssh ca activate {}", in_state(&keys(&cli), "next"))).expect_success();
    let listed = keys(&cli);
    cli.run(&format!("ssh ca activate {}", in_state(&listed, "retired"))).expect_failure(1);

    let rotated: Value =
        serde_json::from_str(&cli.run("rotate-encryption-key --yes -o json").stdout).unwrap();
    assert_eq!(rotated["resealed"]["ssh_ca_keys.sealed_pkcs8"], 2, "none of the retired one");
    assert_eq!(keys(&cli), listed);
    cli.run("backup all.zip").expect_success();
    let other = Cli::new().with("APP_URL", "https://id.example.com");
    fs::copy(cli.path("all.zip"), other.path("all.zip")).unwrap();
    other.run("restore all.zip").expect_success();
    assert_eq!(keys(&other), listed);
    assert_eq!(other.run("ssh user list").ok(), "alice\twithdrawn\t\troot\n");
    other.write("host.pub", new_key(&["-t", "ed25519"]));
    other.run("ssh host sign host.pub --name db1").expect_success();
}

#[test]
fn principals_are_printed_without_a_server_and_without_a_database() {
    let cli = Cli::new();
    assert_eq!(cli.run("ssh principals root").ok(), "root\n");
    let both = cli.run("ssh principals --host db1 --host DB root alice 4711").ok();
    assert_eq!(both, "root\nroot@db1\nroot@db\n");
    assert_eq!(cli.run("ssh principals --host db1 --only root").ok(), "root@db1\n");
    for account in ["Root", "a,b", "{username}", "root@db1", "*"] {
        cli.run_args(&["ssh", "principals", account]).expect_failure(1);
    }
    cli.run_args(&["ssh", "principals", "root\nadmin"]).expect_failure(1);
    cli.run_args(&["ssh", "principals", "-x"]).expect_failure(2);
    assert!(!cli.path("data").exists());
}

#[test]
fn a_broken_list_never_takes_the_place_of_a_good_one() {
    let ssh = SshOp::start();
    let cli = Cli::new();
    let write = |issuer: &str| cli.run(&format!("ssh krl --issuer {issuer} --write krl"));
    write(ssh.op.base_url()).expect_success();
    let good = fs::read(cli.path("krl")).unwrap();
    write(&format!("{}/nowhere", ssh.op.base_url())).expect_failure(1);
    write("http://127.0.0.1:1").expect_failure(1);
    write("http://id.example.com").expect_failure(2);
    assert_eq!(fs::read(cli.path("krl")).unwrap(), good);
    let names: Vec<_> =
        fs::read_dir(cli.path("")).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert_eq!(names, ["krl"], "nothing is left beside it");
    let path = cli.path("krl");
    let read = try_keygen(&["-Q", "-l", "-f", path.to_str().unwrap()]);
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
}

#[test]
fn an_older_list_never_takes_the_place_of_a_newer_one_and_an_outage_is_told_in_time() {
    let ssh = SshOp::start();
    let cli = Cli::new();
    let issuer = ssh.op.base_url();
    let write = |more: &str| cli.run(&format!("ssh krl --issuer {issuer} --write krl {more}"));
    ssh.op.advance(100);
    write("").expect_success();
    let newer = fs::read(cli.path("krl")).unwrap();
    ssh.op.advance(-50);
    write("").expect_failure(1);
    assert_eq!(fs::read(cli.path("krl")).unwrap(), newer);
    write("--force").expect_success();
    let older = fs::read(cli.path("krl")).unwrap();
    assert_ne!(older, newer);
    let away =
        |more: &str| cli.run(&format!("ssh krl --issuer http://127.0.0.1:1 --write krl {more}"));
    away("").expect_failure(1);
    away("--max-age 1h").expect_success();
    // As if it had been made at the beginning of time.
    let mut old = older.clone();
    old[12..20].copy_from_slice(&1_u64.to_be_bytes());
    fs::write(cli.path("krl"), old).unwrap();
    away("--max-age 1h").expect_failure(1);
    fs::write(cli.path("krl"), "").unwrap();
    away("--max-age 1h").expect_failure(1);
}

/// The alarm is for hosts that would let in what was revoked.
#[test]
fn a_list_from_the_future_or_the_past_is_told_whatever_the_server_answers() {
    let ssh = SshOp::start();
    let cli = Cli::new();
    let write = |issuer: &str, more: &str| {
        cli.run(&format!("ssh krl --issuer {issuer} --write krl --max-age 1h {more}"))
    };
    let away = || write("http://127.0.0.1:1", "");
    write(ssh.op.base_url(), "").expect_success();
    away().expect_success();

    // The clock of the server was ahead once.
    ssh.op.advance(3_000);
    let ran = write(ssh.op.base_url(), "");
    assert!(ran.stderr.contains("from the future"), "{}", ran.stderr);
    ran.expect_failure(1);
    ssh.op.advance(-3_000);
    let ran = write(ssh.op.base_url(), "");
    assert!(ran.stderr.contains("is newer"), "{}", ran.stderr);
    ran.expect_failure(1);
    away().expect_failure(1);
    write(ssh.op.base_url(), "--force").expect_success();

    // Some minutes are no alarm, but no newer list is excused.
    ssh.op.advance(200);
    write(ssh.op.base_url(), "").expect_success();
    ssh.op.advance(-200);
    away().expect_success();
    write(ssh.op.base_url(), "").expect_failure(1);

    // Something on the way gives the same old list for ever.
    ssh.op.advance(-7_200);
    let ran = write(ssh.op.base_url(), "--force");
    assert!(ran.stderr.contains("too old"), "{}", ran.stderr);
    ran.expect_failure(1);
}

#[test]
fn a_code_on_another_device_is_for_installations_that_allow_it() {
    let ssh = SshOp::start();
    let cli = Cli::new().with("POCKETID_ISSUER", ssh.op.base_url());
    let ran = cli.run("ssh login --device --key-file key");
    assert!(ran.stderr.contains("sshDeviceLogin"), "{}", ran.stderr);
    ran.expect_failure(1);
    assert_eq!(ssh.op.count("device_codes"), 0);
}

/// The only key to something must not be lost, also one that another authority certified.
#[test]
fn a_key_of_another_server_is_never_replaced() {
    let ssh = SshOp::start();
    let cli = Cli::new().with("POCKETID_ISSUER", ssh.op.base_url());
    let folder = cli.path("");
    let made = |args: &[&str]| {
        let mut keygen = std::process::Command::new("ssh-keygen");
        assert!(run(keygen.current_dir(&folder).args(args)).status.success(), "{args:?}");
    };
    made(&["-q", "-t", "ed25519", "-N", "", "-C", "pocketid https://other.example", "-f", "mine"]);
    made(&["-q", "-t", "ed25519", "-N", "", "-f", "ca"]);
    made(&["-q", "-s", "ca", "-I", "me", "-n", "root", "mine.pub"]);
    let before = fs::read(cli.path("mine")).unwrap();
    let ran = cli.run("ssh login --device --key-file mine");
    assert!(ran.stderr.contains("exists already"), "{}", ran.stderr);
    ran.expect_failure(1);
    assert_eq!(fs::read(cli.path("mine")).unwrap(), before);
}

#[test]
fn a_login_without_a_place_for_the_key_says_so_before_anybody_signs_in() {
    let ssh = SshOp::start();
    let cli = Cli::new().with("POCKETID_ISSUER", ssh.op.base_url());
    let ran = cli.run("ssh login");
    assert!(
        ran.stderr.contains("SSH_AUTH_SOCK") && ran.stderr.contains("--key-file"),
        "{}",
        ran.stderr
    );
    ran.expect_failure(1);
    cli.write("mine", "a key of another kind");
    let ran = cli.run("ssh login --key-file mine");
    assert!(ran.stderr.contains("exists already"), "{}", ran.stderr);
    ran.expect_failure(1);
    assert_eq!(fs::read_to_string(cli.path("mine")).unwrap(), "a key of another kind");
    let ran = Cli::new().run("ssh login --key-file key");
    ran.expect_failure(2);
    assert_eq!(ssh.op.count("device_codes"), 0);
}

#[test]
fn accounts_are_part_of_the_configuration_file() {
    let ssh = SshOp::start();
    let cli = cli(&ssh);
    let file = |text: &str| {
        cli.write("pocketid.yaml", text);
        cli.run("apply -f pocketid.yaml --prune --yes")
    };
    let all = "groups:\n  - name: admins\n  - name: staff\nsshAccounts:\n  - account: root@db1\n    \
               allowedUserGroups: [admins]\n  - account: '{username}'\n    allowedUserGroups: [staff]\n  \
               - account: guest\n    isForEveryone: true\n";
    file(all).expect_success();
    let listed = cli.run("ssh account list").ok();
    assert_eq!(listed, "guest\teveryone\nroot@db1\tadmins\n{username}\tstaff\n");
    let exported = cli.run("export-config").ok();
    for line in ["- account: root@db1", "isForEveryone: true", "account: \"{username}\""] {
        assert!(exported.contains(line), "{line}: {exported}");
    }
    cli.write("exported.yaml", &exported);
    cli.run("diff -f exported.yaml").expect_success();
    for bad in ["Root", "root,admin", "-x", "root@DB1"] {
        file(&format!("sshAccounts:\n  - account: '{bad}'\n")).expect_failure(3);
    }
    file("sshAccounts:\n  - account: root\n    allowedUserGroups: [nobody]\n").expect_failure(3);
    file("sshAccounts:\n  - account: root@db1\n    allowedUserGroups: [staff]\n").expect_success();
    assert_eq!(cli.run("ssh account list").ok(), "root@db1\tstaff\n");
}

/// Files of an earlier sign-in are replaced; a key of another authority is not, whatever lies beside it.
#[test]
fn a_key_with_a_certificate_of_another_authority_is_left_alone() {
    let ssh = SshOp::start();
    let cli = Cli::new().with("POCKETID_ISSUER", ssh.op.base_url());
    cli.write("id_ed25519", "the only key to something");
    cli.write("id_ed25519-cert.pub", "ssh-ed25519-cert-v01@openssh.com AAAA me@laptop\n");
    let ran = cli.run("ssh login --key-file id_ed25519");
    assert!(ran.stderr.contains("exists already"), "{}", ran.stderr);
    ran.expect_failure(1);
    assert_eq!(ssh.op.count("device_codes"), 0);
}
