//! What no release of Pocket ID writes: it is named, and left out or refused.

use std::path::Path;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::{base64, before_2_10, before_2_12, from_both, imported, left_out, texts};
use crate::support::{
    cli::Cli,
    pocket_id::{ENCRYPTION_KEY, PocketId},
};

/// The number of the schema says nothing: builds between two releases had wrong ones.
#[test]
fn the_number_of_the_schema_decides_nothing() {
    let mut old = PocketId::new();
    before_2_10(&mut old);
    for version in [20_260_814_120_000_i64, 20_990_101_000_000, 0] {
        old.document["version"] = version.into();
        let (_, found) = imported(ENCRYPTION_KEY, &old.archive());
        assert_eq!(left_out(&found), ["setting shoeSize"], "{version}");
    }
}

#[test]
fn what_no_release_has_is_named_and_skipped() {
    let mut old = PocketId::new();
    old.document["version"] = 20_990_101_000_000_i64.into();
    old.set("users", "birth_date", &"1865-07-04".into());
    old.table("recovery_codes").push(json!({"id": 1, "hash": "x"}));
    old.table("kv").push(json!({"key": "moon_phase", "value": "full"}));
    from_both(&old, |_, found| {
        let told =
            ["unknown kv moon_phase", "unknown table recovery_codes", "unknown users.birth_date"];
        assert_eq!(left_out(found), told);
        assert_eq!(found["imported"]["users"], 2);
    });
    // In an export, an unknown column may hold anything.
    old.set("users", "birth_date", &json!({"year": [1865]}));
    imported(ENCRYPTION_KEY, &old.archive());
}

#[track_caller]
fn assert_incomplete(path: &Path, words: &str) {
    let cli = Cli::new().with("ENCRYPTION_KEY", ENCRYPTION_KEY);
    let ran = cli.run_args(&["import", path.to_str().unwrap(), "--yes"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
    assert!(ran.stderr.contains("hint: upgrade an older Pocket ID"), "{}", ran.stderr);
    assert!(!cli.path("data").exists(), "nothing was changed");
}

#[test]
fn what_every_release_has_and_is_missing_is_named() {
    let mut old = PocketId::new();
    old.without_columns("oidc_clients", &["is_group_restricted"]);
    for path in [old.archive(), old.data_folder()] {
        let words = "its schema 20260814120000 lacks oidc_clients.is_group_restricted\n";
        assert_incomplete(&path, words);
    }
    for table in ["users", "webauthn_credentials", "scim_service_providers", "kv"] {
        let mut old = PocketId::new();
        old.without_table(table);
        assert_incomplete(&old.data_folder(), &format!("lacks table {table}\n"));
    }
    let mut old = PocketId::new();
    for table in ["users", "kv", "api_keys"] {
        old.table(table)[0] = json!({});
    }
    assert_incomplete(&old.archive(), "api_keys.created_at, api_keys.description");
    assert_incomplete(&old.archive(), "more\n");
}

/// Without the right key, the provider comes over without its token, which is told.
#[test]
fn a_scim_token_that_does_not_open_is_left_behind() {
    let mut old = PocketId::new();
    old.table("scim_service_providers")[0]["token"] = BASE64_STANDARD.encode([7; 50]).into();
    old.add(
        "scim_service_providers",
        &json!({"id": "dddddddd-dddd-4ddd-8ddd-ddddddddddd2", "oidc_client_id": "old", "token": ""}),
    );
    old.add(
        "scim_service_providers",
        &json!({"id": "dddddddd-dddd-4ddd-8ddd-ddddddddddd3", "oidc_client_id": "old", "endpoint": "ldap://x"}),
    );
    from_both(&old, |cli, found| {
        assert_eq!(left_out(found), ["SCIM token of web", "SCIM provider of old"]);
        assert_eq!(found["imported"]["scimProviders"], 2);
        assert_eq!(texts(cli, "SELECT hex(sealed_token) FROM scim_providers"), ["", ""]);
    });
}

#[test]
fn endless_lists_in_columns_are_cut_and_told() {
    let mut old = PocketId::new();
    let scopes: Vec<_> = (0..200_000).map(|number| format!("s{number}")).collect();
    old.set("user_authorized_oidc_clients", "scope", &base64(&json!(scopes)));
    old.table("oidc_clients")[0]["logout_callback_urls"] = base64(&json!(vec![""; 50_000]));
    let secret = |number: usize| {
        json!({
            "id": format!("44444444-4444-4444-8444-{number:012}"), "alg": "sha256",
            "hash": format!("{number:064x}"), "createdAt": "2025-11-25T12:39:02Z",
        })
    };
    let secrets: Vec<_> = (0..150).map(secret).collect();
    old.table("oidc_clients")[1]["credentials"] = base64(&json!({"secrets": secrets}));
    let (_, found) = imported(ENCRYPTION_KEY, &old.archive());
    assert_eq!(found["imported"]["consents"], 0);
    assert_eq!(found["imported"]["clientSecrets"], 101);
    let left = found["leftOut"].as_array().unwrap();
    assert_eq!(left.len(), 10_001);
    assert_eq!(left[10_000]["name"], "40003 more");
}

/// Faults in places that newer ones have replaced do not stop an import.
#[test]
fn stale_copies_may_be_broken() {
    let mut old = PocketId::new();
    for key in ["config_migrated", "signup_tokens_migrated"] {
        old.table("kv").push(json!({"key": key, "value": "no JSON"}));
    }
    from_both(&old, |_, found| assert_eq!(found["imported"]["invitations"], 1));
    old.has_actors = false;
    let cli = Cli::new().with("ENCRYPTION_KEY", ENCRYPTION_KEY);
    let ran = cli.run_args(&["import", old.archive().to_str().unwrap(), "--yes"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("cannot read kv config_migrated"), "{}", ran.stderr);
}

#[test]
fn columns_of_old_tables_with_another_type_are_named() {
    for (table, column, value, words) in [
        (
            "app_config_variables",
            "value",
            json!(1),
            "app_config_variables, row 1: value is not text",
        ),
        ("app_config_variables", "key", Value::Null, "row 1: key is missing"),
        ("signup_tokens", "usage_limit", json!("three"), "usage_limit is not a whole number"),
        ("signup_tokens", "expires_at", Value::Null, "expires_at is missing"),
        ("signup_tokens", "id", json!("1"), "signup_tokens, row 1: id is not a UUID"),
        ("oidc_clients", "secret", json!(7), "oidc_clients, row 1: secret is not text"),
        ("oidc_clients", "backchannel_logout_url", json!([1]), "is not text"),
        ("users", "email_verified", json!("yes"), "email_verified is neither true nor false"),
        ("user_authorized_oidc_clients", "scope", json!(7), "scope is not valid JSON"),
        ("scim_service_providers", "token", json!(true), "token is not text"),
    ] {
        let mut old = PocketId::new();
        before_2_12(&mut old);
        old.table(table)[0][column] = value;
        let cli = Cli::new().with("ENCRYPTION_KEY", ENCRYPTION_KEY);
        let ran = cli.run_args(&["import", old.archive().to_str().unwrap(), "--yes"]);
        assert_eq!(ran.code, Some(1), "{words}: {}", ran.stderr);
        assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
    }
}
