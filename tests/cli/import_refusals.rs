//! `pocketid import` of what cannot be taken over: a cause, a hint, and nothing changed.

use std::{fs, path::Path};

use serde_json::json;

use crate::support::{
    cli::{Cli, Ran},
    pocket_id::{ENCRYPTION_KEY, PocketId, zip},
};

fn new_cli() -> Cli {
    Cli::new().with("ENCRYPTION_KEY", ENCRYPTION_KEY)
}

fn import(cli: &Cli, path: &Path) -> Ran {
    cli.run_args(&["import", path.to_str().unwrap()])
}

/// Refused with this exit code and these words, and without a trace.
#[track_caller]
fn assert_refused(path: &Path, code: i32, words: &str) {
    let cli = new_cli();
    let ran = import(&cli, path);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(code), ""), "{}", ran.stderr);
    assert!(ran.stderr.contains(words) && ran.stderr.contains("\nhint: "), "{}", ran.stderr);
    assert!(!cli.path("data").exists(), "nothing was changed");
}

#[test]
fn files_that_are_something_else_are_told_apart() {
    let cli = Cli::new();
    let file = |name: &str, bytes: &[u8]| {
        fs::write(cli.path(name), bytes).unwrap();
        cli.path(name)
    };
    let whole = fs::read(PocketId::new().archive()).unwrap();
    assert_refused(&cli.path("missing.zip"), 1, "No such file");
    assert_refused(&file("a.txt", b"Dear diary"), 1, "not a ZIP file");
    assert_refused(&file("empty.zip", b""), 1, "not a ZIP file");
    assert_refused(&file("cut.zip", &whole[..whole.len() / 2]), 1, "truncated or damaged");
    assert_refused(&file("a.db", b"SQLite format 3\0"), 1, "name its folder instead");
    let other = zip(&[("photo.png".into(), Vec::new())]);
    assert_refused(&file("other.zip", &other), 1, "database.json is missing");
    cli.run("user add alice").expect_success();
    cli.run("backup ours.zip").expect_success();
    assert_refused(&cli.path("ours.zip"), 1, "pocketid restore");
    assert_refused(&file("ours.age", b"age-encryption.org/v1\n"), 1, "pocketid restore");
    fs::create_dir(cli.path("folder")).unwrap();
    assert_refused(&cli.path("folder"), 1, "not a data folder of Pocket ID");
    fs::write(cli.path("folder/pocketid.db"), "").unwrap();
    assert_refused(&cli.path("folder"), 1, "is the data folder of pocketid");
    fs::write(cli.path("folder/pocket-id.db"), "x".repeat(2_000)).unwrap();
    assert_refused(&cli.path("folder"), 4, "not a database");
}

#[test]
fn an_archive_that_was_tampered_with_is_refused() {
    let cli = Cli::new();
    let old = PocketId::new();
    let with = |name: &str, bytes: Vec<u8>| {
        let mut members = old.members();
        members.push((name.to_owned(), bytes));
        fs::write(cli.path("a.zip"), zip(&members)).unwrap();
        cli.path("a.zip")
    };
    for name in ["../evil", "/etc/evil", "uploads/../../evil", "uploads\\evil"] {
        assert_refused(&with(name, Vec::new()), 1, "could lead outside the target folder");
    }
    // A flipped bit in the document, which is stored without compression.
    let mut bytes = fs::read(old.archive()).unwrap();
    let middle = bytes.len() / 3;
    bytes[middle] ^= 0x55;
    fs::write(cli.path("flipped.zip"), bytes).unwrap();
    let ran = import(&new_cli(), &cli.path("flipped.zip"));
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
}

/// A small file that would take gigabytes: as one text, as many rows, as many columns, or as the state of
/// actors. The test bounds its memory from outside.
#[test]
fn an_archive_that_grows_without_end_is_refused_within_little_memory() {
    let cli = Cli::new();
    let head = "{\"version\":20260814120000,\"tables\":{";
    let repeated = |text: &str| text.repeat((1024 * 1024) / text.len());
    let columns: String = (0..2_000).map(|number| format!("\"c{number}\":null,")).collect();
    let too_large = "is larger than expected for a file of this size";
    for (start, piece, fault) in [
        (format!("{head}\"users\":[{{\"id\":\""), repeated("a"), too_large),
        (format!("{head}\"users\":["), repeated("{},"), too_large),
        (format!("{head}\"users\":[{{"), columns, "too many columns"),
    ] {
        bomb(&cli, ("database.json", &start), &piece);
        refused_within_little_memory(&cli, fault);
    }
    let mut writer =
        bomb_writer(&cli, ("database.json", "{\"version\":20260814120000,\"tables\":{}}"));
    writer.start_file("francis.bin", zip::write::SimpleFileOptions::default()).unwrap();
    // An array of as many empty values as can be.
    std::io::Write::write_all(&mut writer, &[0xdd, 0x7f, 0xff, 0xff, 0xff]).unwrap();
    (0..96).for_each(|_| std::io::Write::write_all(&mut writer, &[0xc0; 1024 * 1024]).unwrap());
    writer.finish().unwrap();
    refused_within_little_memory(&cli, "cannot read francis.bin");
}

/// The state of an actor with a list of so many empty values, each of which takes forty bytes when it is decoded.
fn actor_state(values: u32) -> Vec<u8> {
    let list = vec![0xc0; values as usize];
    [b"\x81\xa1x\xdd".as_slice(), &values.to_be_bytes(), &list].concat()
}

/// A record of `francis.bin` with such a state.
fn actor_record(values: u32) -> Vec<u8> {
    let state = actor_state(values);
    let length = u32::try_from(state.len()).unwrap().to_be_bytes();
    let head =
        b"\x82\xa4type\xa5state\xa5state\x83\xa9actorType\xa9AppConfig\xa7actorId\xa1x\xa4data\xc6";
    [head.as_slice(), &length, &state].concat()
}

#[test]
fn the_states_of_actors_are_read_within_little_memory() {
    const VALUES: u32 = 300_000;
    let (cli, old) = (new_cli(), PocketId::new());
    let mut members = old.members();
    let actors = members.iter_mut().find(|(name, _)| name == "francis.bin").unwrap();
    (0..25).for_each(|_| actors.1.extend(actor_record(VALUES)));
    // The size limit of unpacked data depends on the size of the file: this is not made smaller.
    let mut noise = [0_u32; 60_000];
    noise.iter_mut().fold(1_u32, |last, word| {
        *word = last.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *word
    });
    let noise = noise.iter().flat_map(|word| word.to_be_bytes()).collect();
    members.push(("uploads/other/noise".to_owned(), noise));
    fs::write(cli.path("a.zip"), zip(&members)).unwrap();
    let folder = old.data_folder();
    let database = rusqlite::Connection::open(folder.join("pocket-id.db")).unwrap();
    let insert = |values| {
        let state = rusqlite::params![actor_state(values)];
        let sql = "INSERT INTO francis_actor_state VALUES ('AppConfig', 'x', ?1)";
        database.execute(sql, state).unwrap();
    };
    (0..25).for_each(|_| insert(VALUES));

    for place in [cli.path("a.zip"), folder.clone()] {
        let line = format!("exec pocketid import --dry-run '{}'", place.display());
        let ran = cli.shell(&format!("ulimit -d 100000 && {line}"));
        assert_eq!(ran.code, Some(0), "{}: {}", place.display(), ran.stderr);
    }

    insert(600_000);
    let ran = import(&cli, &folder);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stderr.contains("the state of AppConfig"), "{}", ran.stderr);
}

type Bomb = zip::ZipWriter<fs::File>;

fn bomb_writer(cli: &Cli, (name, start): (&str, &str)) -> Bomb {
    let mut writer = zip::ZipWriter::new(fs::File::create(cli.path("bomb.zip")).unwrap());
    writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut writer, start.as_bytes()).unwrap();
    writer
}

/// A member that starts so, and then repeats a piece.
fn bomb(cli: &Cli, start: (&str, &str), piece: &str) {
    let mut writer = bomb_writer(cli, start);
    for _ in 0..96 * 1024 * 1024 / piece.len() {
        std::io::Write::write_all(&mut writer, piece.as_bytes()).unwrap();
    }
    writer.finish().unwrap();
}

/// The system ends a process that takes more than 100 MB, with another exit code.
#[track_caller]
fn refused_within_little_memory(cli: &Cli, fault: &str) {
    let ran = cli.shell("ulimit -d 100000 && exec pocketid import bomb.zip");
    assert_eq!(ran.code, Some(1), "{fault}: {}", ran.stderr);
    assert!(ran.stderr.contains(fault), "{fault}: {}", ran.stderr);
}

#[test]
fn a_document_that_is_not_as_it_has_to_be_is_refused_with_the_place() {
    let cli = Cli::new();
    let document = |text: &[u8]| {
        let path = cli.path("a.zip");
        fs::write(&path, zip(&[("database.json".into(), text.to_vec())])).unwrap();
        path
    };
    let deep = "[".repeat(100_000);
    let deep = format!("{{\"version\":1,\"tables\":{{\"photos\":[{deep}");
    for text in
        ["", "{", "[]", "{}", "{\"version\":1}", "{\"version\":1,\"tables\":{\"users\":3}}", &deep]
    {
        assert_refused(&document(text.as_bytes()), 1, "cannot read database.json");
    }
    let nobody = json!({"version": 20_260_814_120_000_i64, "tables": {}}).to_string();
    assert_refused(&document(nobody.as_bytes()), 1, "contains no account");

    for (table, column, value, words) in [
        ("users", "id", json!("1"), "users, row 1: id is not a UUID"),
        ("users", "username", json!(null), "users, row 1: username is missing"),
        ("users", "is_admin", json!("yes"), "is_admin is neither true nor false"),
        ("users", "created_at", json!("yesterday"), "created_at is not a time"),
        ("users", "email", json!({"a": 1}), "users, row 1: email is not text"),
        ("oidc_clients", "callback_urls", json!("e30="), "callback_urls is not valid JSON"),
        ("oidc_clients", "access_token_duration_minutes", json!(0), "is not a lifetime of"),
        ("oidc_clients", "access_token_duration_minutes", json!(1.5), "is not a whole number"),
        ("webauthn_credentials", "public_key", json!("#"), "public_key is not binary data"),
        ("api_keys", "key", json!("plain"), "key is not a SHA-256"),
        ("api_keys", "expires_at", json!(null), "expires_at is missing"),
        ("oidc_clients_allowed_apis", "subject_type", json!("x"), "neither user nor client"),
    ] {
        let mut old = PocketId::new();
        old.table(table)[0][column] = value;
        assert_refused(&old.archive(), 1, words);
    }
}

#[test]
fn a_database_that_is_half_upgraded_is_refused() {
    let data = PocketId::new();
    let folder = data.data_folder();
    let database = rusqlite::Connection::open(folder.join("pocket-id.db")).unwrap();
    database.execute("UPDATE schema_migrations SET dirty = 1", []).unwrap();
    assert_refused(&folder, 1, "was interrupted while it upgraded this database");
}

#[test]
fn the_signing_key_needs_the_key_that_it_was_sealed_under() {
    let old = PocketId::new();
    let path = old.archive();
    let line = format!("import {}", path.display());
    let without = Cli::new();
    let wrong = Cli::new().with("ENCRYPTION_KEY", "another key of sixteen or more");
    for (cli, words) in
        [(&without, "is not set"), (&wrong, "does not decrypt Pocket ID's signing key")]
    {
        let ran = cli.run(&line);
        assert_eq!(ran.code, Some(3), "{}", ran.stderr);
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
        assert!(ran.stderr.contains("--new-signing-keys"), "{}", ran.stderr);
        assert!(!cli.path("data").exists());
    }
    wrong.run(&format!("{line} --encryption-key-file missing")).expect_failure(1);
    wrong.write("old.key", format!("{ENCRYPTION_KEY}\n"));
    wrong.run(&format!("{line} --encryption-key-file old.key")).expect_success();
    assert!(wrong.run("keys list").ok().contains("oldKeyOfRSA"));

    let found = without.run(&format!("{line} --new-signing-keys -o json")).json();
    assert_eq!(found["imported"]["signingKeys"], 0);
    assert!(found["leftOut"].as_array().unwrap().iter().any(|one| one["kind"] == "signing key"));
}

#[test]
fn a_system_that_is_in_use_stays_as_it_is() {
    let path = PocketId::new();
    let path = path.archive();
    for (line, what) in [
        ("user add bob", "accounts"),
        ("client create web --id web", "clients"),
        ("group create staff", "groups"),
        ("api create https://api.example.com", "APIs"),
    ] {
        let cli = new_cli();
        cli.run(line).expect_success();
        let before = cli.audit_log();
        import(&cli, &path).refused(
            1,
            &[
                &format!("error: the database already contains {what}"),
                "hint: import into an empty database: set DB_CONNECTION_STRING",
            ],
        );
        assert_eq!(cli.audit_log(), before);
    }
}

/// The second of two rows that cannot both be stored is at the end of everything.
#[test]
fn what_fails_in_the_middle_leaves_nothing_behind() {
    let mut old = PocketId::new();
    old.add("api_keys", &json!({"id": "99999999-9999-4999-8999-999999999998"}));
    let cli = new_cli();
    let ran = import(&cli, &old.archive());
    assert_ne!(ran.code, Some(0));
    for table in ["users", "groups", "clients", "passkeys", "api_keys", "audit_events"] {
        let count: i64 = cli
            .database()
            .query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| row.get(0))
            .unwrap();
        assert_eq!(count, 0, "{table}");
    }
}
