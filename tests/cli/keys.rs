//! `pocketid rotate-keys` and `pocketid keys list`

use crate::support::cli::Cli;

#[test]
fn keys_are_listed_with_what_becomes_of_them() {
    let cli = Cli::new().with_empty_database();
    cli.run("keys list").expect(0, "", "");

    let rotated = cli.run("rotate-keys").ok();
    assert_eq!(rotated.lines().count(), 2, "{rotated}");
    assert!(rotated.lines().all(|line| line.ends_with("\tsigns")), "{rotated}");

    let rotated = cli.run("rotate-keys --alg ES256 -o json").json();
    let keys = rotated.as_array().unwrap();
    assert_eq!(keys.len(), 3, "{rotated}");
    let replaced: Vec<_> = keys.iter().filter(|key| !key["publishedUntil"].is_null()).collect();
    assert_eq!(replaced.len(), 1, "{rotated}");
    assert_eq!(replaced[0]["alg"], "ES256");
    assert_eq!(cli.run("keys list -o json").json(), rotated);
    assert!(!rotated.to_string().contains("pkcs8"), "{rotated}");
    assert_eq!(cli.audit_log(), ["SIGNING_KEYS_ROTATED cli -"; 2]);
}

#[test]
fn revoking_wants_to_be_meant() {
    let cli = Cli::new().with_empty_database();
    cli.run("rotate-keys").expect_success();
    let before = cli.run("keys list").ok();

    cli.run("rotate-keys --revoke").refused(
        2,
        &[
            "error: this cannot be undone, and there is no terminal to ask",
            "hint: add --yes to confirm",
        ],
    );
    assert_eq!(cli.run("keys list").ok(), before);

    let after = cli.run("rotate-keys --revoke --yes").ok();
    assert_eq!(after.lines().count(), 2);
    assert!(before.lines().all(|line| !after.contains(line)), "{after}");
}

#[test]
fn an_unknown_algorithm_is_refused_with_those_there_are() {
    let cli = Cli::new().with_empty_database();
    let refused = cli.run("rotate-keys --alg none");
    refused.expect_failure(2);
    cli.run("keys list").expect(0, "", "");
}

#[test]
fn another_encryption_key_rotates_nothing() {
    let cli = Cli::new().with_empty_database();
    cli.run("rotate-keys").expect_success();
    let before = cli.run("keys list").ok();

    let cli = cli.with("ENCRYPTION_KEY", "another-key-of-sixteen-bytes");
    cli.run("rotate-keys").expect_failure(3);

    assert_eq!(cli.run("keys list").ok(), before);
}
