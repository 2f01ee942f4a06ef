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
