//! `pocketid rotate-encryption-key`: everything is sealed under another key, or nothing.

use std::{fs, os::unix::fs::PermissionsExt as _, thread, time::Duration};

use crate::support::{cli::Cli, postgres, wait_for};

const OLD: &str = "the old key of the database";
const NEW: &str = "the new key of the database";

/// A folder with signing keys, sealed under a key of our own.
fn with_kept_key() -> Cli {
    let cli = Cli::new().with_empty_database();
    cli.run("rotate-keys").expect_success();
    cli
}

/// The same with a key that is given.
fn with_given_key() -> Cli {
    let cli = Cli::new().with_empty_database().with("ENCRYPTION_KEY", OLD);
    cli.run("rotate-keys").expect_success();
    cli.write("new.key", format!("{NEW}\n"));
    cli
}

fn kept_key(cli: &Cli) -> String {
    fs::read_to_string(cli.path("data/encryption.key")).unwrap()
}

/// Whether the configured key opens the sealed values.
fn opens(cli: &Cli) -> bool {
    // Revoking, since only so many keys are published at a time.
    cli.run("rotate-keys --alg ES256 --revoke --yes").code == Some(0)
}

#[test]
fn a_key_of_our_own_is_replaced_by_another_one() {
    let cli = with_kept_key();
    cli.write("password", "hunter2");
    cli.run("config set smtpPassword --value-file password").expect_success();
    let (old, keys) = (kept_key(&cli), cli.run("keys list").ok());

    let rotated = cli.run("rotate-encryption-key --yes -o json");

    assert_eq!(rotated.code, Some(0), "{}", rotated.stderr);
    assert!(rotated.stderr.contains("The new key is in data/encryption.key"), "{}", rotated.stderr);
    let counts: serde_json::Value = serde_json::from_str(&rotated.stdout).unwrap();
    let expected = serde_json::json!({
        "meta.key_check": 1,
        "outbox.sealed_content": 0,
        "scim_providers.sealed_token": 0,
        "settings.sealed_value": 1,
        "signing_keys.sealed_pkcs8": 2,
        "signup_tokens.sealed_token": 0,
        "ssh_ca_keys.sealed_pkcs8": 0,
        "webhooks.sealed_previous_secret": 0,
        "webhooks.sealed_secret": 0,
    });
    assert_eq!(counts["resealed"], expected);
    let kept = counts["keptAs"].as_str().unwrap();
    assert!(kept.contains("data/encryption.key.before-rotation-"), "{kept}");
    assert!(rotated.stderr.contains(kept), "{}", rotated.stderr);
    assert_eq!(fs::read_to_string(cli.path(kept)).unwrap(), old);
    assert_eq!(fs::metadata(cli.path(kept)).unwrap().permissions().mode() & 0o777, 0o600);
    assert_ne!(kept_key(&cli), old);
    let mode = fs::metadata(cli.path("data/encryption.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!cli.path("data/encryption.key.new").exists());
    assert_eq!(cli.run("keys list").ok(), keys);
    cli.run("config get smtpPassword --reveal").expect(0, "hunter2\n", "");
    assert!(opens(&cli));
    assert!(cli.audit_log().contains(&"ENCRYPTION_KEY_ROTATED cli -".to_owned()));
    cli.write("data/encryption.key", old);
    assert!(!opens(&cli), "the old key is of no use");
}

/// Of codes that people type only digests under the key are stored.
#[test]
fn codes_that_nobody_has_used_end_with_the_old_key_and_that_is_said() {
    let cli = with_kept_key();
    cli.run("user add alice").expect_success();
    cli.run("recover alice").ok();

    let rotated = cli.run("rotate-encryption-key --yes");

    assert_eq!(rotated.code, Some(0), "{}", rotated.stderr);
    let told = "1 one-time links and device codes ended with the old key";
    assert!(rotated.stderr.contains(told), "{}", rotated.stderr);
    let left = "SELECT COUNT(*) FROM one_time_access_tokens";
    let left: i64 = cli.database().query_row(left, [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

/// Both happen within one second as a rule; older backups need either key.
#[test]
fn every_key_that_was_replaced_is_kept() {
    let cli = with_kept_key();
    let mut keys = vec![kept_key(&cli)];
    for _ in 0..3 {
        cli.run("rotate-encryption-key --yes").expect_success();
        keys.push(kept_key(&cli));
    }
    keys.pop();

    let files = std::fs::read_dir(cli.path("data")).unwrap().map(|file| file.unwrap().path());
    let copies = files.filter(|path| path.to_str().unwrap().contains(".before-rotation-"));
    let mut kept: Vec<_> = copies.map(|path| std::fs::read_to_string(path).unwrap()).collect();

    kept.sort();
    keys.sort();
    assert_eq!(kept, keys);
}

#[test]
fn where_the_key_is_given_the_new_one_has_to_be_put_in_place() {
    let cli = with_given_key();

    let rotated = cli.run("rotate-encryption-key --new-key-file new.key --yes");

    assert_eq!(rotated.code, Some(0), "{}", rotated.stderr);
    assert_eq!(
        rotated.stdout,
        "meta.key_check\t1\noutbox.sealed_content\t0\nscim_providers.sealed_token\t0\nsettings.sealed_value\t0\nsigning_keys.sealed_pkcs8\t2\n\
         signup_tokens.sealed_token\t0\nssh_ca_keys.sealed_pkcs8\t0\nwebhooks.sealed_previous_secret\t0\nwebhooks.sealed_secret\t0\n"
    );
    let told = "set ENCRYPTION_KEY to the key in new.key;\nrestart every running server";
    assert!(rotated.stderr.contains(told), "{}", rotated.stderr);
    assert!(!opens(&cli));
    let cli = cli.with("ENCRYPTION_KEY", NEW);
    assert!(opens(&cli));
    // The file ends with a line feed, which is no part of the key when the setting names the file.
    let cli = cli.with("ENCRYPTION_KEY_FILE", "new.key");
    assert!(opens(&cli));
    cli.run("rotate-encryption-key --new-key-file new.key --yes").refused(
        1,
        &[
            "error: cannot use this as the new encryption key: it is the current key",
            "hint: make one with: openssl rand -base64 32",
        ],
    );
    cli.write("newer.key", "a newer key of the database");
    let rotated = cli.run("rotate-encryption-key --new-key-file newer.key --yes");
    let told = "put the key in newer.key into new.key;";
    assert!(rotated.stderr.contains(told), "{}", rotated.stderr);
}

/// On either engine.
#[test]
fn settings_that_are_secret_are_sealed_anew_or_lost_with_the_key() {
    let postgres = Cli::new().with("DB_CONNECTION_STRING", &postgres::new_database());
    for cli in [Cli::new().with_empty_database(), postgres] {
        let cli = cli.with("ENCRYPTION_KEY", OLD);
        cli.write("new.key", NEW);
        cli.write("password", "hunter2");
        cli.run("user add alice").expect_success();
        cli.run("config set smtpPassword --value-file password").expect_success();
        cli.run("config set appName Home").expect_success();

        cli.run("rotate-encryption-key --new-key-file new.key --yes").expect_success();

        let cli = cli.with("ENCRYPTION_KEY", NEW);
        cli.run("config get smtpPassword --reveal").expect(0, "hunter2\n", "");

        let cli = cli.with("ENCRYPTION_KEY", "a key that nobody ever had");
        let lost = cli.run("rotate-encryption-key --lost-key --yes -o json");
        assert_eq!(lost.code, Some(0), "{}", lost.stderr);
        assert!(lost.stdout.contains("\"settings.sealed_value\": 1"), "{}", lost.stdout);
        cli.run("config get smtpPassword --reveal").expect(0, "\n", "");
        cli.run("config get appName").expect(0, "Home\n", "");
        cli.run("config set smtpPassword --value-file password").expect_success();
        cli.run("config get smtpPassword --reveal").expect(0, "hunter2\n", "");
    }
}

/// The file of Pocket ID is the key byte for byte.
#[test]
fn a_line_feed_at_the_end_of_the_key_file_locks_nobody_out() {
    let cli = Cli::new().with_empty_database().with("ENCRYPTION_KEY_FILE", "key");
    cli.write("key", format!("{OLD}\n"));
    cli.run("rotate-keys").expect_success();
    assert!(opens(&cli), "sealed with it");
    cli.write("key", OLD);
    assert!(!opens(&cli), "another key");

    let other = Cli::new().with_empty_database().with("ENCRYPTION_KEY", OLD);
    other.run("rotate-keys").expect_success();
    other.write("key", format!("{OLD}\n"));
    assert!(opens(&other.with("ENCRYPTION_KEY_FILE", "key")), "sealed without it");
}

#[test]
fn a_key_that_will_not_do_changes_nothing() {
    let cli = with_given_key();
    for (key, fault) in [
        ("fifteen bytes..", "is shorter than 16 bytes"),
        ("two lines, each\nof which is long", "is more than one line of text"),
        (" begins with a space", "starts or ends with white space"),
    ] {
        cli.write("bad.key", key);
        cli.run("rotate-encryption-key --new-key-file bad.key --yes").refused(
            1,
            &[
                &format!("error: the new encryption key {fault}"),
                "hint: make one with: openssl rand -base64 32",
            ],
        );
    }
    cli.write("bad.key", "x".repeat(4_097));
    cli.run("rotate-encryption-key --new-key-file bad.key --yes").expect_failure(1);
    cli.write("bad.key", b"\xff\xfe not a text at all");
    cli.run("rotate-encryption-key --new-key-file bad.key --yes").expect_failure(1);
    cli.write("bad.key", "\n");
    cli.run("rotate-encryption-key --new-key-file bad.key --yes").expect_failure(1);
    cli.run("rotate-encryption-key --new-key-file missing --yes").expect_failure(1);
    cli.run("rotate-encryption-key --new-key-file - --yes").expect_failure(1);
    cli.run("rotate-encryption-key --yes").refused(
        2,
        &[
            "error: --new-key-file is missing: the key is not kept in encryption.key",
            "hint: make one with: openssl rand -base64 32",
        ],
    );
    cli.run("rotate-encryption-key --new-key-file new.key").expect_failure(2);
    assert!(opens(&cli));
    assert!(cli.audit_log().iter().all(|entry| !entry.contains("ENCRYPTION")));
}

#[test]
fn one_value_that_does_not_open_leaves_all_of_them() {
    let cli = with_given_key();
    let broken = "UPDATE signing_keys SET sealed_pkcs8 = x'00' WHERE algorithm = 'ES256'";
    cli.database().execute(broken, []).unwrap();

    let refused = cli.run("rotate-encryption-key --new-key-file new.key --yes");

    assert!(
        refused
            .stderr
            .starts_with("error: cannot decrypt the sealed value in signing_keys.sealed_pkcs8"),
        "{}",
        refused.stderr
    );
    refused.expect_failure(1);
    assert!(opens(&cli));
}

/// A key under which nothing is sealed must not lie about, nor a copy of the present one.
#[test]
fn a_rotation_that_fails_leaves_no_key_behind() {
    let cli = with_kept_key();
    let broken = "UPDATE signing_keys SET sealed_pkcs8 = x'00' WHERE algorithm = 'ES256'";
    cli.database().execute(broken, []).unwrap();
    let keys = || {
        let entries = fs::read_dir(cli.path("data")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.contains("key")).collect::<Vec<_>>()
    };

    cli.run("rotate-encryption-key --yes").expect_failure(1);

    assert_eq!(keys(), ["encryption.key"]);
    assert!(opens(&cli));
}

#[test]
fn beside_a_running_server_nothing_is_sealed_anew_on_sqlite() {
    let cli = with_given_key();
    let server = cli.serve();

    cli.run("rotate-encryption-key --new-key-file new.key --yes").refused(
        1,
        &[
            "error: a server is using data/pocketid.db, with the current key",
            "hint: stop it first, and start it with the new key",
        ],
    );

    assert!(opens(&cli));
    drop(server);
    cli.run("rotate-encryption-key --new-key-file new.key --yes").expect_success();
}

/// The files that a rotation leaves when it ends between its steps: the next command goes on from there.
#[test]
fn a_rotation_that_was_interrupted_is_finished_by_whoever_comes_next() {
    let cli = with_kept_key();
    let old = kept_key(&cli);

    // Before its commit.
    cli.write("data/encryption.key.new", "a key under which nothing was sealed");
    assert!(opens(&cli));
    assert_eq!(kept_key(&cli), old);
    cli.write("data/encryption.key.new", "half a k");
    assert!(opens(&cli));

    // After it.
    cli.run("rotate-encryption-key --yes").expect_success();
    let new = kept_key(&cli);
    cli.write("data/encryption.key.new", &new);
    cli.write("data/encryption.key", &old);
    let server = cli.serve();
    server.signal("TERM");
    let (_, log) = server.wait();
    assert!(log.contains("finished an interrupted change of the encryption key"), "{log}");
    assert_eq!(kept_key(&cli), new);
    assert!(!cli.path("data/encryption.key.new").exists());
    assert!(opens(&cli));
}

/// SIGKILL, from its first moment to its last.
#[test]
fn a_rotation_that_is_killed_leaves_the_old_key_or_the_new_one() {
    let kept = with_kept_key();
    let given = with_given_key();
    for millis in (0..12).chain([20, 40]) {
        let mut child = kept.spawn("rotate-encryption-key --yes");
        thread::sleep(Duration::from_millis(millis));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(opens(&kept), "a key of our own, after {millis} ms");
    }
    let (mut now, mut next) = (OLD, NEW);
    let mut given = given;
    for millis in (0..12).chain([20, 40]) {
        given.write("new.key", next);
        let mut child = given.spawn("rotate-encryption-key --yes --new-key-file new.key");
        thread::sleep(Duration::from_millis(millis));
        child.kill().unwrap();
        child.wait().unwrap();
        if !opens(&given) {
            (now, next) = (next, now);
            given = given.with("ENCRYPTION_KEY", now);
            assert!(opens(&given), "a key that is given, after {millis} ms");
        }
    }
}

/// Servers on PostgreSQL go on with the keys that they have, and store nothing under the old key.
#[test]
fn on_postgres_servers_go_on_and_are_told_to_be_restarted() {
    let database = postgres::new_database();
    let cli = Cli::new().with("DB_CONNECTION_STRING", &database).with("ENCRYPTION_KEY", OLD);
    let server = cli.serve();
    let keys = cli.run("keys list").ok();
    cli.write("new.key", NEW);

    cli.run("rotate-encryption-key --new-key-file new.key --yes").expect_success();

    assert!(server.request("GET /healthz HTTP/1.1").starts_with("HTTP/1.1 204"));
    cli.run("client create app --id-token-alg ES384").expect_success();
    server.wait_until_logged("the encryption key of the database was changed");
    thread::sleep(Duration::from_millis(1_500));
    assert_eq!(cli.run("keys list").ok(), keys, "no key was sealed under the old key");
    server.signal("TERM");
    let (_, log) = server.wait();
    let told = "the encryption key of the database was changed: restart this server";
    assert_eq!(log.matches(told).count(), 1, "{log}");
    assert!(!opens(&cli));
    let cli = cli.with("ENCRYPTION_KEY", NEW);
    drop(cli.serve());
    assert_eq!(cli.run("keys list").ok().lines().count(), 3);
    let audit = cli.run("audit list --event ENCRYPTION_KEY_ROTATED").ok();
    assert_eq!(audit.lines().count(), 1, "{audit}");
}

/// A typo in the key looks like a lost key.
#[test]
fn what_is_taken_for_lost_can_be_brought_back() {
    let cli = with_given_key().with("ENCRYPTION_KEY", "a typo in the key of the database");
    let refused = cli.run("rotate-keys");
    let hints: Vec<_> = refused.stderr.lines().filter(|line| line.starts_with("hint")).collect();
    assert!(hints[0].contains("Look for the key that was used before"), "{hints:?}");

    let replaced = cli.run("rotate-encryption-key --lost-key --yes -o json");

    assert_eq!(replaced.code, Some(0), "{}", replaced.stderr);
    let dropped: serde_json::Value = serde_json::from_str(&replaced.stdout).unwrap();
    let copy = dropped["keptAs"].as_str().unwrap();
    assert!(copy.contains("pocketid.db.before-lost-key-"), "{copy}");
    assert!(replaced.stderr.contains(copy), "{}", replaced.stderr);
    assert_eq!(fs::metadata(cli.path(copy)).unwrap().permissions().mode() & 0o777, 0o600);
    let cli = cli.with("ENCRYPTION_KEY", OLD).with("DB_CONNECTION_STRING", copy);
    assert!(opens(&cli), "the right key opens the copy");
    // Nothing is copied where nothing is lost.
    let files = || fs::read_dir(cli.path("data")).unwrap().count();
    let before = files();
    cli.run("rotate-encryption-key --lost-key --yes").expect_failure(1);
    assert!(files() <= before + 3, "only the files of SQLite beside the copy");
}

/// A server has the key in its memory, and would go on with values that were dropped.
#[test]
fn beside_a_server_on_postgres_no_key_is_taken_for_lost() {
    let database = postgres::new_database();
    let cli = Cli::new().with("DB_CONNECTION_STRING", &database).with("ENCRYPTION_KEY", OLD);
    let server = cli.serve();
    let cli = cli.with("ENCRYPTION_KEY", NEW);
    let refused = cli.run("rotate-encryption-key --lost-key --yes");
    assert_eq!(refused.code, Some(1), "{}", refused.stderr);
    assert!(refused.stderr.contains("a server is using"), "{}", refused.stderr);
    drop(server);
    wait_for("the end of the lock of a server that has ended", || {
        cli.run("rotate-encryption-key --lost-key --yes").code == Some(0)
    });
    drop(cli.serve());
}

/// With `sudo`, in the folder of the user that the server runs as.
#[test]
fn what_root_makes_belongs_to_whoever_owns_the_data() {
    use std::os::unix::fs::{MetadataExt as _, chown};
    let cli = Cli::new();
    fs::create_dir(cli.path("data")).unwrap();
    if fs::metadata(cli.path("data")).unwrap().uid() != 0 {
        return;
    }
    chown(cli.path("data"), Some(4_711), Some(4_712)).unwrap();
    cli.run("user add alice").expect_success();
    cli.run("rotate-keys").expect_success();
    cli.run("rotate-encryption-key --yes").expect_success();
    let mut names = Vec::new();
    for entry in fs::read_dir(cli.path("data")).unwrap() {
        let (entry, metadata) =
            entry.map(|one| (one.file_name(), one.metadata().unwrap())).unwrap();
        assert_eq!((metadata.uid(), metadata.gid()), (4_711, 4_712), "{entry:?}");
        names.push(entry.into_string().unwrap());
    }
    for name in ["pocketid.db", "pocketid.db.serving", "encryption.key"] {
        assert!(names.iter().any(|one| one == name), "{name}: {names:?}");
    }
    assert!(names.iter().any(|one| one.contains(".before-rotation-")), "{names:?}");
}

/// The words of Pocket ID 2.14.
#[test]
fn the_commands_of_pocket_id_still_work() {
    let cli = with_given_key();

    cli.run("key-rotate -a es256 -y").expect(0, "Key rotated successfully\n", "");
    cli.run("key-rotate --alg EdDSA").expect_failure(2);
    cli.run("key-rotate --alg EdDSA --crv Ed25519").expect_success();
    let rotated =
        cli.run_args(&["encryption-key-rotate", "--new-key", "a key as an argument", "-y"]);
    assert!(rotated.stderr.starts_with("warning: a key on the command line"), "{}", rotated.stderr);
    assert_eq!(
        rotated.stdout,
        "Encryption key rotation completed successfully.\n\
         Restart pocket-id with the new ENCRYPTION_KEY to use the rotated data.\n"
    );
    assert!(opens(&cli.with("ENCRYPTION_KEY", "a key as an argument")));
}

#[test]
fn the_export_of_pocket_id_is_a_backup_of_ours() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();

    let exported = cli.run("export");

    assert_eq!(exported.code, Some(0), "{}", exported.stderr);
    assert_eq!(exported.stdout, "Exported data to pocket-id-export.zip\n");
    assert!(exported.stderr.contains("`restore` accepts it"), "{}", exported.stderr);
    cli.run("backup verify pocket-id-export.zip").expect_success();
    cli.run("export --path other.zip").expect_success();
    cli.run("export --path other.zip").expect_failure(1);
    assert!(!cli.run("--help").ok().contains("export "), "but it is not offered");
}

#[test]
fn on_a_terminal_a_no_changes_nothing() {
    let cli = with_kept_key();
    let old = kept_key(&cli);

    let refused = cli.run_on_terminal("rotate-encryption-key", "n\n");

    assert_eq!(refused.code, Some(1), "{}", refused.stdout);
    assert_eq!(kept_key(&cli), old);
}
