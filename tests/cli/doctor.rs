//! `pocketid doctor`: each check finds what it is there for, and says how to mend it.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
};

use serde_json::Value;

use crate::support::{
    cli::{Cli, Ran, Server},
    postgres,
};

/// A port that nobody listens at.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// An installation in which all is well, and its server.
fn healthy() -> (Cli, Server) {
    let port = free_port();
    let cli = Cli::new()
        .with("APP_URL", &format!("http://localhost:{port}"))
        .with("PORT", &port.to_string());
    cli.run("user add alice --admin").expect_success();
    give_passkey(&cli);
    let server = cli.serve_at(port);
    (cli, server)
}

/// A database without a server.
fn idle() -> Cli {
    let cli = Cli::new();
    cli.run("user add alice --admin").expect_success();
    cli
}

fn give_passkey(cli: &Cli) {
    let passkey = "
        INSERT INTO passkeys (id, user_id, name, credential_id, public_key, transports, sign_count,
                              backup_eligible, backup_state, created_at)
        SELECT id, id, 'key', x'01', x'01', '', 0, 0, 0, 0 FROM users";
    cli.database().execute(passkey, []).unwrap();
}

/// What it finds when nobody is asked.
fn offline(cli: &Cli) -> Value {
    findings(&cli.run("doctor --offline -o json"))
}

#[track_caller]
fn findings(ran: &Ran) -> Value {
    let found: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let is_problem = found["status"] == "problem";
    assert_eq!(ran.code, Some(i32::from(is_problem)), "{found}\n{}", ran.stderr);
    found
}

/// Expects a finding, and a mend with these words in it.
#[track_caller]
fn expect(found: &Value, check: &str, status: &str, finding: &str, mend: &str) {
    let all = found["findings"].as_array().unwrap();
    let is_it = |one: &&Value| {
        let text = |name: &str| one[name].as_str().unwrap_or_default();
        text("check") == check
            && text("status") == status
            && text("finding").contains(finding)
            && text("mend").contains(mend)
    };
    assert!(all.iter().any(|one| is_it(&one)), "{check}: {finding}\n{found:#}");
}

/// Something that answers every request alike.
fn impostor(answer: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut request = [0; 4_096];
            drop(stream.read(&mut request));
            drop(stream.write_all(answer.as_bytes()));
        }
    });
    port
}

#[test]
fn where_all_is_well_it_says_so() {
    let (cli, _server) = healthy();

    let text = cli.run("doctor").ok();

    assert!(text.lines().count() >= 13, "{text}");
    assert!(text.lines().all(|line| line.starts_with("ok\t")), "{text}");
    assert!(text.contains("leads to this installation"), "{text}");
    let found = findings(&cli.run("doctor -o json"));
    assert_eq!(found["status"], "ok");
    let seen = cli.run_on_terminal("doctor", "");
    assert_eq!(seen.code, Some(0), "{}", seen.stdout);
}

#[test]
fn it_changes_nothing_and_makes_nothing() {
    let cli = Cli::new();
    expect(&offline(&cli), "database", "warning", "there is no database at", "start the server");
    assert!(!cli.path("data").exists());

    let (cli, _server) = healthy();
    let log = cli.audit_log();
    cli.run("doctor").expect_success();
    assert_eq!(cli.audit_log(), log);
}

#[test]
fn warnings_alone_are_no_failure_and_problems_are_counted() {
    let cli = idle();
    give_passkey(&cli);
    let found = offline(&cli);
    assert_eq!(found["status"], "warning", "{found:#}");

    cli.database().execute("DELETE FROM passkeys", []).unwrap();
    let ran = cli.run("doctor --offline");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), "error: there is a problem\n"));
}

#[test]
fn wrong_and_strange_settings_are_told_one_by_one() {
    let cli = idle()
        .with("TRUST_PROXY", "perhaps")
        .with("PORT", "http")
        .with("APP_ULR", "x")
        .with("PUBLIC_APP_URL", "x")
        .with("UNIX_SOCKET", "/run/x")
        .with("APP_NAME", "Home")
        .with("LOG_LEVEL_FILE", "/nonexistent")
        .with("POCKETID_LISTEN", "here");

    let found = offline(&cli);

    expect(&found, "settings", "problem", "TRUST_PROXY ", "correct TRUST_PROXY");
    expect(&found, "settings", "problem", "PORT is not a port", "correct PORT");
    expect(&found, "settings", "problem", "LOG_LEVEL cannot be read", "LOG_LEVEL_FILE must name");
    expect(&found, "settings", "warning", "is APP_URL meant?", "rename APP_ULR to APP_URL");
    expect(&found, "settings", "warning", "PUBLIC_APP_URL is of an old", "set APP_URL");
    expect(&found, "settings", "warning", "APP_NAME is set and has no effect", "config set");
    expect(&found, "settings", "warning", "UNIX_SOCKET is set, but", "remove UNIX_SOCKET");
    expect(&found, "settings", "problem", "POCKETID_LISTEN is \"here\"", "127.0.0.1:1411");
    expect(&found, "administrators", "problem", "no administrator has a passkey", "recover alice");

    cli.write(".env", "this is no assignment\n");
    expect(&offline(&cli), "settings", "problem", ".env cannot be read", "mend or remove");
}

#[test]
fn settings_that_contradict_each_other_are_told() {
    let cli = idle().with("POCKETID_LISTEN", "127.0.0.1:1").with("PORT", "2");
    cli.write("key", "a key of sixteen bytes");
    let cli =
        cli.with("ENCRYPTION_KEY", "a key of sixteen bytes").with("ENCRYPTION_KEY_FILE", "key");

    let found = offline(&cli);

    expect(&found, "settings", "warning", "PORT is set and has no effect", "remove one of");
    expect(&found, "settings", "warning", "ENCRYPTION_KEY and ENCRYPTION_KEY_FILE", "remove one");
}

#[test]
fn an_address_that_will_not_do_is_told() {
    let at = |url: &str| offline(&Cli::new().with("APP_URL", url));
    let no_passkeys = "browsers allow no passkeys at";
    expect(&at("http://id.example.com"), "address", "problem", no_passkeys, "https://");
    expect(&at("https://192.0.2.1"), "address", "problem", no_passkeys, "host name");
    expect(&at("http://localhost:8"), "address", "warning", "listens at port 1411", "PORT");
    expect(&at("https://x.example/path"), "settings", "problem", "must not contain a path", "");
    expect(&at(""), "address", "warning", "APP_URL is not set", "set APP_URL");
    let inside = Cli::new().with("INTERNAL_APP_URL", "http://localhost:1411");
    expect(&offline(&inside), "address", "warning", "finds itself", "set INTERNAL_APP_URL");
}

#[test]
fn a_proxy_that_is_not_believed_is_told() {
    let found = offline(&Cli::new());
    expect(&found, "proxy", "warning", "TRUST_PROXY is off", "set TRUST_PROXY");
    let plain = Cli::new().with("APP_URL", "http://localhost:1411").with("TRUST_PROXY", "true");
    expect(&offline(&plain), "proxy", "warning", "can claim any address", "remove TRUST_PROXY");
    let named = Cli::new().with("TRUST_PROXY", "10.0.0.1");
    expect(&offline(&named), "proxy", "ok", "are believed", "");
}

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

    let database = "everybody on this machine may open data/pocketid.db";
    expect(&found, "files", "problem", database, "chmod 600 data/pocketid.db");
    let key = "others than its owner may open data/encryption.key";
    expect(&found, "files", "warning", key, "chmod 600 data/encryption.key");
    expect(&found, "files", "problem", "everybody may write to the folder data", "chmod 700 data");
    expect(&found, "files", "warning", "a rotation that was interrupted", "rm data/");
}

#[test]
fn a_disk_that_is_nearly_full_is_told() {
    let cli = idle();
    let ran = cli.script(
        "mkdir small && cp data/* small && mount -t tmpfs -o size=20m none data && cp small/* data
         $P doctor --offline -o json",
    );
    let found = findings(&ran);
    expect(&found, "disk", "problem", "MiB are free in data", "make room");
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
    expect(&found, "database", "warning", "the schema is of version 0", "start the server");
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
    let orphan = "INSERT INTO reauthentications VALUES (x'01', x'01', x'02', 0, 0)";
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
    let other = "sealed under another key than the one in ENCRYPTION_KEY";
    expect(&offline(&cli), "encryption key", "problem", other, "rotate-encryption-key --lost-key");
    let cli = cli.with("ENCRYPTION_KEY", "");
    fs::remove_file(cli.path("data/encryption.key")).unwrap();
    let lost = "data/encryption.key is missing";
    expect(&offline(&cli), "encryption key", "problem", lost, "bring the file back");
    assert!(!cli.path("data/encryption.key").exists());
}

#[test]
fn a_server_that_does_not_answer_is_told() {
    let port = impostor("HTTP/1.1 503 Sorry\r\nContent-Length: 0\r\n\r\n");
    let cli = Cli::new().with("PORT", &port.to_string());
    expect(&offline(&cli), "server", "problem", "says 503", "another PORT");
    let cli = cli.with("PORT", &free_port().to_string());
    expect(&offline(&cli), "server", "warning", "no server answers", "pocketid serve");
}

#[test]
fn an_address_that_leads_elsewhere_is_told() {
    let (cli, _server) = healthy();
    let look = |cli: &Cli| findings(&cli.run("doctor -o json"));
    let at = |cli: Cli, port: u16| cli.with("APP_URL", &format!("http://localhost:{port}"));

    let cli = at(cli, free_port());
    expect(&look(&cli), "reachable", "problem", "nothing answers at", "--offline");

    let login = "HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n";
    let cli = at(cli, impostor(login));
    expect(
        &look(&cli),
        "reachable",
        "problem",
        "is no provider: it says 302",
        "no login of its own",
    );

    let other = "HTTP/1.1 200 OK\r\n\r\n{\"issuer\":\"https://other.example/\\u001b[2J\"}";
    let cli = at(cli, impostor(other));
    let found = "calls itself https://other.example/[2J";
    expect(&look(&cli), "reachable", "problem", found, "set APP_URL alike");

    let (_other, other_server) = healthy();
    let cli = at(Cli::new().with_empty_database(), other_server.address().port());
    cli.run("rotate-keys").expect_success();
    expect(&look(&cli), "reachable", "problem", "has other keys than this database", "DB_CONN");
}

#[test]
fn a_clock_that_is_wrong_is_told() {
    let cli = idle();
    cli.database().execute("UPDATE audit_events SET created_at = created_at + 3600", []).unwrap();
    expect(&offline(&cli), "clock", "problem", "the clock is behind", "time service");

    let old = "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n";
    let cli = Cli::new().with("APP_URL", &format!("http://localhost:{}", impostor(old)));
    let found = findings(&cli.run("doctor -o json"));
    expect(&found, "clock", "problem", "s away from that of what answers", "time service");
}

#[test]
fn an_installation_that_nobody_can_administer_is_told() {
    let cli = Cli::new().with_empty_database();
    expect(&offline(&cli), "administrators", "warning", "no account yet", "pocketid setup");
    cli.run("user add alice --admin").expect_success();
    let no_passkey = "no administrator has a passkey";
    expect(&offline(&cli), "administrators", "problem", no_passkey, "pocketid recover alice");
    give_passkey(&cli);
    expect(&offline(&cli), "administrators", "ok", "1 of 1 can sign in", "");
    cli.run("user disable alice --yes").expect_success();
    expect(&offline(&cli), "administrators", "problem", "no administrator is left", "setup");
}

#[test]
fn callbacks_that_give_codes_away_are_told() {
    let cli = idle();
    for (id, callback) in [
        ("plain", "http://app.example.com/callback"),
        ("wide", "https://*/callback"),
        ("narrow", "https://app.example.com/callback"),
    ] {
        cli.run(&format!("client create {id} --id {id} --callback {callback}")).expect_success();
    }

    let found = offline(&cli);

    let mend = "pocketid client update plain --callback";
    expect(&found, "clients", "warning", "of plain is http", mend);
    expect(
        &found,
        "clients",
        "warning",
        "of wide allows hosts that anybody can have",
        "update wide",
    );
    assert!(!found.to_string().contains("narrow"), "{found:#}");
}

#[test]
fn secrets_that_end_soon_are_told() {
    let cli = idle();
    cli.run("client create app --id app").expect_success();
    cli.run("client create ours --id ours").expect_success();
    let end = |seconds: i64| {
        let expire =
            "UPDATE client_secrets SET expires_at = unixepoch() + ?1 WHERE client_id = 'app'";
        cli.database().execute(expire, [seconds]).unwrap();
    };
    end(86_400);
    let mend = "pocketid client secret create app";
    expect(&offline(&cli), "secrets", "warning", "the last secret of app expires", mend);
    end(-86_400);
    expect(&offline(&cli), "secrets", "problem", "app cannot get tokens any more", mend);
    cli.run("client secret create app").expect_success();
    expect(&offline(&cli), "secrets", "ok", "none expires soon", "");

    cli.run("api-key create backup --for alice --expires 1d").expect_success();
    let key = "the API key backup of alice expires";
    expect(&offline(&cli), "secrets", "warning", key, "pocketid api-key create");
}

#[test]
fn on_postgres_it_looks_at_the_same() {
    let port = free_port();
    let cli = Cli::new()
        .with("APP_URL", &format!("http://localhost:{port}"))
        .with("PORT", &port.to_string())
        .with("ENCRYPTION_KEY", "a key of sixteen bytes")
        .with("DB_CONNECTION_STRING", &postgres::new_database());
    expect(&offline(&cli), "database", "warning", "the schema is of version 0", "start the server");
    cli.run("user add alice --admin").expect_success();
    let _server = cli.serve_at(port);
    let found = findings(&cli.run("doctor -o json"));
    expect(&found, "database", "ok", "PostgreSQL", "");
    expect(&found, "reachable", "ok", "leads to this installation", "");
    expect(&found, "administrators", "problem", "no administrator has a passkey", "recover alice");

    let cli = cli.with("ENCRYPTION_KEY", "");
    expect(&offline(&cli), "encryption key", "problem", "no ENCRYPTION_KEY is set", "openssl");
    let cli = cli.with("DB_CONNECTION_STRING", "postgres://nobody@127.0.0.1:1/none");
    expect(&offline(&cli), "database", "problem", "cannot reach the database", "running");
}
