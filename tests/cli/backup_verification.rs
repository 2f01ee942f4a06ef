//! The server proves by itself that the newest backup can be restored.

use std::{fs, path::Path, time::Duration};

use serde_json::Value;

use super::backup_schedule::{MORNING, backups, servers_with, wait_for_backup};
use crate::support::{agent::Agent, cli::Cli, op::TestOp, wait_for};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const MIDNIGHT: i64 = MORNING + 16 * HOUR;
const WEEKLY: [(&str, &str); 1] = [("BACKUP_VERIFY", "weekly")];

const API_KEY: &str = "a-key-of-a-program-of-ours";

/// A provider that makes a backup at midnight, with its data in a folder.
fn provider(data: &Path, target: &Path, moment: i64, more: &[(&str, &str)]) -> TestOp {
    let database = data.join("pocketid.db");
    let own = [
        ("DB_CONNECTION_STRING", database.to_str().unwrap()),
        ("BACKUP_SCHEDULE", "@daily"),
        ("BACKUP_TARGET", target.to_str().unwrap()),
        ("BACKUP_PASSPHRASE", "correct horse battery staple"),
        ("STATIC_API_KEY", API_KEY),
    ];
    TestOp::at_moment(moment, &[&own, more].concat())
}

/// One that has made a backup one minute after midnight, and stopped.
fn backed_up(data: &Path, target: &Path) -> String {
    let op = provider(data, target, MORNING, &[]);
    op.user("alice");
    op.advance(MIDNIGHT + 60 - MORNING);
    wait_for_backups(&op, target, 1);
    backups(target).pop().unwrap()
}

/// Waits until these backups are there, and the server knows that it made the last one.
fn wait_for_backups(op: &TestOp, target: &Path, count: usize) {
    wait_for_backup(op, "a backup", || backups(target).len() == count);
}

/// The kinds of the audit events of verified backups, the last at the end.
fn verifications(op: &TestOp) -> Vec<String> {
    op.texts("SELECT kind FROM audit_events WHERE kind LIKE 'BACKUP_VERIF%' ORDER BY id")
}

fn last_data(op: &TestOp) -> String {
    let all = "SELECT data FROM audit_events WHERE kind LIKE 'BACKUP_VERIF%' ORDER BY id";
    op.texts(all).pop().unwrap_or_default()
}

fn root(op: &TestOp) -> Agent {
    op.agent().with_header("x-api-key", API_KEY)
}

/// The finding of `doctor` whose text begins with this name.
fn finding(op: &TestOp, name: &str) -> Value {
    let found = root(op).get("/api/doctor").ok().json();
    let found = found["findings"].as_array().unwrap().iter();
    found
        .filter(|found| found["check"] == "backups")
        .find(|found| found["finding"].as_str().unwrap().starts_with(name))
        .cloned()
        .unwrap_or_default()
}

#[test]
fn the_newest_backup_is_verified_every_week() {
    let (data, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let op = provider(data.path(), folder.path(), MORNING, &WEEKLY);
    op.user("alice");
    assert!(verifications(&op).is_empty(), "there is none yet");
    op.advance(16 * HOUR + 60);
    wait_for_backups(&op, folder.path(), 1);
    let first = backups(folder.path()).pop().unwrap();

    op.advance(HOUR);

    wait_for("a verification", || !verifications(&op).is_empty());
    assert_eq!(verifications(&op), ["BACKUP_VERIFIED"]);
    assert!(last_data(&op).contains(&first), "{}", last_data(&op));
    let last = root(&op).get("/api/backups").ok().json();
    assert_eq!(last["verify"], "weekly");
    assert_eq!(last["lastVerification"]["backup"], first);
    assert_eq!(last["lastVerification"]["fault"], Value::Null);
    assert_eq!(finding(&op, &first)["status"], "ok");

    op.advance(6 * DAY);
    wait_for("another backup", || backups(folder.path()).len() == 2);
    std::thread::sleep(Duration::from_millis(1_500));
    assert_eq!(verifications(&op).len(), 1, "a week is not over");
    let second = backups(folder.path()).pop().unwrap();
    op.advance(DAY);
    wait_for("the next verification", || verifications(&op).len() == 2);
    assert!(!last_data(&op).contains(&first) && second > first, "{}", last_data(&op));
}

#[test]
fn a_damaged_backup_is_told_until_a_sound_one_is_there() {
    let (data, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = backed_up(data.path(), folder.path());
    let content = fs::read(folder.path().join(&first)).unwrap();
    fs::write(folder.path().join(&first), &content[..content.len() - 100]).unwrap();

    let op = provider(data.path(), folder.path(), MIDNIGHT + HOUR, &WEEKLY);

    wait_for("a failure", || !verifications(&op).is_empty());
    assert_eq!(verifications(&op), ["BACKUP_VERIFICATION_FAILED"]);
    assert!(last_data(&op).contains("it was altered or cut off"), "{}", last_data(&op));
    let found = finding(&op, &first);
    assert_eq!(found["status"], "problem", "{found}");
    assert!(found["mend"].as_str().unwrap().contains("pocketid backup"), "{found}");

    op.advance(23 * HOUR);
    wait_for_backups(&op, folder.path(), 2);
    op.advance(HOUR);
    wait_for("a success", || verifications(&op).len() == 2);
    assert_eq!(verifications(&op)[1], "BACKUP_VERIFIED");
    let second = backups(folder.path()).pop().unwrap();
    assert_eq!(finding(&op, &second)["status"], "ok");
}

#[test]
fn backups_that_are_gone_are_told() {
    let (data, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = backed_up(data.path(), folder.path());
    fs::remove_file(folder.path().join(first)).unwrap();

    let op = provider(data.path(), folder.path(), MIDNIGHT + HOUR, &WEEKLY);

    wait_for("a failure", || !verifications(&op).is_empty());
    let fault = "BACKUP_TARGET has no backup of this installation";
    assert!(last_data(&op).contains(fault), "{}", last_data(&op));
}

#[test]
fn of_two_servers_one_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let folders = [folder.path(), folder.path()];
    let servers = servers_with(folders, &[("BACKUP_VERIFY", "daily")]);
    servers.iter().for_each(|server| server.advance(DAY));
    wait_for_backups(&servers[0], folder.path(), 1);

    servers.iter().for_each(|server| server.advance(HOUR));

    wait_for("a verification", || !verifications(&servers[0]).is_empty());
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(verifications(&servers[0]), ["BACKUP_VERIFIED"]);
}

#[test]
fn doctor_tells_of_what_was_not_made_and_not_verified() {
    let cli = Cli::new()
        .with("BACKUP_SCHEDULE", "@daily")
        .with("BACKUP_TARGET", ".")
        .with("BACKUP_VERIFY", "weekly");
    cli.run("user add alice --admin").expect_success();
    let database = cli.database();
    let insert = "INSERT INTO meta (key, value) VALUES (?1, ?2)";
    let at = MORNING - 400 * DAY;
    database.execute(insert, ("last_scheduled_backup_at", at.to_be_bytes().to_vec())).unwrap();
    let found = |text: &str| {
        let found = cli.run("doctor --offline").stdout;
        assert!(found.contains(text), "{found}");
    };

    found(
        "problem\tbackups\tthe last scheduled backup was made at 2025-11-30T08:00:00Z, and those",
    );
    found("warning\tbackups\tno backup has been verified, although BACKUP_VERIFY is set\t");
    let verified = format!(r#"{{"begun_at":{at},"backup":"it.zip","fault":null}}"#);
    database.execute(insert, ("last_backup_verification", verified.into_bytes())).unwrap();
    found(
        "warning\tbackups\tthe last backup that was verified is it.zip, at 2025-11-30T08:00:00Z\t",
    );
}
