//! Damaged and forged archives: each has its own error, and changes nothing.

use std::{os::unix::fs::PermissionsExt as _, path::Path};

use pocketid::store::schema::Schema;
use serde_json::{Value, json};

use crate::support::{archive::Members, cli::Cli, postgres::new_database};

const DAMAGED: &str = "hint: use another backup, or copy this one again; nothing was changed\n";
const NO_BACKUP: &str = "hint: name a file that was made by: pocketid backup\n";

/// A database of two users, and a backup from before the second was there.
fn backed_up() -> Cli {
    prepared(Cli::new())
}

fn prepared(cli: Cli) -> Cli {
    cli.run("user add alice").expect_success();
    cli.run("client create Web --id web").expect_success();
    cli.run("backup good.zip").expect_success();
    cli.run("user add bob").expect_success();
    cli
}

/// Both commands refuse it, and nothing was changed and nothing is left over.
#[track_caller]
fn refused(cli: &Cli, code: i32, error: &str, hint: &str) {
    let files = |folder: &str| -> Vec<_> {
        let entries = std::fs::read_dir(cli.path(folder)).into_iter().flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.retain(|name| !name.to_str().unwrap().ends_with(".serving"));
        names.sort();
        names
    };
    let before = (files("data"), files("."), cli.run("user list").ok());
    for line in ["backup verify bad.zip", "restore bad.zip --yes"] {
        let ran = cli.run(line);
        let expected = (Some(code), "", format!("error: {error}\n{hint}"));
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr), expected, "{line}");
    }
    assert_eq!((files("data"), files("."), cli.run("user list").ok()), before);
}

/// Changes the members of the archive.
fn with_members(cli: &Cli, change: impl FnOnce(&mut Members)) {
    let mut members = Members::read(&cli.path("good.zip"));
    change(&mut members);
    members.write(&cli.path("bad.zip"));
}

fn with_manifest(cli: &Cli, change: impl FnOnce(&mut Value)) {
    with_members(cli, |members| {
        let mut manifest = members.manifest();
        change(&mut manifest);
        members.set_manifest(&manifest);
    });
}

fn member<'a>(manifest: &'a mut Value, name: &str) -> &'a mut Value {
    let members = manifest["members"].as_array_mut().unwrap();
    members.iter_mut().find(|member| member["name"] == name).unwrap()
}

#[test]
fn what_is_taken_apart_and_put_together_again_is_good() {
    let cli = backed_up();
    with_members(&cli, |_| {});
    cli.run("backup verify bad.zip").expect_success();
    cli.run("restore bad.zip --yes").expect_success();
}

#[test]
fn a_file_that_is_no_archive() {
    let cli = backed_up();
    for content in ["", "PK", "Dear diary"] {
        cli.write("bad.zip", content);
        refused(&cli, 1, "cannot use this file: it is not a ZIP archive", NO_BACKUP);
    }
    with_members(&cli, |members| members.0.retain(|name, _| name != "manifest.json"));
    let error = "cannot use this file: it is a ZIP archive without a manifest.json";
    refused(&cli, 1, error, NO_BACKUP);
    with_manifest(&cli, |manifest| manifest["format"] = json!("another"));
    refused(&cli, 1, "cannot use this file: it is an archive of another program", NO_BACKUP);
}

#[test]
fn a_file_that_is_missing_or_a_folder() {
    let cli = backed_up();
    cli.run("restore nothing.zip --yes").refused(
        1,
        &[
            "error: cannot read nothing.zip: No such file or directory (os error 2)",
            NO_BACKUP.trim(),
        ],
    );
    cli.run("restore data --yes")
        .refused(1, &["error: cannot read data: is a directory", NO_BACKUP.trim()]);
}

#[test]
fn an_export_of_pocket_id_is_told_as_such() {
    let cli = backed_up();
    with_members(&cli, |members| {
        members.0.clear();
        members.0.insert("database.json".into(), b"{}".to_vec());
    });
    refused(
        &cli,
        1,
        "cannot use this file: it is an export of Pocket ID",
        "hint: to import an export of Pocket ID: pocketid import FILE\n",
    );
}

#[test]
fn an_archive_that_was_cut_off() {
    let cli = backed_up();
    let whole = std::fs::read(cli.path("good.zip")).unwrap();
    for length in [30, whole.len() / 2, whole.len() - 1] {
        cli.write("bad.zip", &whole[..length]);
        let error = "cannot use this backup: its end is missing, as if the copy was truncated";
        refused(&cli, 1, error, DAMAGED);
    }
}

/// Wherever one bit is turned: it is found out, or it was of no consequence and all rows are right.
#[test]
fn an_archive_that_was_altered_anywhere() {
    let cli = backed_up();
    let whole = std::fs::read(cli.path("good.zip")).unwrap();
    for place in (4..whole.len()).step_by(whole.len() / 60) {
        let mut altered = whole.clone();
        altered[place] ^= 0x10;
        cli.write("bad.zip", &altered);
        let ran = cli.run("backup verify bad.zip");
        match ran.code {
            Some(0) => {
                let (good, bad) = (cli.path("good.zip"), cli.path("bad.zip"));
                let table = |path: &Path| Members::read(path).lines("users");
                assert_eq!(table(&good), table(&bad), "byte {place}");
            }
            code => assert_eq!(code, Some(1), "byte {place}: {}", ran.stderr),
        }
    }
}

#[test]
fn a_member_with_another_content_than_it_must_have() {
    let cli = backed_up();
    with_members(&cli, |members| {
        let users = members.0.get_mut("tables/users.jsonl").unwrap();
        let place = users.windows(5).position(|part| part == b"alice").unwrap();
        users[place] = b'A';
    });
    let error = "cannot use this backup: its member tables/users.jsonl has a different checksum than its manifest says";
    refused(&cli, 1, error, DAMAGED);

    with_members(&cli, |members| {
        members.0.get_mut("tables/users.jsonl").unwrap().extend(b"[]\n");
    });
    let error = "cannot use this backup: its member tables/users.jsonl has a different size than its manifest says";
    refused(&cli, 1, error, DAMAGED);

    with_manifest(&cli, |manifest| member(manifest, "tables/users.jsonl")["rows"] = json!(7));
    let error = "cannot use this backup: its member tables/users.jsonl has a different number of rows than its manifest says";
    refused(&cli, 1, error, DAMAGED);
}

#[test]
fn members_that_are_missing_or_do_not_belong_there() {
    let cli = backed_up();
    let member = "cannot use this backup: its member";
    with_members(&cli, |members| drop(members.0.remove("tables/users.jsonl")));
    refused(&cli, 1, &format!("{member} tables/users.jsonl is missing"), DAMAGED);

    for name in [
        "tables/more.jsonl",
        "../../etc/cron.d/x",
        "/etc/passwd",
        "C:\\x",
        "tables/users.jsonl\u{1b}[2J",
    ] {
        let shown = name.escape_debug();
        with_members(&cli, |members| drop(members.0.insert(name.into(), b"x".to_vec())));
        refused(&cli, 1, &format!("{member} {shown} is not in its manifest"), DAMAGED);

        with_members(&cli, |members| {
            members.0.insert(name.into(), b"x".to_vec());
            let mut manifest = members.manifest();
            let digest = pocketid::crypto::Digest::of("x").hex();
            let more = json!({"name": name, "size": 1, "sha256": digest, "rows": 1});
            manifest["members"].as_array_mut().unwrap().push(more);
            members.set_manifest(&manifest);
        });
        refused(&cli, 1, &format!("{member} {shown} is unknown or occurs twice"), DAMAGED);
    }

    with_manifest(&cli, |manifest| {
        let members = manifest["members"].as_array_mut().unwrap();
        members.push(members[0].clone());
    });
    refused(&cli, 1, &format!("{member} tables/apis.jsonl is unknown or occurs twice"), DAMAGED);
    with_manifest(&cli, |manifest| {
        let members = manifest["members"].as_array_mut().unwrap();
        members.retain(|member| member["name"] != "tables/users.jsonl");
    });
    refused(&cli, 1, &format!("{member} tables/users.jsonl is not in its manifest"), DAMAGED);
}

#[test]
fn a_newer_backup_asks_for_a_newer_program() {
    let cli = backed_up();
    for (field, what, newest) in
        [("schemaVersion", "schema", Schema::NEWEST), ("formatVersion", "format", 1)]
    {
        with_manifest(&cli, |manifest| manifest[field] = json!(99));
        refused(
            &cli,
            4,
            &format!(
                "cannot use this backup: its {what} version 99 is newer than {newest}, the newest \
                 that this program supports"
            ),
            "hint: upgrade pocketid: a newer version made this backup\n",
        );
        with_manifest(&cli, |manifest| manifest[field] = json!(0));
        let error = "cannot use this backup: its member manifest.json has an invalid version";
        refused(&cli, 1, error, DAMAGED);
    }
}

#[test]
fn what_is_made_to_fill_a_disk() {
    let cli = backed_up();
    let zeros = "0".repeat(64 << 20);
    with_members(&cli, |members| members.set_lines("users", &[zeros]));
    // Stored as it is by our own means; packed, it is a thousandth.
    let packed = cli.script("mkdir x && cd x && python3 -m zipfile -e ../bad.zip . && rm ../bad.zip && python3 - <<'END'
import os, zipfile
with zipfile.ZipFile('../bad.zip', 'w', zipfile.ZIP_DEFLATED) as archive:
    for folder, _, names in sorted(os.walk('.')):
        for name in names:
            path = os.path.join(folder, name)
            archive.write(path, path[2:])
END
cd .. && rm -r x");
    assert_eq!(packed.code, Some(0), "{}", packed.stderr);
    let error = "cannot use this backup: its content is far larger than the file, as in a ZIP bomb";
    refused(&cli, 1, error, DAMAGED);
}

#[test]
fn rows_that_the_database_does_not_take() {
    for cli in [Cli::new(), Cli::new().with("DB_CONNECTION_STRING", &new_database())] {
        let cli = prepared(cli);
        let rows = |table: &str| Members::read(&cli.path("good.zip")).lines(table);
        let users = rows("users");
        let client = rows("clients");
        let twice = [users[0].clone(), users[0].clone()];
        for (table, lines, fault) in [
            ("users", twice.to_vec(), "a unique value occurs twice"),
            ("users", vec!["[1]".into()], "has an invalid row in line 1"),
            ("users", vec!["{}".into()], "has an invalid row in line 1"),
            ("users", vec![users[0].replace("alice", "\\ud800")], "has an invalid row in line 1"),
            ("users", vec![users[0].replace("\"alice\"", "null")], "has an invalid row"),
            ("clients", vec![client[0].replace("confidential", "secretive")], "has an invalid row"),
            ("clients", Vec::new(), "client_"),
        ] {
            with_members(&cli, |members| members.set_lines(table, &lines));
            for line in ["backup verify bad.zip", "restore bad.zip --yes"] {
                let ran = cli.run(line);
                assert_eq!(ran.code, Some(1), "{line} {lines:?} {}", ran.stderr);
                assert!(ran.stderr.contains(fault), "{lines:?} {}", ran.stderr);
                assert!(ran.stderr.ends_with(DAMAGED), "{}", ran.stderr);
            }
            assert_eq!(cli.run("user list").ok().lines().count(), 2);
            assert_eq!(cli.run("client list").ok().lines().count(), 1);
        }
    }
}

/// The database takes such a row, and no model does: verifying tells it, and restoring does not bring it in by
/// accident.
#[test]
fn rows_that_no_model_accepts() {
    for cli in [Cli::new(), Cli::new().with("DB_CONNECTION_STRING", &new_database())] {
        let cli = prepared(cli);
        let good = Members::read(&cli.path("good.zip"));
        let (users, clients) = (good.lines("users"), good.lines("clients"));
        for (table, line, fault) in [
            (
                "users",
                users[0].replace("\"alice\"", "\"al\\u001bice\""),
                "username is not a valid Username",
            ),
            (
                "users",
                users[0].replace("\"alice\"", "\"al\\u0000ice\""),
                "username is not a valid Username",
            ),
            ("users", users[0].replace("==\"", "AA\""), "id is not a valid UUID"),
            ("clients", clients[0].replace("RS256", "none"), "is not a valid signing algorithm"),
            (
                "clients",
                clients[0].replace("\"Web\"", "\"W\\u001beb\""),
                "name is not a valid ClientName",
            ),
        ] {
            with_members(&cli, |members| members.set_lines(table, std::slice::from_ref(&line)));
            for command in ["backup verify bad.zip", "restore bad.zip --yes"] {
                let ran = cli.run(command);
                assert_eq!(ran.code, Some(1), "{command} {line} {}", ran.stderr);
                assert!(ran.stderr.contains(fault), "{fault}: {}", ran.stderr);
                assert!(!ran.stderr.contains('\u{1b}') && !ran.stderr.contains('\0'));
            }
            assert_eq!(cli.run("user list").ok().lines().count(), 2);
        }
    }
}

/// A backup may be all that is left.
#[test]
fn one_bad_row_keeps_nobody_from_the_others() {
    let cli = prepared(Cli::new());
    let users = Members::read(&cli.path("good.zip")).lines("users");
    let second = cli.run("backup two.zip");
    second.expect_success();
    let mut members = Members::read(&cli.path("two.zip"));
    let mut lines = members.lines("users");
    for line in &mut lines {
        *line = line.replace("\"alice\"", "\"al\\u001bice\"");
    }
    assert_ne!(lines[0], users[0]);
    members.set_lines("users", &lines);
    members.write(&cli.path("bad.zip"));

    let ran = cli.run("restore bad.zip --yes --accept-bad-rows");

    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(
        ran.stderr.contains(
            "1 row has values that this program cannot read: line 1 of tables/users.jsonl"
        ),
        "{}",
        ran.stderr
    );
    let listed = cli.run("user list");
    assert_eq!(
        (listed.code, listed.stdout.as_str()),
        (Some(0), "bob\tbob\t\tuser\tenabled\t0\tnever\n")
    );
    assert!(
        listed.stderr.contains("left out an account: cannot read users: column username of row"),
        "{}",
        listed.stderr
    );
    cli.run("user show bob").expect_success();
    cli.run("user update bob --first-name Bob").expect_success();
    let doctor = cli.run("doctor --offline").stdout;
    assert!(doctor.contains("username is not a valid Username"), "{doctor}");
}

#[test]
fn a_database_of_another_program_is_not_restored_over() {
    let cli = backed_up().with("DB_CONNECTION_STRING", "their.db");
    cli.write("their.db", "Dear diary, this is a text and no database at all.".repeat(100));
    cli.run("restore good.zip --yes").expect_failure(4);
    let theirs = std::fs::read_to_string(cli.path("their.db")).unwrap();
    assert!(theirs.starts_with("Dear diary"));
}

#[test]
fn a_backup_into_a_missing_folder_names_the_folder() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    for (place, folder) in [
        ("some/missing/folder/", "some/missing/folder/"),
        ("missing/it.zip", "missing"),
        ("missing/", "missing/"),
    ] {
        cli.run(&format!("backup {place}")).refused(
            1,
            &[
                &format!("error: cannot write the backup: there is no folder {folder}"),
                "hint: create that folder first, or name another place",
            ],
        );
    }
    std::fs::create_dir(cli.path("closed")).unwrap();
    std::fs::set_permissions(cli.path("closed"), std::fs::Permissions::from_mode(0o500)).unwrap();
    cli.run_bound_by_modes("backup closed/").refused(
        1,
        &[
            "error: cannot write the backup: Permission denied (os error 13)",
            "hint: choose another place, or let this user write to that folder; no partial file was left",
        ],
    );
}
