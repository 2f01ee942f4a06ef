//! The encryption key of a backup: in it when it would be lost with the database, proven before anything
//! is changed, and never elsewhere.

use crate::support::{archive::Members, cli::Cli, postgres::new_database};

const KEY: &str = "a key of sixteen or more";

/// A database with secrets in it, and a backup of it.
fn backed_up(cli: Cli) -> Cli {
    let cli = cli.with_empty_database();
    cli.run("rotate-keys").expect_success();
    cli.run("backup it.zip").expect_success();
    cli
}

fn copy(from: &Cli, to: &Cli) {
    std::fs::copy(from.path("it.zip"), to.path("it.zip")).unwrap();
}

#[test]
fn a_key_that_was_made_for_the_database_goes_with_it() {
    let cli = backed_up(Cli::new());
    let key = std::fs::read(cli.path("data/encryption.key")).unwrap();
    assert_eq!(Members::read(&cli.path("it.zip")).0["encryption.key"], key);
    let told = cli.run("backup verify it.zip").ok();
    assert!(told.contains("Encryption key\tyes"), "{told}");

    let other = Cli::new();
    copy(&cli, &other);
    other.run("restore it.zip").expect_success();
    assert_eq!(std::fs::read(other.path("data/encryption.key")).unwrap(), key);
    other.run("rotate-keys").expect_success();
}

#[test]
fn the_key_of_other_data_is_kept_beside_the_one_that_comes() {
    let cli = backed_up(Cli::new());
    let other = backed_up(Cli::new());
    let old = std::fs::read(other.path("data/encryption.key")).unwrap();
    copy(&cli, &other);

    let restored = other.run("restore it.zip --yes -o json").json();

    let kept: Vec<_> = restored["kept"].as_array().unwrap().iter().collect();
    assert_eq!(kept.len(), 2, "{restored}");
    assert_eq!(std::fs::read(other.path(kept[1].as_str().unwrap())).unwrap(), old);
    other.run("rotate-keys").expect_success();
}

#[test]
fn a_key_that_was_given_is_not_in_the_backup() {
    let cli = backed_up(Cli::new().with("ENCRYPTION_KEY", KEY));
    assert!(!Members::read(&cli.path("it.zip")).0.contains_key("encryption.key"));
    let raw = std::fs::read(cli.path("it.zip")).unwrap();
    assert!(!raw.windows(KEY.len()).any(|part| part == KEY.as_bytes()));

    let other = Cli::new();
    copy(&cli, &other);
    other.run("restore it.zip").refused(
        3,
        &[
            "error: the backup needs its encryption key, but ENCRYPTION_KEY is not set",
            "hint: set ENCRYPTION_KEY to the key that the server had when the backup was made",
        ],
    );
    assert!(!other.path("data").exists());

    let other = other.with("ENCRYPTION_KEY", KEY);
    other.run("restore it.zip").expect_success();
    other.run("rotate-keys").expect_success();
}

#[test]
fn another_key_than_that_of_the_backup_changes_nothing() {
    let cli = backed_up(Cli::new());
    for database in [None, Some(new_database())] {
        let other = Cli::new().with("ENCRYPTION_KEY", KEY);
        let other = match &database {
            Some(address) => other.with("DB_CONNECTION_STRING", address),
            None => other,
        };
        copy(&cli, &other);
        other.run("user add alice").expect_success();
        other.run("restore it.zip --yes").refused(
            3,
            &[
                "error: the backup was made with another key than ENCRYPTION_KEY",
                "hint: the backup contains its key: ENCRYPTION_KEY=\"$(unzip -p FILE \
                 encryption.key)\"",
            ],
        );
        assert_eq!(other.run("user list").ok().lines().count(), 1);
        let key = String::from_utf8(std::fs::read(cli.path("data/encryption.key")).unwrap());
        let other = other.with("ENCRYPTION_KEY", &key.unwrap());
        other.run("restore it.zip --yes").expect_success();
        other.run("rotate-keys").expect_success();
    }
}

#[test]
fn a_key_that_is_not_the_one_of_its_backup_is_found_out() {
    let cli = backed_up(Cli::new());
    let mut members = Members::read(&cli.path("it.zip"));
    let mut key = members.0["encryption.key"].clone();
    key.swap(0, 1);
    if key == members.0["encryption.key"] {
        key[0] ^= 1;
    }
    let mut manifest = members.manifest();
    for member in manifest["members"].as_array_mut().unwrap() {
        if member["name"] == "encryption.key" {
            member["sha256"] = pocketid::crypto::Digest::of(&key).hex().into();
        }
    }
    members.set_manifest(&manifest);
    members.0.insert("encryption.key".into(), key);
    members.write(&cli.path("it.zip"));

    for line in ["backup verify it.zip", "restore it.zip --yes"] {
        let refused = cli.run(line);
        assert_eq!(refused.code, Some(1));
        assert!(refused.stderr.contains("its encryption key does not decrypt its secrets"));
    }
}

#[test]
fn a_database_whose_key_is_lost_is_saved_all_the_same() {
    let cli = backed_up(Cli::new());
    std::fs::remove_file(cli.path("data/encryption.key")).unwrap();

    let made = cli.run("backup again.zip");

    assert_eq!(made.code, Some(0));
    assert!(
        made.stderr.starts_with("warning: data/encryption.key does not contain the encryption key")
    );
    cli.run("backup verify again.zip").expect_success();
}

/// The names in the data folder, but for those of SQLite.
fn left_over(cli: &Cli) -> Vec<String> {
    let entries = std::fs::read_dir(cli.path("data")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| !name.starts_with("pocketid.db")).collect();
    names.sort();
    names
}

#[test]
fn a_key_that_cannot_be_replaced_leaves_the_data_as_it_is() {
    let cli = backed_up(Cli::new());
    for folder in ["data/encryption.key", "data/encryption.key.new"] {
        let other = Cli::new().with_empty_database();
        copy(&cli, &other);
        other.run("user add bob").expect_success();
        drop(std::fs::remove_file(other.path("data/encryption.key")));
        std::fs::create_dir_all(other.path(folder)).unwrap();
        let before = left_over(&other);

        other.run("restore it.zip --yes").refused(
            3,
            &[
                &format!("error: cannot use the encryption key in {folder}: it is not a regular \
                          file"),
                "hint: this user must be able to read and write it, and its folder; nothing was changed",
            ],
        );

        assert_eq!(other.run("user list").ok().lines().count(), 1);
        assert_eq!(left_over(&other), before);
        let kept = std::fs::read_dir(other.path("data")).unwrap();
        let mut names = kept.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        assert!(!names.any(|name| name.contains("before-restore")));
    }
}

/// The files that a restore leaves when it ends after the data has come, and before the key.
#[test]
fn a_restore_that_ends_before_its_key_is_in_place_is_finished_by_whoever_comes_next() {
    let cli = backed_up(Cli::new());
    for old in ["a key of the data that was there", "half a k", ""] {
        let other = Cli::new();
        copy(&cli, &other);
        other.run("restore it.zip").expect_success();
        let new = std::fs::read(other.path("data/encryption.key")).unwrap();
        other.write("data/encryption.key.new", &new);
        other.write("data/encryption.key", old);

        other.run("rotate-keys").expect_success();

        assert_eq!(std::fs::read(other.path("data/encryption.key")).unwrap(), new);
        assert_eq!(left_over(&other), ["encryption.key"]);
    }
}

#[test]
fn a_key_that_waits_is_kept_as_well() {
    let cli = backed_up(Cli::new());
    let other = backed_up(Cli::new());
    copy(&cli, &other);
    other.write("data/encryption.key.new", "a key that may be needed");

    let restored = other.run("restore it.zip --yes -o json").json();

    let kept = restored["kept"].as_array().unwrap();
    assert_eq!(kept.len(), 3, "{restored}");
    let waited = std::fs::read_to_string(other.path(kept[2].as_str().unwrap())).unwrap();
    assert_eq!(waited, "a key that may be needed");
    other.run("rotate-keys").expect_success();
}

/// A backup from before a rotation that was interrupted after its commit: the key of the data that is replaced still waits.
#[test]
fn a_restore_after_an_interrupted_rotation_keeps_the_key_of_the_present_data() {
    let cli = backed_up(Cli::new());
    let read = |name: &str| std::fs::read(cli.path(name)).unwrap();
    let old = read("data/encryption.key");
    cli.run("rotate-encryption-key --yes").expect_success();
    let new = read("data/encryption.key");
    cli.write("data/encryption.key.new", &new);
    cli.write("data/encryption.key", &old);

    let restored = cli.run("restore it.zip --yes -o json").json();

    let mut kept = restored["kept"].as_array().unwrap().iter().skip(1);
    assert!(kept.any(|path| read(path.as_str().unwrap()) == new), "{restored}");
    assert!(!cli.path("data/encryption.key.new").exists());
    assert_eq!(read("data/encryption.key"), old);
    cli.run("rotate-keys").expect_success();
}
