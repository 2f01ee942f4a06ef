//! Findings about settings.

use super::{expect, idle, offline};
use crate::support::cli::Cli;

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
    expect(&found, "settings", "warning", "did you mean APP_URL?", "rename APP_ULR to APP_URL");
    expect(&found, "settings", "warning", "PUBLIC_APP_URL belongs to an old", "set APP_URL");
    expect(&found, "settings", "warning", "APP_NAME is set and has no effect", "config set");
    expect(&found, "settings", "warning", "UNIX_SOCKET is set, but", "remove UNIX_SOCKET");
    expect(&found, "settings", "problem", "POCKETID_LISTEN is \"here\"", "127.0.0.1:1411");
    expect(&found, "administrators", "problem", "no administrator has a passkey", "recover alice");

    cli.write(".env", "this is no assignment\n");
    expect(&offline(&cli), "settings", "problem", ".env has a broken line 1", "correct the line");
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
fn limits_that_are_off_are_told() {
    let found = offline(&idle().with("DISABLE_RATE_LIMITING", "true"));
    expect(
        &found,
        "settings",
        "warning",
        "requests are not limited",
        "remove DISABLE_RATE_LIMITING",
    );
}

#[test]
fn an_address_that_will_not_do_is_told() {
    let at = |url: &str| offline(&Cli::new().with("APP_URL", url));
    let no_passkeys = "passkeys do not work at";
    expect(&at("http://id.example.com"), "address", "problem", no_passkeys, "https://");
    expect(&at("https://192.0.2.1"), "address", "problem", no_passkeys, "host name");
    expect(&at("http://localhost:8"), "address", "warning", "listens at port 1411", "PORT");
    expect(&at("https://x.example/path"), "settings", "problem", "must not contain a path", "");
    expect(&at(""), "address", "warning", "APP_URL is not set", "set APP_URL");
    let inside = Cli::new().with("INTERNAL_APP_URL", "http://localhost:1411");
    expect(
        &offline(&inside),
        "address",
        "warning",
        "that container itself",
        "set INTERNAL_APP_URL",
    );
}

#[test]
fn a_proxy_that_is_not_believed_is_told() {
    let found = offline(&Cli::new());
    expect(&found, "proxy", "warning", "TRUST_PROXY is off", "set TRUST_PROXY");
    let plain = Cli::new().with("APP_URL", "http://localhost:1411").with("TRUST_PROXY", "true");
    expect(&offline(&plain), "proxy", "warning", "can claim any address", "remove TRUST_PROXY");
    let named = Cli::new().with("TRUST_PROXY", "10.0.0.1");
    expect(&offline(&named), "proxy", "ok", "are trusted", "");
}
