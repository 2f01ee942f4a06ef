//! `/api/backups`: an addition to Pocket ID.

use std::{fs, os::unix::fs::symlink, path::Path};

use hyper::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{administrator, only_administrators_may};
use crate::support::{
    agent::Agent,
    op::TestOp,
    s3::{BUCKET, FakeS3, KEY_ID, REGION, SECRET},
};

const PATH: &str = "/api/backups";
const PLAIN: &str = "pocketid-20260101T000000Z-0.1.0.zip";
const SEALED: &str = "pocketid-20260101T000000Z-0.1.0.zip.age";
const PASSPHRASE: (&str, &str) = ("BACKUP_PASSPHRASE", "a passphrase of many words");

/// A provider with these variables that makes its backups in this folder.
fn backing_up(folder: &Path, variables: &[(&str, &str)]) -> TestOp {
    let own = [("DISABLE_RATE_LIMITING", "true"), ("BACKUP_TARGET", folder.to_str().unwrap())];
    TestOp::with_settings(&[&own, variables].concat())
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn make(agent: &mut Agent) -> String {
    let made = agent.post(PATH, &json!(null));
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()["name"].as_str().unwrap().to_owned()
}

fn path(name: &str) -> String {
    format!("{PATH}/{name}")
}

fn verify(agent: &mut Agent, name: &str) -> String {
    agent.post(&format!("{PATH}/{name}/verify"), &json!(null)).error().trim_end().to_owned()
}

fn backup_events(op: &TestOp) -> Vec<String> {
    op.texts("SELECT kind FROM audit_events WHERE kind LIKE 'BACKUP_%' ORDER BY id")
}

#[test]
fn a_backup_is_made_listed_verified_and_downloaded_as_at_the_terminal() {
    let folder = folder();
    let target = folder.path().to_str().unwrap();
    let op = backing_up(
        folder.path(),
        &[PASSPHRASE, ("BACKUP_SCHEDULE", "@weekly"), ("BACKUP_KEEP", "3")],
    );
    let mut root = administrator(&op);
    let made = root.post(PATH, &json!(null));
    assert_eq!(made.status, 201);
    let name = made.json()["name"].as_str().unwrap().to_owned();
    let file = fs::read(folder.path().join(&name)).unwrap();

    let listed = root.get(PATH).ok().json();
    let of_terminal = op.beside_args(&["backup", "list", target, "-o", "json"]).ok();
    let of_terminal: Value = serde_json::from_str(&of_terminal).unwrap();
    assert_eq!((&listed["backups"], &listed["backups"][0]), (&of_terminal, &made.json()));
    assert_eq!(listed["backups"][0]["size"], file.len());
    for (field, value) in [
        ("schedule", json!("0 0 * * 0")),
        ("target", json!(target)),
        ("keep", json!(3)),
        ("encrypts", json!(true)),
    ] {
        assert_eq!(listed[field], value, "{field}");
    }
    assert!(
        listed["nextAt"].as_str().unwrap() > listed["backups"][0]["createdAt"].as_str().unwrap()
    );

    let verified = root.post(&format!("{PATH}/{name}/verify"), &json!(null)).ok().json();
    assert_eq!(verified["tables"]["users"], 1);
    assert_eq!(verified["appUrl"], op.base_url());

    let sent = root.get(&path(&name)).ok();
    assert_eq!(sent.body, file);
    assert_eq!(sent.header("content-type"), "application/octet-stream");
    assert_eq!(sent.header("content-length"), file.len().to_string());
    assert_eq!(sent.header("cache-control"), "no-store");
    assert_eq!(sent.header("content-disposition"), format!("attachment; filename=\"{name}\""));

    assert_eq!(backup_events(&op), ["BACKUP_CREATED", "BACKUP_DOWNLOADED"]);
    let data = op.texts("SELECT data FROM audit_events WHERE kind = 'BACKUP_DOWNLOADED'");
    assert!(data[0].contains(&name), "{data:?}");
}

#[test]
fn nobody_else_sees_or_makes_backups() {
    let folder = folder();
    let op = backing_up(folder.path(), &[PASSPHRASE]);
    let name = make(&mut administrator(&op));
    let (one, verify) = (path(&name), format!("{PATH}/{name}/verify"));
    only_administrators_may(
        &op,
        &[
            (Method::GET, PATH, json!(null)),
            (Method::POST, PATH, json!(null)),
            (Method::GET, &one, json!(null)),
            (Method::POST, &verify, json!(null)),
        ],
    );
    assert_eq!(backup_events(&op), ["BACKUP_CREATED"]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn without_a_target_the_setting_is_named() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let listed = root.get(PATH).ok().json();
    assert_eq!((&listed["target"], &listed["backups"]), (&Value::Null, &json!([])));
    for answer in [root.post(PATH, &json!(null)), root.get(&path(SEALED))] {
        assert_eq!(answer.error(), "409 backup_target_not_set");
        assert!(answer.text().contains("Set it to a folder"), "{}", answer.text());
    }
    assert_eq!(verify(&mut root, SEALED), "409 backup_target_not_set");

    let op = backing_up(Path::new("/nonexistent"), &[]);
    let mut root = administrator(&op);
    assert_eq!(root.get(PATH).error(), "409 backup_target_unusable");
    assert_eq!(root.post(PATH, &json!(null)).error(), "409 backup_target_unusable");
    assert!(backup_events(&op).is_empty(), "nothing was made");
}

/// An unencrypted backup gives away every account.
#[test]
fn an_unencrypted_backup_needs_a_passkey_that_was_used_lately() {
    let folder = folder();
    let key = "a-static-key-of-the-tests";
    let op = backing_up(folder.path(), &[("STATIC_API_KEY", key)]);
    let mut root = op.person("root");
    op.change_user(root.id, |user| user.is_admin = true);
    let name = make(&mut root.agent);
    root.agent.get(&path(&name)).ok();
    op.advance(301);

    let required = "401 reauthentication_required";
    assert_eq!(root.agent.get(&path(&name)).error(), required);
    let own_key = op.beside("api-key create script --for root").ok();
    let mut programs = [own_key.trim(), key].map(|key| op.agent().with_header("x-api-key", key));
    for program in &mut programs {
        let answer = program.get(&path(&name));
        assert_eq!(answer.error(), "403 backup_not_encrypted");
        assert!(answer.text().contains("BACKUP_PASSPHRASE"), "{}", answer.text());
        assert_eq!(program.get(PATH).ok().json()["encrypts"], false);
    }
    assert_eq!(backup_events(&op), ["BACKUP_CREATED", "BACKUP_DOWNLOADED"], "of the refused none");

    root.authenticator.reauthenticate(&mut root.agent).ok();
    let sent = root.agent.get(&path(&name)).ok();
    assert_eq!(sent.body, fs::read(folder.path().join(&name)).unwrap());
    assert_eq!(sent.header("content-type"), "application/zip");
    assert_eq!(root.agent.get(&path(&name)).error(), required, "one use for one download");
}

#[test]
fn a_name_that_says_encrypted_is_not_believed() {
    let folder = folder();
    let op = backing_up(folder.path(), &[]);
    let mut root = administrator(&op);
    let plain = make(&mut root);
    fs::rename(folder.path().join(plain), folder.path().join(SEALED)).unwrap();
    assert_eq!(root.get(&path(SEALED)).error(), "403 backup_not_encrypted");
    assert_eq!(verify(&mut root, SEALED), "422 backup_unusable", "it may be forged");
}

#[test]
fn only_backups_of_the_folder_can_be_asked_for() {
    let (folder, other) = (folder(), folder());
    let op = backing_up(folder.path(), &[PASSPHRASE]);
    let mut root = administrator(&op);
    let made = make(&mut root);
    let outside = other.path().join("outside");
    fs::rename(folder.path().join(made), &outside).unwrap();
    fs::write(folder.path().join("notes.txt"), "private").unwrap();
    symlink(&outside, folder.path().join(SEALED)).unwrap();
    let escape = format!("..%2F{}%2F{SEALED}", other.path().file_name().unwrap().to_str().unwrap());
    for name in ["notes.txt", SEALED, PLAIN, "..%2Foutside", "%2Fetc%2Fpasswd", &escape] {
        assert_eq!(root.get(&path(name)).error(), "404 not_found", "{name}");
        assert_eq!(verify(&mut root, name), "404 not_found", "{name}");
    }
    assert_eq!(backup_events(&op), ["BACKUP_CREATED"]);
}

#[test]
fn one_backup_is_made_at_a_time_on_a_schedule_or_by_hand() {
    let folder = folder();
    let op = backing_up(folder.path(), &[PASSPHRASE]);
    let mut root = administrator(&op);
    // A server that makes a scheduled backup holds this lease.
    let until = op.now().plus(30).as_unix();
    op.execute(&format!(
        "INSERT INTO leases (name, holder, expires_at) VALUES ('backup', 'x', {until})"
    ));
    assert_eq!(root.post(PATH, &json!(null)).error(), "409 backup_running");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    assert!(backup_events(&op).is_empty());

    op.execute("DELETE FROM leases");
    make(&mut root);
    assert_eq!(op.number("SELECT COUNT(*) FROM leases WHERE name = 'backup'"), 0, "given back");
}

#[test]
fn a_failed_backup_gives_the_turn_back_and_is_no_entry_in_the_audit_log() {
    let folder = folder();
    let op = backing_up(folder.path(), &[]);
    let mut root = administrator(&op);
    fs::remove_dir(folder.path()).unwrap();
    assert_eq!(root.post(PATH, &json!(null)).error(), "409 backup_target_unusable");
    assert!(backup_events(&op).is_empty());
    fs::create_dir(folder.path()).unwrap();
    make(&mut root);
}

#[test]
fn a_backup_that_cannot_be_restored_is_told() {
    let folder = folder();
    let op = backing_up(folder.path(), &[PASSPHRASE]);
    let mut root = administrator(&op);
    let name = make(&mut root);
    assert_eq!(verify(&mut root, &name), "200");
    let file = folder.path().join(&name);
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    assert_eq!(verify(&mut root, &name), "422 backup_unusable");
    fs::write(folder.path().join(PLAIN), "PK\x03\x04").unwrap();
    assert_eq!(verify(&mut root, PLAIN), "422 backup_unusable", "not encrypted");

    let without = backing_up(folder.path(), &[]);
    let mut root = administrator(&without);
    assert_eq!(verify(&mut root, &name), "409 backup_passphrase_not_set");
    assert_eq!(verify(&mut root, PLAIN), "422 backup_unusable", "no archive");
}

#[test]
fn a_large_backup_arrives_in_pieces_as_often_as_it_is_asked_for() {
    let folder = folder();
    let op = backing_up(folder.path(), &[]);
    let mut root = administrator(&op);
    let mut content = b"age-encryption.org/v1\n".to_vec();
    content.extend((0..3_000_001_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8));
    fs::write(folder.path().join(SEALED), &content).unwrap();
    for _ in 0..5 {
        assert!(root.get(&path(SEALED)).ok().body == content);
    }
    let head = root.send(Method::HEAD, &path(SEALED), None, "".into());
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(backup_events(&op), ["BACKUP_DOWNLOADED"; 5], "of HEAD none");
}

#[test]
fn backups_in_s3_are_made_listed_verified_and_downloaded() {
    let s3 = FakeS3::start();
    let endpoint = s3.endpoint();
    let target = format!("s3://{BUCKET}/id");
    let op = TestOp::with_settings(&[
        ("DISABLE_RATE_LIMITING", "true"),
        ("BACKUP_TARGET", &target),
        ("S3_ENDPOINT", &endpoint),
        ("S3_REGION", REGION),
        ("S3_ACCESS_KEY_ID", KEY_ID),
        ("S3_SECRET_ACCESS_KEY", SECRET),
        PASSPHRASE,
    ]);
    let mut root = administrator(&op);
    let name = make(&mut root);
    let listed = root.get(PATH).ok();
    assert_eq!(listed.json()["backups"][0]["name"], name.as_str());
    assert!(!listed.text().contains(SECRET) && !listed.text().contains(KEY_ID));
    assert_eq!(verify(&mut root, &name), "200");
    assert!(root.get(&path(&name)).ok().body == s3.content(&format!("id/{name}")));
    assert_eq!(root.get(&path(SEALED)).error(), "404 not_found");

    let broken = TestOp::with_settings(&[
        ("DISABLE_RATE_LIMITING", "true"),
        ("BACKUP_TARGET", &target),
        ("S3_ENDPOINT", "http://127.0.0.1:1"),
        ("S3_ACCESS_KEY_ID", KEY_ID),
        ("S3_SECRET_ACCESS_KEY", SECRET),
    ]);
    let mut root = administrator(&broken);
    assert_eq!(root.get(PATH).error(), "502 backup_target_failed");
    let refused = root.post(PATH, &json!(null));
    assert_eq!(refused.error(), "502 backup_target_failed");
    assert!(!refused.text().contains(SECRET), "{}", refused.text());
}

#[test]
fn backups_are_made_a_limited_number_of_times() {
    let folder = folder();
    let op = TestOp::with_settings(&[("BACKUP_TARGET", folder.path().to_str().unwrap())]);
    let mut root = administrator(&op);
    let answers: Vec<_> = (0..31).map(|_| root.get(&path(PLAIN)).status).collect();
    assert_eq!(answers, [[404; 30].as_slice(), &[429]].concat());
}
