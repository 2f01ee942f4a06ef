//! Wrong settings: all of them are told, before anything is done.

use crate::support::cli::Cli;

#[test]
fn every_wrong_setting_is_told_at_once() {
    let cli = Cli::new()
        .with("APP_URL", "id.example.com")
        .with("ENCRYPTION_KEY", "hunter2")
        .with("LOG_LEVEL", "loud")
        .with("PORT", "http");

    for line in ["user list", "serve", "client create Web", "setup", "healthcheck"] {
        cli.run(line).refused(
            3,
            &[
                "error: APP_URL is not an address such as https://id.example.com",
                "hint: correct APP_URL in the environment or in the file .env",
                "error: PORT is not a port number from 0 to 65535",
                "hint: correct PORT in the environment or in the file .env",
                "error: ENCRYPTION_KEY is shorter than 16 bytes",
                "hint: make one with: openssl rand -base64 32",
                "error: LOG_LEVEL is not one of debug, info, warn, error",
                "hint: correct LOG_LEVEL in the environment or in the file .env",
            ],
        );
    }
    assert!(!cli.path("data").exists());
}

/// It was taken for the name of a file: an empty provider was opened, and the password was in its name.
#[test]
fn a_mistyped_database_address_opens_nothing_and_is_not_printed() {
    for address in [
        "Postgress://me:hunter2@db.example.com/id",
        "postgres//me:hunter2@db.example.com/id",
        "mysql://me:hunter2@db.example.com/id",
        "Host=db.example.com;Username=me;Password=hunter2",
        "host=db.example.com;user=me;password=hunter2",
    ] {
        let cli = Cli::new().with("DB_CONNECTION_STRING", address);
        for line in [
            "serve --listen 127.0.0.1:0",
            "setup --username alice",
            "user add alice",
            "doctor --offline",
        ] {
            let ran = cli.run(line);
            let expected = if line == "doctor --offline" { 1 } else { 3 };
            assert_eq!(ran.code, Some(expected), "{line} {address}: {}{}", ran.stdout, ran.stderr);
            let printed = ran.stdout + &ran.stderr;
            assert!(printed.contains("DB_CONNECTION_STRING "), "{line}: {printed}");
            assert!(!printed.contains("hunter2"), "{line}: {printed}");
        }
        assert_eq!(std::fs::read_dir(cli.path("")).unwrap().count(), 0, "{address}");
    }
}

#[test]
fn the_provider_and_the_address_must_not_contradict_each_other() {
    let cli = Cli::new().with("DB_PROVIDER", "postgres");
    cli.run("serve --listen 127.0.0.1:0").refused(
        3,
        &[
            "error: DB_PROVIDER is postgres, but DB_CONNECTION_STRING is not the address of a \
             PostgreSQL database",
            "hint: set DB_CONNECTION_STRING as in postgres://user:password@host/database, or \
             remove DB_PROVIDER",
        ],
    );
    let cli = Cli::new().with("DB_CONECTION_STRING", "/srv/id.db");
    cli.run("serve --listen 127.0.0.1:0").refused(
        3,
        &[
            "error: DB_CONNECTION_STRING is not set, but DB_CONECTION_STRING is, which has no \
             effect",
            "hint: rename DB_CONECTION_STRING to DB_CONNECTION_STRING; or set \
             DB_CONNECTION_STRING as well, if DB_CONECTION_STRING belongs to another program",
        ],
    );
    assert_eq!(std::fs::read_dir(cli.path("")).unwrap().count(), 0);
}

#[test]
fn a_broken_line_of_the_file_env_is_named() {
    let cli = Cli::new();
    cli.write(".env", "PORT=1411\nBACKUP_SCHEDULE=* * * * *\nBACKUP_PASSPHRASE=hunter2 hunter2\n");
    for line in ["user list", "serve"] {
        cli.run(line).refused(
            3,
            &[
                "error: .env has a broken line 2: the value of BACKUP_SCHEDULE cannot be read",
                "hint: write it in single quotes, as in BACKUP_SCHEDULE='value with spaces'",
                "error: .env has a broken line 3: the value of BACKUP_PASSPHRASE cannot be read",
                "hint: write it in single quotes, as in BACKUP_PASSPHRASE='value with spaces'",
            ],
        );
    }
}

#[test]
fn the_server_tells_of_old_and_mistyped_variables_too() {
    let cli = Cli::new().with("APP_ULR", "x").with("PUBLIC_APP_URL", "x").with("HOST", "[::]");
    let server = cli.serve();
    server.signal("TERM");
    let (code, log) = server.wait();

    assert_eq!(code, Some(0), "an address in brackets is one: {log}");
    for told in [
        "APP_ULR is set, which has no effect: did you mean APP_URL?; rename APP_ULR to APP_URL",
        "PUBLIC_APP_URL belongs to an old version of Pocket ID and has no effect; set APP_URL",
    ] {
        assert!(log.contains(told), "{told} is missing:\n{log}");
    }
}

#[test]
fn what_needs_no_settings_does_not_read_them() {
    let cli = Cli::new().with("APP_URL", "id.example.com");
    let version = env!("CARGO_PKG_VERSION");
    cli.run("version").expect(0, &format!("pocketid {version}\n"), "");
    cli.run("--version").expect(0, &format!("pocketid {version}\n"), "");
    cli.run("--help").expect_success();
}

#[test]
fn settings_come_from_the_file_env_as_well() {
    let cli = Cli::new();
    cli.write(".env", "DB_CONNECTION_STRING=elsewhere/my.db\nAPP_URL=https://other.example.com\n");

    cli.run("user add alice").expect_success();

    assert!(cli.path("elsewhere/my.db").exists());
    // The environment of the process has the last word.
    assert!(cli.run("recover alice").ok().starts_with("https://id.example.com/lc/"));
}
