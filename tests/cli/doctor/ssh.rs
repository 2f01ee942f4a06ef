//! Findings about the SSH certificate authority.

use super::{expect, findings, idle, offline};
use crate::support::{cli::Cli, sshd::new_key};

fn with_ssh() -> Cli {
    let cli = idle().with("APP_URL", "https://id.example.com");
    cli.run("ssh enable").expect_success();
    cli
}

fn execute(cli: &Cli, sql: &str) {
    cli.database().execute(sql, []).unwrap();
}

/// What the check of this name says.
fn told(cli: &Cli) -> Vec<String> {
    let found = offline(cli);
    let all = found["findings"].as_array().unwrap().iter().filter(|one| one["check"] == "SSH");
    all.map(|one| one["finding"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_authority_that_is_off_or_well_needs_nothing() {
    assert!(told(&idle()).is_empty());
    assert_eq!(told(&with_ssh()), ["SSH certificates are signed for users and for hosts"]);
    let cli = with_ssh();
    cli.run("ssh disable --yes").expect_success();
    assert!(told(&cli).is_empty(), "turned off");
}

#[test]
fn a_client_that_was_deleted_is_told() {
    let cli = with_ssh();
    cli.run("client delete pocketid-ssh --yes").expect_failure(1);
    execute(&cli, "DELETE FROM clients WHERE id = 'pocketid-ssh'");
    let found = offline(&cli);
    expect(&found, "SSH", "problem", "pocketid-ssh was deleted", "pocketid ssh enable");
    cli.run("ssh enable").expect_success();
    assert_eq!(told(&cli), ["SSH certificates are signed for users and for hosts"]);
}

#[test]
fn keys_that_are_missing_or_lost_are_told() {
    let cli = with_ssh();
    execute(&cli, "UPDATE ssh_ca_keys SET sealed_pkcs8 = NULL WHERE kind = 'user'");
    let found = offline(&cli);
    expect(
        &found,
        "SSH",
        "problem",
        "no key signs SSH certificates of users",
        "pocketid ssh enable",
    );
    expect(&found, "SSH", "warning", "was lost with the encryption key", "pocketid ssh ca remove");

    let cli = with_ssh();
    execute(&cli, "UPDATE ssh_ca_keys SET removed_at = 1, sealed_pkcs8 = NULL");
    let found = offline(&cli);
    expect(
        &found,
        "SSH",
        "problem",
        "no key signs SSH certificates of users",
        "pocketid ssh disable",
    );
    expect(
        &found,
        "SSH",
        "warning",
        "no key signs SSH certificates of hosts",
        "pocketid ssh enable",
    );
}

#[test]
fn keys_that_were_not_renewed_or_not_removed_are_told() {
    let cli = with_ssh();
    cli.run("ssh ca rotate user").expect_success();
    assert_eq!(told(&cli).len(), 1, "the next one is new");
    execute(
        &cli,
        "UPDATE ssh_ca_keys SET created_at = created_at - 2700000 WHERE activated_at IS NULL",
    );
    let found = offline(&cli);
    expect(&found, "SSH", "warning", "signs nothing yet", "pocketid ssh ca activate");

    let keys: serde_json::Value =
        serde_json::from_str(&cli.run("ssh ca list -o json").ok()).unwrap();
    let next = keys.as_array().unwrap().iter().find(|key| key["state"] == "next").unwrap();
    cli.run(&format!("ssh ca activate {}", next["id"].as_str().unwrap())).expect_success();
    let found = offline(&cli);
    expect(&found, "SSH", "warning", "signs no more", "pocketid ssh ca remove");

    let cli = with_ssh();
    execute(
        &cli,
        "UPDATE ssh_ca_keys SET activated_at = activated_at - 95000000 WHERE kind = 'host'",
    );
    let found = offline(&cli);
    let mend = "pocketid ssh ca rotate host, give the new one to every laptop";
    expect(&found, "SSH", "warning", "the SSH host key SHA256:", mend);
    assert_eq!(told(&cli).len(), 1);
}

#[test]
fn certificates_of_hosts_that_end_are_told_unless_a_later_one_is_there() {
    let cli = with_ssh();
    cli.write("db1.pub", new_key(&["-t", "ed25519"]));
    cli.write("db2.pub", new_key(&["-t", "ed25519"]));
    cli.run("ssh host sign db1.pub --name db1 --expires 90d").expect_success();
    cli.run("ssh host sign db2.pub --name db2 --expires 90d").expect_success();
    assert_eq!(told(&cli).len(), 1, "both are new");
    // As if eighty days had gone by.
    execute(
        &cli,
        "UPDATE ssh_certificates SET created_at = created_at - 6912000, expires_at = expires_at - 6912000",
    );
    let found = offline(&cli);
    let mend = "pocketid ssh host sign FILE --name db1";
    expect(&found, "SSH", "warning", "end, and were not renewed: db1 (", mend);
    cli.run("ssh host sign db1.pub --name db1.example.com --expires 90d").expect_success();
    assert!(told(&cli)[0].contains("not renewed: db2 ("), "the same key: {:?}", told(&cli));
    cli.write("new.pub", new_key(&["-t", "ed25519"]));
    cli.run("ssh host sign new.pub --name db2 --expires 1h").expect_success();
    assert!(told(&cli)[0].contains("not renewed: db2 ("), "it ends sooner: {:?}", told(&cli));
    cli.run("ssh host sign new.pub --name db2 --expires 90d").expect_success();
    assert_eq!(told(&cli), ["SSH certificates are signed for users and for hosts"]);
}

#[test]
fn accounts_that_nobody_may_enter_are_told_unless_they_keep_a_name_free() {
    let cli = with_ssh();
    for group in ["admins", "gone"] {
        cli.run(&format!("group create {group}")).expect_success();
    }
    cli.run("ssh account create root --group admins").expect_success();
    cli.run("ssh account create postgres@db1 --group gone").expect_success();
    cli.run("ssh account create games --everyone").expect_success();
    cli.run("group remove gone --yes").expect_success();
    let found = offline(&cli);
    let mend = "pocketid ssh account update 'postgres@db1' --group GROUP";
    expect(&found, "SSH", "warning", "nobody may enter these accounts of hosts", mend);
    assert!(told(&cli)[0].ends_with("postgres@db1, root"), "{:?}", told(&cli));
    cli.run("group assign admins alice").expect_success();
    assert!(told(&cli)[0].ends_with(": postgres@db1"), "{:?}", told(&cli));
    // Now it keeps a user of this name out.
    cli.run("ssh account create {username} --group admins").expect_success();
    assert_eq!(told(&cli), ["SSH certificates are signed for users and for hosts"]);
}

#[test]
fn users_whom_a_rule_would_let_in_are_told_until_they_are_confirmed_or_refused() {
    let cli = with_ssh();
    cli.run("group create staff").expect_success();
    for name in ["bob", "carol", "ubuntu", "dora", "erin"] {
        cli.run(&format!("user add {name} --group staff")).expect_success();
    }
    cli.run("user add frank").expect_success();
    cli.run("ssh account create {username} --group staff").expect_success();
    assert_eq!(told(&cli).len(), 1, "an administrator made them");
    // As if they had signed up.
    execute(&cli, "DELETE FROM ssh_users");
    cli.run("ssh user confirm dora").expect_success();
    cli.run("user disable erin").expect_success();
    let found = offline(&cli);
    let mend = "pocketid ssh user confirm bob";
    expect(&found, "SSH", "warning", "until they are confirmed: bob, carol", mend);
    assert!(told(&cli)[0].ends_with("bob, carol"), "{:?}", told(&cli));
    cli.run("ssh user confirm bob").expect_success();
    cli.run("ssh user withdraw carol --yes").expect_success();
    execute(&cli, "UPDATE ssh_users SET held_at = 1000 WHERE username = 'dora'");
    assert!(told(&cli)[0].ends_with(": dora"), "with a new passkey: {:?}", told(&cli));
    let found = findings(&cli.run("doctor --offline -o json"));
    assert_eq!(found["status"], "problem", "nobody has a passkey here");
}
