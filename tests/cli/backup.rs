//! `pocketid backup` and `pocketid restore`: all data, there and back, on both engines.

use std::{
    collections::BTreeSet,
    os::unix::fs::PermissionsExt as _,
    sync::atomic::{AtomicBool, Ordering},
};

use pocketid::store::schema::{ColumnKind, Schema, Table};
use rusqlite::types::Value as Sql;

use crate::support::{
    archive::Members,
    cli::Cli,
    patience::{PATIENCE, ended},
    postgres::new_database,
};

/// A name, and an authority that OpenSSL made.
const TLS_CLIENT_AUTH: &str = r#"{"sanDns": "app.example.com", "certificateAuthorities": "-----BEGIN CERTIFICATE-----\nMIIBLjCB4aADAgECAhRkeT6GKGXXGSEqeURWlf/hrop2MTAFBgMrZXAwDTELMAkG\nA1UEAwwCZWQwHhcNMjYxMTMwMDcwOTE2WhcNMzYxMTI3MDcwOTE2WjANMQswCQYD\nVQQDDAJlZDAqMAUGAytlcAMhAOCkYVRhxa3GbzLURhMF3H20C/DKr5lfCLRBjyGN\n6KRRo1MwUTAdBgNVHQ4EFgQUg0acWXluUG6otk7iN2slarBUBxUwHwYDVR0jBBgw\nFoAUg0acWXluUG6otk7iN2slarBUBxUwDwYDVR0TAQH/BAUwAwEB/zAFBgMrZXAD\nQQB13lx2qpiS7maKVy7K04Ucd31gOtrtoKJ39CuqTwMRvcevNlxysoqP6aHmcMxi\ngNEJhlCYX0ZnnoOiClLMzbcN\n-----END CERTIFICATE-----\n"}"#;

/// Values that a rule of the schema or of a model asks for, by the name of the column and the number of the
/// row.
fn chosen(table: &str, column: &str, row: u8) -> Option<String> {
    let word = match (table, column) {
        ("client_redirect_uris", "kind") => "sign_in",
        ("ceremonies", "kind") => "registration",
        ("client_logos", "theme") if row == 1 => "dark",
        ("client_logos", "theme") => "light",
        (_, "client_type") => "public",
        ("users", "user_type") => "service",
        (_, "subject_type") => "user",
        ("device_logins", "status") => "approved",
        (_, "status") => "pending",
        (_, "actor") => "cli",
        (_, "code_challenge_method") => "S256",
        ("identity_assertions", "audience_client_id" | "scope") => "there",
        ("identity_assertions", "resources") => "https://api.example.com/ urn:example:api",
        (_, "algorithm" | "id_token_signed_response_alg" | "userinfo_signed_response_alg") => {
            "ES256"
        }
        (_, "amr") => "phr",
        ("sessions", "device_key") => {
            r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#
        }
        (_, "security_profile") => "fapi2",
        (_, "tls_client_auth") => TLS_CLIENT_AUTH,
        (_, "dpop_jkt" | "certificate_thumbprint") => "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
        ("outbox" | "outbox_rests", "kind") => "mail",
        ("webhooks", "events") => "[\"SIGN_IN\"]",
        ("protected_hosts", "open_paths") => "[\"/health\"]",
        ("protected_hosts", "headers") => {
            r#"{"user":"Remote-User","name":"","email":"","groups":"","id":""}"#
        }
        ("outbox", "content") => "{}",
        ("scim_resources" | "ssh_ca_keys", "kind") => "user",
        ("ssh_certificate_principals", "account") => "root",
        (_, "content_type") => "image/png",
        (_, "jwks") => "{\"keys\":[]}",
        (_, "federated_identities" | "claim_rules" | "token_exchanges" | "trusted_issuers") => "[]",
        ("interactions", "parameters") | ("audit_events", "data") => "{\"a\":\"é\\n😀\"}",
        ("interactions", "steps") => "authenticate",
        (_, "grant_types") => "authorization_code",
        ("clients", "registration") => "approved",
        ("client_registrations", "token_endpoint_auth_method") => "none",
        ("client_registrations", "application_type") => "web",
        ("client_registrations", "token_name") => "agents",
        ("application_images", "name") if row == 1 => "logoLight",
        ("application_images", "name") => "logoDark",
        _ => return worded(table, column, row),
    };
    Some(word.to_owned())
}

/// Names, which are different in each row.
fn worded(table: &str, column: &str, row: u8) -> Option<String> {
    Some(match (table, column) {
        ("users", "username") => format!("user{row}"),
        ("users" | "email_verifications", "email") => format!("user{row}@example.com"),
        ("users" | "groups", "ldap_id") => format!("directory{row}"),
        ("identity_assertions" | "asserted_audiences", "audience") => {
            format!("https://auth{row}.example.com/")
        }
        ("client_redirect_uris", "pattern") => format!("https://app{row}.example.com/*"),
        ("scim_providers", "endpoint") => format!("https://app{row}.example.com/scim"),
        ("ssh_accounts", "account") => format!("account{row}"),
        ("ssh_certificates" | "ssh_users", "username") => format!("user{row}"),
        ("protected_hosts", "host") => format!("app{row}.example.com"),
        ("webhooks", "url") => format!("https://app{row}.example.com/hook"),
        (_, "resource") => format!("https://api{row}.example.com"),
        (_, "client_id") | ("clients", "id") => format!("client{row}"),
        ("user_claims" | "group_claims", "name") => format!("claim{row}"),
        (_, "permission_key") | ("api_permissions", "key") => format!("read{row}"),
        (_, "name" | "friendly_name" | "first_name" | "last_name" | "display_name") => {
            format!("{row} é😀")
        }
        (_, "description") => format!("{row} \"é\\😀"),
        ("user_claims" | "group_claims", "value") => format!("{row} \"é\\😀"),
        _ => return None,
    })
}

/// One value of each kind is used everywhere, so whatever refers to another row finds it; and every model
/// accepts it.
fn value(table: &Table, column: usize, row: u8) -> Sql {
    let column = &table.columns[column];
    // Of two columns one has a value.
    if matches!(column.name.as_str(), "bcrypt_hash" | "sealed_value" | "sealed_content") {
        return Sql::Null;
    }
    match (chosen(&table.name, &column.name, row), column.kind) {
        (Some(text), _) => Sql::Text(text),
        (None, ColumnKind::Blob)
            if column.name.ends_with("_digest") || column.name == "public_key" =>
        {
            Sql::Blob(vec![row; 32])
        }
        (None, ColumnKind::Blob) => Sql::Blob(vec![row; 16]),
        // As a flag it is yes and no; nothing else minds.
        (None, ColumnKind::Integer) => Sql::Integer(i64::from(row) - 1),
        (None, ColumnKind::Text) => Sql::Text(format!("{row} \"é\\\n\u{1}😀")),
    }
}

/// Puts two rows into every table that there is.
fn fill(cli: &Cli) -> Schema {
    let schema = Schema::at(Schema::NEWEST).unwrap();
    let database = cli.database();
    for table in &schema.tables {
        let columns: Vec<_> = table.columns.iter().map(|column| column.name.as_str()).collect();
        let places = vec!["?"; columns.len()].join(", ");
        let sql = format!("INSERT INTO {} ({}) VALUES ({places})", table.name, columns.join(", "));
        for row in 1..=2 {
            let values = (0..columns.len()).map(|column| value(table, column, row));
            let done = database.execute(&sql, rusqlite::params_from_iter(values));
            done.unwrap_or_else(|error| panic!("{}: {error}; see `chosen`", table.name));
        }
    }
    schema
}

/// The rows of every table, but for the entry that a restore adds to the audit log.
fn rows(cli: &Cli) -> Vec<(String, Vec<String>)> {
    static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let name = format!("rows{}.zip", COUNT.fetch_add(1, Ordering::SeqCst));
    cli.run(&format!("backup {name}")).expect_success();
    let members = Members::read(&cli.path(&name));
    let schema = Schema::at(Schema::NEWEST).unwrap();
    let of = |table: &Table| {
        let mut lines = members.lines(&table.name);
        lines.retain(|line| !line.contains("DATABASE_RESTORED"));
        // Messages of a backup were sent long ago, so a restore does not send them again.
        if table.name == "outbox" {
            lines.clear();
        }
        (table.name.clone(), lines)
    };
    schema.tables.iter().map(of).collect()
}

#[test]
fn every_table_is_saved_and_comes_back() {
    let cli = Cli::new().with_empty_database();
    let schema = fill(&cli);
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
    let database = cli.database();
    let mut statement = database.prepare(tables).unwrap();
    let names = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap);
    let names: BTreeSet<String> = names.collect();
    cli.run("backup all.zip").expect_success();
    let saved = rows(&cli);

    assert_eq!(saved.iter().map(|(name, _)| name.clone()).collect::<BTreeSet<_>>(), names);
    assert_eq!(schema.tables.len(), names.len());
    let mut kept = saved.iter().filter(|(name, _)| name != "outbox");
    assert!(kept.all(|(_, lines)| lines.len() == 2), "{saved:?}");

    let other = Cli::new();
    std::fs::copy(cli.path("all.zip"), other.path("all.zip")).unwrap();
    other.run("backup verify all.zip").expect_success();
    other.run("restore all.zip").expect_success();
    assert_eq!(rows(&other), saved);
    let restored: BTreeSet<String> = other.audit_log().into_iter().collect();
    assert!(restored.contains("DATABASE_RESTORED cli -"), "{restored:?}");
}

#[test]
fn a_backup_of_one_engine_restores_into_the_other_and_back() {
    let cli = Cli::new().with_empty_database();
    fill(&cli);
    let saved = rows(&cli);
    let postgres = Cli::new()
        .with("DB_CONNECTION_STRING", &new_database())
        .with("ENCRYPTION_KEY", "a key of sixteen or more");
    postgres.run("user add somebody").expect_success();
    cli.run("backup there.zip").expect_success();
    std::fs::copy(cli.path("there.zip"), postgres.path("there.zip")).unwrap();

    postgres.run("restore there.zip --yes").expect_success();
    assert_eq!(rows(&postgres), saved);

    postgres.run("backup back.zip").expect_success();
    let third = Cli::new();
    std::fs::copy(postgres.path("back.zip"), third.path("back.zip")).unwrap();
    third.run("restore back.zip").expect_success();
    assert_eq!(rows(&third), saved);
    assert_eq!(Members::read(&third.path("back.zip")).manifest()["engine"], "postgres");
}

/// On PostgreSQL references and indexes are put aside while it is filled.
#[test]
fn restoring_leaves_the_schema_as_migrations_make_it() {
    const FACTS: &str = "
        SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
         WHERE connamespace = current_schema()::regnamespace
         UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema()
         ORDER BY 1";
    let address = new_database();
    let cli = Cli::new().with("DB_CONNECTION_STRING", &address);
    cli.run("user add alice").expect_success();
    let mut client = crate::support::postgres::connect(&address);
    let mut facts = || -> Vec<String> {
        client.query(FACTS, &[]).unwrap().iter().map(|row| row.get(0)).collect()
    };
    let before = facts();
    cli.run("backup it.zip").expect_success();

    cli.run("restore it.zip --yes").expect_success();

    assert_eq!(facts(), before);
    assert!(before.len() > 60, "{}", before.len());
}

#[test]
fn a_backup_is_of_one_moment_while_others_write() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    let database = cli.database();
    // Each transaction changes the first table and one of the last together.
    let both = "BEGIN IMMEDIATE;
        INSERT INTO apis SELECT randomblob(16), 'a', 'https://api-' || hex(randomblob(8)), 0, 0;
        INSERT INTO groups (id, name, friendly_name, created_at)
            SELECT randomblob(16), hex(randomblob(8)), 'gg', 0;
        COMMIT";
    is_of_one_moment(&cli, move || database.execute_batch(both).unwrap());
}

#[test]
fn a_backup_of_postgresql_is_of_one_moment_while_others_write() {
    let address = new_database();
    let cli = Cli::new().with("DB_CONNECTION_STRING", &address);
    cli.run("user add alice").expect_success();
    let mut client = crate::support::postgres::connect(&address);
    let both = "BEGIN;
        INSERT INTO apis SELECT uuid_send(gen_random_uuid()), 'a', 'https://api-' || gen_random_uuid(), 0, 0;
        INSERT INTO groups (id, name, friendly_name, created_at)
            SELECT uuid_send(gen_random_uuid()), gen_random_uuid()::text, 'gg', 0;
        COMMIT";
    is_of_one_moment(&cli, move || client.batch_execute(both).unwrap());
}

/// Stops the other thread, also when the test fails: it would be waited for without an end.
struct StopAtEnd<'a>(&'a AtomicBool);

impl Drop for StopAtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[track_caller]
fn is_of_one_moment(cli: &Cli, mut write: impl FnMut() + Send) {
    let stop = &AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            while !stop.load(Ordering::SeqCst) {
                write();
            }
        });
        let _stop = StopAtEnd(stop);
        let counts: BTreeSet<_> = (0..5)
            .map(|round| {
                let made = cli.run(&format!("backup {round}.zip -o json")).json();
                assert_eq!(made["tables"]["apis"], made["tables"]["groups"]);
                cli.run(&format!("backup verify {round}.zip")).expect_success();
                made["tables"]["apis"].as_u64().unwrap_or_default()
            })
            .collect();
        assert!(counts.len() > 1, "somebody wrote meanwhile: {counts:?}");
    });
}

#[test]
fn a_restore_that_is_killed_changes_nothing_and_may_be_begun_again() {
    const MANY: &str = "
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
        INSERT INTO audit_events (id, kind, actor, data, created_at)
        SELECT randomblob(16), 'SIGN_IN', 'cli', '{}', 1764000000 FROM n";
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.database().execute_batch(MANY).unwrap();
    cli.run("backup it.zip").expect_success();
    cli.run("user add bob").expect_success();

    let mut restoring = cli.spawn("restore it.zip --yes");
    let started = std::time::Instant::now();
    while !cli.path("data/pocketid.db.restoring").exists() {
        assert!(started.elapsed() < PATIENCE, "it begins");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    restoring.kill().unwrap();
    assert!(!ended(restoring).status.success(), "it was faster than this test");

    assert_eq!(cli.run("user list").ok().lines().count(), 2);
    cli.run("restore it.zip --yes").expect_success();
    assert_eq!(cli.run("user list").ok().lines().count(), 1);
    assert!(!cli.path("data/pocketid.db.restoring").exists());
}

#[test]
fn a_backup_is_a_file_for_its_owner_that_is_never_overwritten() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();

    let made = cli.run("backup -o json").json();
    let path = made["path"].as_str().unwrap().to_owned();
    assert!(path.starts_with("pocketid-2") && path.ends_with(".zip"), "{path}");
    assert_eq!((&made["tables"]["users"], &made["engine"]), (&1.into(), &"sqlite".into()));
    let mode = cli.path(&path).metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let before = std::fs::read(cli.path(&path)).unwrap();
    let again = cli.run(&format!("backup {path}"));
    again.refused(
        1,
        &[
            &format!("error: cannot write {path}: it already exists, and is not overwritten"),
            "hint: choose another name, or name a folder to get a name with the time",
        ],
    );
    assert_eq!(std::fs::read(cli.path(&path)).unwrap(), before);
    cli.run("backup nowhere/x.zip").expect_failure(1);
    let listed = cli.run("backup list -o json").json();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["name"], path.as_str());
    assert_eq!(listed[0]["programVersion"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn a_full_disk_leaves_no_half_a_backup() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    std::fs::create_dir(cli.path("small")).unwrap();
    let ran = cli.script(
        "mount -t tmpfs -o size=8k none small
         $P backup small/x.zip
         echo $?
         ls small",
    );
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "1\n"), "{}", ran.stderr);
    assert!(ran.stderr.contains("No space left on device"), "{}", ran.stderr);
}

#[test]
fn a_pipe_carries_a_backup_there_and_back() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    let ran = cli.script(
        "$P backup - > a.zip && $P user add bob -q >/dev/null && $P restore - --yes < a.zip >/dev/null &&
         $P backup verify - < a.zip >/dev/null && $P user list | cut -f 1",
    );
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "alice\n"), "{}", ran.stderr);

    let shown = cli.run_on_terminal("backup -", "");
    assert_eq!(shown.code, Some(2), "{}", shown.stdout);
    assert!(shown.stdout.contains("a backup cannot be written to a terminal"), "{}", shown.stdout);
}

#[test]
fn restoring_keeps_the_old_data_beside_the_new_and_says_where() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.run("backup it.zip").expect_success();
    cli.run("user add bob").expect_success();

    let restored = cli.run("restore it.zip --yes -o json").json();

    cli.run("user list").expect(0, "alice\talice\t\tuser\tenabled\t0\tnever\n", "");
    let kept = restored["kept"][0].as_str().unwrap().to_owned();
    let mode = cli.path(&kept).metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let old = cli.with("DB_CONNECTION_STRING", &kept);
    old.run("user list").expect(
        0,
        "alice\talice\t\tuser\tenabled\t0\tnever\nbob\tbob\t\tuser\tenabled\t0\tnever\n",
        "",
    );
}

#[test]
fn restoring_asks_on_a_terminal_and_wants_to_be_meant_elsewhere() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.run("backup it.zip").expect_success();
    cli.run("user add bob").expect_success();

    cli.run("restore it.zip").refused(
        2,
        &[
            "error: this cannot be undone, and there is no terminal to ask",
            "hint: add --yes to confirm",
        ],
    );
    let refused = cli.run_on_terminal("restore it.zip", "n\n");
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.stdout.contains("This replaces all data in data/pocketid.db with the data of 2")
    );
    assert!(refused.stdout.contains(": 1 users, 0"), "{}", refused.stdout);
    assert_eq!(cli.run("user list").ok().lines().count(), 2);

    let agreed = cli.run_on_terminal("restore it.zip", "y\n");
    assert_eq!(agreed.code, Some(0), "{}", agreed.stdout);
    assert_eq!(cli.run("user list").ok().lines().count(), 1);
}

#[test]
fn a_database_that_a_server_runs_on_is_not_restored() {
    for database in [None, Some(new_database())] {
        let cli = Cli::new().with("ENCRYPTION_KEY", "a key of sixteen or more");
        let cli = match &database {
            Some(address) => cli.with("DB_CONNECTION_STRING", address),
            None => cli,
        };
        cli.run("user add alice").expect_success();
        let server = cli.serve();
        cli.run("backup it.zip").expect_success();
        cli.run("backup verify it.zip").expect_success();
        cli.run("user add bob").expect_success();

        let refused = cli.run("restore it.zip --yes");
        assert_eq!(refused.code, Some(1));
        assert!(
            refused
                .stderr
                .starts_with("error: cannot restore: a server or another restore is using ")
        );
        assert!(refused.stderr.contains("hint: stop the server first, or add --stop-server; "));
        assert_eq!(cli.run("user list").ok().lines().count(), 2);

        // Whatever starts it again does so in vain while it lasts.
        cli.run("restore it.zip --yes --stop-server").expect_success();
        let (code, log) = server.wait();
        assert_eq!(code, Some(0), "{log}");
        assert!(log.contains("a backup is being restored"), "{log}");
        assert_eq!(cli.run("user list").ok().lines().count(), 1);
        drop(cli.serve());
    }
}

#[test]
fn what_a_command_has_open_is_whole_before_and_after() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.run("backup it.zip").expect_success();
    cli.run("user add bob").expect_success();
    // As of a command that runs meanwhile, in the middle of reading.
    let reader = cli.database();
    let count = || reader.query_row("SELECT COUNT(*) FROM users", [], |row| row.get::<_, i64>(0));
    reader.execute_batch("BEGIN").unwrap();
    assert_eq!(count().unwrap(), 2);

    cli.run("restore it.zip --yes").expect_success();

    assert_eq!(count().unwrap(), 2);
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(count().unwrap(), 1);
    reader.execute_batch("PRAGMA integrity_check; DELETE FROM users").unwrap();
    cli.run("user list").expect(0, "", "");
}

/// A log of JSON, and a script that reads it, have a line each.
#[test]
fn a_backup_that_cannot_be_written_says_so_and_nothing_else() {
    let cli = Cli::new();
    cli.run("user add alice").expect_success();
    cli.shell("pocketid backup - > /dev/full").refused(
        1,
        &[
            "error: cannot write the backup: No space left on device (os error 28)",
            "hint: choose another place, or free some disk space; no partial file was left",
        ],
    );
}
