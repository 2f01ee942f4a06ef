//! `pocketid api-key`

use serde_json::json;

use crate::support::cli::Cli;

fn with_alice() -> Cli {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli
}

#[test]
fn a_key_is_made_listed_and_deleted() {
    let cli = with_alice();
    let key = cli.run("api-key create backup --for alice --expires 90d --description Nightly").ok();
    assert_eq!((key.len(), key.lines().count()), (33, 1), "alone on its line");

    let listed = cli.run("api-key list").ok();
    assert!(listed.starts_with("backup\talice\t") && listed.contains("\tnever\t"), "{listed}");
    assert!(!listed.contains(key.trim()));
    assert_eq!(
        cli.run("api-key list ALICE@example.com -o json").code,
        Some(1),
        "she has no such address"
    );
    assert_eq!(
        cli.run("api-key list alice -o json").json(),
        json!([{
            "username": "alice", "id": "ID", "name": "backup", "description": "Nightly",
            "expiresAt": "TIME", "lastUsedAt": null, "createdAt": "TIME",
            "expirationEmailSent": false,
        }])
    );
    let stored: Vec<u8> =
        cli.database().query_row("SELECT key_digest FROM api_keys", [], |row| row.get(0)).unwrap();
    assert_eq!(stored, pocketid::crypto::Digest::of(key.trim()).as_bytes());

    cli.run("api-key delete backup").expect_failure(2);
    cli.run("api-key delete backup --yes").expect(0, "", "Deleted the key backup of alice.\n");
    cli.run("api-key list").expect(0, "", "");
    let log = cli.audit_log();
    for line in ["API_KEY_CREATED cli alice", "API_KEY_DELETED cli alice"] {
        assert!(log.iter().any(|entry| entry == line), "{log:?}");
    }
}

#[test]
fn a_name_that_works_already_is_refused_or_left_alone_and_one_that_expired_is_made_anew() {
    let cli = with_alice();
    cli.run("api-key create backup --for alice").expect_success();
    cli.run("api-key create backup --for alice").refused(
        1,
        &[
            "error: alice already has a key backup",
            "hint: add --if-absent to keep it unchanged, or choose another name",
        ],
    );
    cli.run("api-key create backup --for alice --if-absent").expect(
        0,
        "",
        "The key backup already exists; nothing was changed.\n",
    );
    cli.database().execute("UPDATE api_keys SET expires_at = 1", []).unwrap();
    cli.run("api-key create backup --for alice --if-absent -o json").expect_success();

    let two = cli.run("api-key delete backup --yes");
    assert!(
        two.stderr.starts_with("error: 2 keys match \"backup\"\nhint: give the id"),
        "{}",
        two.stderr
    );
    let id: String = cli
        .database()
        .query_row(
            "SELECT substr(lower(hex(id)), 1) FROM api_keys WHERE expires_at = 1",
            [],
            |row| row.get(0),
        )
        .unwrap();
    cli.run(&format!("api-key delete {id} --yes")).expect_success();
    cli.run("api-key delete backup --yes").expect_success();
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    let cli = with_alice();
    for (line, code) in [
        ("api-key create backup", 2),
        ("api-key create backup --for bob", 1),
        ("api-key create ab --for alice", 2),
        ("api-key create backup --for alice --expires 0", 2),
        ("api-key create backup --for alice --expires 3651d", 2),
        ("api-key list bob", 1),
        ("api-key delete backup --yes", 1),
    ] {
        cli.run(line).expect_failure(code);
    }
    cli.run("api-key delete backup --if-present").expect_success();
    cli.run("api-key create backup --for alice").expect_success();
    cli.run("api-key delete backupp --yes")
        .refused(1, &["error: there is no api-key \"backupp\"", "hint: did you mean backup?"]);
    cli.run("user remove alice --yes").expect_success();
    cli.run("api-key list").expect(0, "", "");
}
