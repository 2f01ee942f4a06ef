//! Findings about files, the database and the keys in it.

use std::{fs, os::unix::fs::PermissionsExt};

use pocketid::model::{Clock as _, SystemClock};

use super::{expect, findings, healthy, idle, offline};
use crate::support::{
    cli::Cli,
    mmdb::{city_database, database, places},
};

#[test]
fn files_that_others_may_open_are_told() {
    let (cli, server) = healthy();
    drop(server);
    let set = |name: &str, mode| {
        fs::set_permissions(cli.path(name), PermissionsExt::from_mode(mode)).unwrap();
    };
    set("data/pocketid.db", 0o644);
    set("data/encryption.key", 0o640);
    set("data", 0o777);
    cli.write("data/encryption.key.new", "");

    let found = offline(&cli);

    let database = "every user of this machine may read data/pocketid.db";
    expect(&found, "files", "problem", database, "chmod 600 data/pocketid.db");
    let key = "other users than its owner may read data/encryption.key";
    expect(&found, "files", "warning", key, "chmod 600 data/encryption.key");
    expect(
        &found,
        "files",
        "problem",
        "every user of this machine may write to the folder data",
        "chmod 700 data",
    );
    expect(&found, "files", "warning", "a rotation or a restore that was interrupted", "rm data/");
}

/// The kept copies of a database or of a key hold everything that the originals hold.
#[test]
fn copies_and_files_of_settings_that_others_may_open_are_told() {
    let (cli, server) = healthy();
    drop(server);
    cli.write("data/pocketid.db.before-v2", "x");
    cli.write("data/encryption.key.before-rotation-20261128T180000Z", "x");
    cli.write("passphrase", "correct horse battery staple");
    cli.write(".env", "# APP_NAME=x\nS3_SECRET_ACCESS_KEY=hunter2\n");
    let everybody = PermissionsExt::from_mode(0o644);
    for name in [
        "data/pocketid.db.before-v2",
        "data/encryption.key.before-rotation-20261128T180000Z",
        "passphrase",
        ".env",
    ] {
        fs::set_permissions(cli.path(name), Clone::clone(&everybody)).unwrap();
    }
    let cli = cli.with("BACKUP_PASSPHRASE_FILE", "passphrase");

    let found = offline(&cli);

    for (name, what) in [
        (".env", "secret settings are stored"),
        ("passphrase", "the value of BACKUP_PASSPHRASE_FILE is stored"),
        ("data/pocketid.db.before-v2", "accounts and digests are stored"),
        ("data/encryption.key.before-rotation-20261128T180000Z", "an encryption key is stored"),
    ] {
        let told = format!("every user of this machine may read {name}, where {what}");
        expect(&found, "files", "problem", &told, &format!("chmod 600 {name}"));
    }
    cli.write(".env", "APP_NAME=x\n");
    let found = offline(&cli).to_string();
    assert!(!found.contains("may read .env"), "nothing secret is in it: {found}");
}

#[test]
fn a_disk_that_is_nearly_full_is_told() {
    let cli = idle();
    let ran = cli.script(
        "mkdir small && cp data/* small && mount -t tmpfs -o size=20m none data && cp small/* data
         $P doctor --offline -o json",
    );
    let found = findings(&ran);
    expect(&found, "disk", "problem", "MiB are free in data", "free some disk space");
}

#[test]
fn a_database_that_cannot_be_used_is_told_and_the_rest_is_looked_at() {
    let cli = idle();
    cli.database().pragma_update(None, "user_version", 99).unwrap();
    let found = offline(&cli);
    expect(&found, "database", "problem", "schema version 99 is newer than", "upgrade pocketid");
    expect(&found, "proxy", "warning", "TRUST_PROXY is off", "");

    cli.database().pragma_update(None, "user_version", 0).unwrap();
    let found = offline(&cli);
    expect(&found, "database", "warning", "the schema has version 0", "start the server");
    let version: i64 =
        cli.database().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 0, "it only looks");

    cli.write("data/pocketid.db", "this is no database, it is a text".repeat(100));
    expect(&offline(&cli), "database", "problem", "it is not a database", "DB_CONNECTION_STRING");
}

#[test]
fn damage_is_found() {
    let cli = idle();
    let database = cli.database();
    database.execute_batch("PRAGMA foreign_keys = OFF; DELETE FROM users").unwrap();
    let orphan = "INSERT INTO reauthentications VALUES (x'01', x'01', x'02', x'03', 0, 0)";
    database.execute(orphan, []).unwrap();
    expect(&offline(&cli), "database", "problem", "reauthentications refer to", "restore");
    drop(database);

    let path = cli.path("data/pocketid.db");
    cli.database().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let page = 4_096;
    for page in bytes.chunks_mut(page).skip(20).take(30) {
        page[..200].fill(0xff);
    }
    fs::write(&path, bytes).unwrap();
    expect(&offline(&cli), "database", "problem", "", "restore");
}

#[test]
fn keys_that_do_not_open_are_told() {
    let cli = Cli::new().with_empty_database();
    cli.run("rotate-keys").expect_success();
    let broken = "UPDATE signing_keys SET sealed_pkcs8 = x'00' WHERE algorithm = 'ES256'";
    cli.database().execute(broken, []).unwrap();
    expect(&offline(&cli), "encryption key", "problem", "1 values in signing_keys", "--lost-key");

    let cli = cli.with("ENCRYPTION_KEY", "CHANGEME");
    expect(&offline(&cli), "encryption key", "warning", "CHANGEME", "remove ENCRYPTION_KEY");
    let cli = cli.with("ENCRYPTION_KEY", "the key of another database");
    let other = "encrypted with another key than the one in ENCRYPTION_KEY";
    expect(&offline(&cli), "encryption key", "problem", other, "rotate-encryption-key --lost-key");
    let cli = cli.with("ENCRYPTION_KEY", "");
    fs::remove_file(cli.path("data/encryption.key")).unwrap();
    let lost = "data/encryption.key is missing";
    expect(&offline(&cli), "encryption key", "problem", lost, "restore the file");
    assert!(!cli.path("data/encryption.key").exists());
}

#[test]
fn the_file_with_locations_is_looked_at() {
    let cli = idle();
    let none = offline(&cli);
    assert!(none["findings"].as_array().unwrap().iter().all(|one| one["check"] != "location"));
    let now = SystemClock.now();
    let made_at = now.as_unix().try_into().expect("a moment after 1970");
    cli.write("city.mmdb", database("GeoLite2-City", made_at, &places()));
    let cli = cli.with("GEOLITE_DB_PATH", "city.mmdb");
    let says = format!("GeoLite2-City, made at {}", &now.to_string()[..10]);
    expect(&offline(&cli), "location", "ok", &says, "");
    cli.write("city.mmdb", database("DBIP-City-Lite", 1_700_000_000, &[]));
    expect(&offline(&cli), "location", "warning", "made at 2023-11-14", "newer file");
    cli.write("city.mmdb", database("GeoLite2-ASN", 1_795_000_000, &[]));
    expect(&offline(&cli), "location", "problem", "is a GeoLite2-ASN database", "replace it");
    cli.write("city.mmdb", &city_database()[..300]);
    expect(&offline(&cli), "location", "problem", "city.mmdb is damaged", "replace it");
    let cli = cli.with("GEOLITE_DB_PATH", "absent.mmdb");
    expect(&offline(&cli), "location", "warning", "does not exist", "MAXMIND_LICENSE_KEY");
    let cli = cli.with("MAXMIND_LICENSE_KEY", "abc");
    expect(&offline(&cli), "location", "warning", "does not exist", "could not download");
}
