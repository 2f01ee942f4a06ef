//! `pocketid import`: the imported data, from every kind of source.

use std::{fs, path::Path};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use crate::support::{
    cli::{Cli, Ran},
    pocket_id::{ALICE, ENCRYPTION_KEY, PocketId},
};

fn new_cli() -> Cli {
    Cli::new().with("ENCRYPTION_KEY", ENCRYPTION_KEY)
}

fn import(cli: &Cli, path: &Path, more: &[&str]) -> Ran {
    cli.run_args(&[&["import", path.to_str().unwrap()], more].concat())
}

/// Everything that commands tell of the system, without ids and moments.
fn told(cli: &Cli) -> Vec<Value> {
    [
        "user list",
        "user show alice",
        "group list",
        "group claims staff",
        "client list",
        "client show web",
        "client show old",
        "client show https://cimd.example.com/client.json",
        "api list",
        "api show https://api.example.com",
        "api-key list",
        "passkey list alice",
        "audit list",
        "config list",
        "signup-token list",
    ]
    .map(|line| cli.run(&format!("{line} -o json")).json())
    .into()
}

#[test]
fn an_export_and_a_data_folder_give_the_same() {
    let old = PocketId::new();
    let mut seen: Option<(Value, Vec<Value>)> = None;
    for path in [old.archive(), old.export_folder(), old.data_folder()] {
        let cli = new_cli();
        // A database that was closed has no log beside it, which is told.
        let found = import(&cli, &path, &["-o", "json", "--yes"]);
        let found: Value = serde_json::from_str(&found.stdout).unwrap();
        assert_eq!(
            found["imported"],
            json!({
                "users": 2, "passkeys": 1, "groups": 1, "groupMemberships": 1, "customClaims": 2,
                "clients": 3, "clientSecrets": 2, "apis": 1, "scimProviders": 1, "consents": 1, "apiKeys": 1, "invitations": 1,
                "settings": 4, "pictures": 4, "auditLogEntries": 1,
                "signingKeys": 1,
            })
        );
        let told = told(&cli);
        match &seen {
            None => seen = Some((found, told)),
            Some(first) => assert_eq!(*first, (found, told), "{}", path.display()),
        }
    }
}

/// SQLite makes files beside a database that it only reads, unless it is told not to.
#[test]
fn a_data_folder_is_left_as_it_is_and_may_be_in_use() {
    let old = PocketId::new();
    let data = old.data_folder();
    let files = || {
        let mut names: Vec<_> =
            fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = files();
    assert_eq!(before, ["pocket-id.db", "uploads"]);
    import(&new_cli(), &data, &["--yes"]).expect_success();
    assert_eq!(files(), before);

    let server = rusqlite::Connection::open(data.join("pocket-id.db")).unwrap();
    server.execute("UPDATE users SET display_name = 'Al' WHERE username = 'alice'", []).unwrap();
    let cli = new_cli();
    import(&cli, &data, &[]).expect_success();
    assert_eq!(cli.run("user show alice -o json").json()["displayName"], "Al");
}

#[test]
fn the_folder_above_the_data_is_as_good() {
    let old = PocketId::new();
    let data = old.data_folder();
    import(&new_cli(), data.parent().unwrap(), &["--dry-run"]).expect_success();
}

fn taken_over() -> Cli {
    let cli = new_cli();
    import(&cli, &PocketId::new().archive(), &["--yes"]).expect_success();
    cli
}

#[test]
fn accounts_and_clients_are_as_they_were() {
    let cli = taken_over();

    let alice = cli.run("user show alice -o json").ok();
    let alice: Value = serde_json::from_str(&alice).unwrap();
    for (field, value) in [
        ("id", json!(ALICE)),
        ("email", json!("alice@example.com")),
        ("emailVerified", json!(true)),
        ("isAdmin", json!(true)),
        ("disabled", json!(false)),
        ("locale", json!("zh-CN")),
        ("customClaims", json!([{"key": "role", "value": "owner"}])),
    ] {
        assert_eq!(alice[field], value, "{field}");
    }
    assert_eq!(cli.run("user show bob -o json").json()["disabled"], true);
    let web = cli.run("client show web -o json").json();
    for (field, value) in [
        ("description", json!("The web shop")),
        ("callbackURLs", json!(["https://app.example.com/callback"])),
        ("logoutCallbackURLs", json!(["https://app.example.com/bye"])),
        ("launchURL", json!("https://app.example.com")),
        ("isGroupRestricted", json!(true)),
        ("accessTokenDurationMinutes", json!(10)),
        ("hasLogo", json!(true)),
        ("hasDarkLogo", json!(true)),
        ("idTokenSignedResponseAlg", json!("RS256")),
    ] {
        assert_eq!(web[field], value, "{field}");
    }
    assert_eq!(web["credentials"]["secrets"][0]["prefix"], "secr");
    assert_eq!(web["allowedUserGroups"][0]["name"], "staff");
    let old = cli.run("client show old -o json").json();
    assert_eq!(
        old["credentials"]["federatedIdentities"],
        json!([{"issuer": "https://ci.example.com", "subject": "job", "replayProtection": true}])
    );
}

#[test]
fn apis_keys_settings_and_the_audit_log_are_as_they_were() {
    let cli = taken_over();
    let api = cli.run("api show https://api.example.com -o json").json();
    assert_eq!(api["allowCimdClients"], true);
    assert_eq!(
        api["clients"],
        json!([
            {"clientId": "web", "subjectType": "client", "permissions": []},
            {"clientId": "web", "subjectType": "user", "permissions": ["read"]},
        ])
    );
    assert_eq!(cli.run("config get appName").ok(), "Wonderland\n");
    let sealed: i64 = cli
        .database()
        .query_row("SELECT COUNT(*) FROM settings WHERE sealed_value IS NOT NULL", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(sealed, 1, "the password of the mail server");
    let key = cli.run("api-key list -o json").json();
    assert_eq!(
        (&key[0]["description"], &key[0]["expirationEmailSent"]),
        (&json!("Nightly"), &json!(true))
    );
    assert!(cli.run("keys list").ok().contains("oldKeyOfRSA\tRS256"));
    let log = cli.run("audit list --since 2026-01-01 -o json").ok();
    let log: Value = serde_json::from_str(&log).unwrap();
    assert_eq!(log[0]["event"], "REMOTE_SIGN_IN");
    assert_eq!(log[0]["createdAt"], "2026-11-01T12:00:00Z");
    assert_eq!(log[0]["data"], json!({"clientName": "Web"}));
    assert_eq!((&log[0]["country"], &log[0]["city"]), (&json!("Neverland"), &json!("")));
    assert_eq!(log[1]["event"], "IMPORTED");
}

#[test]
fn a_dry_run_tells_the_same_and_changes_nothing() {
    let (cli, old) = (new_cli(), PocketId::new());
    let mut dry = import(&cli, &old.archive(), &["--dry-run", "-o", "json"]).json();
    assert!(!cli.path("data").exists());
    let found = import(&cli, &old.archive(), &["-o", "json"]).json();
    assert_eq!(dry["dryRun"], true);
    dry["dryRun"] = false.into();
    assert_eq!(dry, found);
}

/// RFC 9053 §7.1.1: kty 2, alg -36, crv 3, x, y. The key can be read, and its signatures cannot be
/// verified.
const P521: &str = "pQECAzgjIAMhWEIA7D0qTHYoH1E/lGU9XOJ6nC2a+gDI69uAFPpEg4cXgzref53hqqnJVXIdBF0ni97Mkq8ue5e97L6v\
     enBabiynQkMiWEIA0ynxqUyli+nwDdeN1QVk+IzkxQcxwMHq/Q3Swm5CZS4Wtui9rgzLX2CcfQ9ZZa0Eut1HDysLe4R5jQfxET7RL2k=";

/// Rows that have no place here.
fn add_what_cannot_be(old: &mut PocketId) {
    let user = |number: u8, name: &str| {
        json!({"id": format!("11111111-1111-4111-8111-1111111111{number:02}"), "username": name,
               "email": format!("{name}{number}@example.com"), "ldap_id": null})
    };
    old.add("users", &user(20, "ALICE"));
    old.add("users", &user(21, "-carol"));
    let mut dave = user(22, "dave");
    dave["email"] = "Alice@example.com".into();
    dave["ldap_id"] = "uid=dave".into();
    old.add("users", &dave);
    let mut erin = user(23, "erin");
    erin["ldap_id"] = "uid=\u{1b}[2J".into();
    old.add("users", &erin);
    old.add(
        "users",
        &json!({"id": "00000000-0000-0000-0000-000000000000", "username": "static-api-user-x",
                "email": null}),
    );
    // RFC 9053 §7.2: kty 1, alg -8, crv 6, x.
    let head = [0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20];
    let ed25519 = BASE64_STANDARD.encode([&head[..], &[7; 32]].concat());
    let passkey = "88888888-8888-4888-8888-888888888882";
    old.add(
        "webauthn_credentials",
        &json!({"id": passkey, "name": "Key", "credential_id": "AAAA", "public_key": ed25519}),
    );
    old.add(
        "webauthn_credentials",
        &json!({"id": "88888888-8888-4888-8888-888888888883", "name": "Token",
                "credential_id": "AAAB", "public_key": P521}),
    );
    old.add("custom_claims", &json!({"key": "picture"}));
    old.add("oidc_clients", &json!({"id": "bad id", "name": "Bad"}));
    // ["javascript:alert(1)"]
    old.add(
        "oidc_clients",
        &json!({"id": "nowhere", "name": "Nowhere", "callback_urls": "WyJqYXZhc2NyaXB0OmFsZXJ0KDEpIl0="}),
    );
}

#[test]
fn what_stays_behind_is_told_by_name() {
    let mut old = PocketId::new();
    add_what_cannot_be(&mut old);
    old.table("photos").push(json!({"id": 1}));
    old.table("users")[0]["shoe_size"] = 42.into();
    old.settings.extend([("SessionDuration", "long"), ("ShoeSize", "42")]);
    old.settings.push(("SignupDefaultUserGroupIDs", "[\"44444444-4444-4444-8444-444444444444\"]"));
    old.uploads.push(("oidc-client-images/gone.png".into(), b"\x89PNG\r\n\x1a\n".to_vec()));
    old.uploads.push(("profile-pictures/x.exe".into(), b"MZ".to_vec()));

    let found = import(&new_cli(), &old.archive(), &["--dry-run", "-o", "json"]).json();

    let left = found["leftOut"].as_array().unwrap();
    let has = |kind: &str, name: &str, reason: &str| {
        let told = left.iter().any(|one| {
            one["kind"] == kind
                && one["name"] == name
                && one["reason"].as_str().unwrap().contains(reason)
        });
        assert!(told, "{kind} {name}: {left:#?}");
    };
    has("user", "ALICE", "differs only in case");
    has("user", "-carol", "change it in Pocket ID first");
    has("user", "static-api-user-x", "STATIC_API_KEY");
    has("email", "dave", "differs only in case");
    has("LDAP link", "of user erin", "must not contain control characters");
    has("passkey", "Key of alice", "register the passkey again");
    has("passkey", "Token of alice", "register the passkey again");
    has("claim", "picture of alice", "");
    has("client", "bad id", "its ID");
    has("client", "Nowhere (nowhere)", "none of its callback URLs");
    has("unknown", "table photos", "");
    has("unknown", "users.shoe_size", "");
    has("picture", "oidc-client-images/gone.png", "was not imported");
    has("picture", "profile-pictures/x.exe", "not an image");
    has("setting", "sessionDuration", "must be");
    has("setting", "ShoeSize", "does not exist");
    has("setting", "signupDefaultUserGroupIDs", "do not exist");
    has("sessions and tokens", "1", "sign in again");
    assert_eq!(found["imported"]["users"], 4);
    assert_eq!(found["imported"]["clients"], 3);
}

#[test]
fn a_person_is_told_and_asked() {
    let old = PocketId::new();
    let line = format!("import {}", old.archive().display());
    let cli = new_cli();
    let no = cli.run_on_terminal(&line, "n\n");
    assert_eq!(no.code, Some(1), "{}", no.stdout);
    assert!(no.stdout.contains("This imports 2 users with 1 passkeys, and 3 clients."));
    cli.run("user list").expect(0, "", "");

    let yes = cli.run_on_terminal(&line, "y\n");
    assert_eq!(yes.code, Some(0), "{}", yes.stdout);
    assert!(yes.stdout.contains("Imported:") && yes.stdout.contains("Not imported:"));
    assert!(yes.stdout.contains("the current ENCRYPTION_KEY"), "{}", yes.stdout);
}

/// Under another key the server would not start, and would tell of lost keys.
#[test]
fn who_gave_the_old_key_only_is_told_which_key_the_server_needs() {
    let old = PocketId::new();
    let cli = Cli::new();
    cli.write("old.key", ENCRYPTION_KEY);
    let line = format!("import {} --encryption-key-file old.key --yes", old.archive().display());
    let ran = cli.run_on_terminal(&line, "");
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    let told = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        told.contains("data/encryption.key, which is used when ENCRYPTION_KEY is not set"),
        "{told}"
    );

    let cli = cli.with("ENCRYPTION_KEY", ENCRYPTION_KEY);
    let refused = cli.run("rotate-keys --alg ES256");
    assert_eq!(refused.code, Some(3));
    let hints: Vec<_> = refused.stderr.lines().filter(|line| line.starts_with("hint")).collect();
    assert!(
        hints[0].contains("Look for the key") && hints[0].contains("after an import"),
        "{hints:?}"
    );
    assert!(hints[1].contains("--lost-key"), "{hints:?}");
}

#[test]
fn the_old_key_may_come_from_standard_input() {
    let old = PocketId::new();
    let cli = Cli::new();
    cli.write("old.key", format!("{ENCRYPTION_KEY}\n"));
    let line = format!(
        "pocketid import {} --dry-run -o json --encryption-key-file - < old.key",
        old.archive().display()
    );
    assert_eq!(cli.shell(&line).json()["imported"]["signingKeys"], 1);
}

/// Names in an export are texts that users typed into a form, or into the file.
#[test]
fn no_name_of_an_export_talks_to_the_terminal() {
    const EVIL: &str = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\r";
    let mut old = PocketId::new();
    old.table(&format!("photos{EVIL}")).push(json!({"id": 1}));
    old.add(
        "users",
        &json!({"id": "11111111-1111-4111-8111-111111111130", "username": format!("-x{EVIL}")}),
    );
    old.uploads.push(("profile-pictures/x\u{1b}[2J.exe".into(), b"MZ".to_vec()));
    let base64 = |value: Value| BASE64_STANDARD.encode(value.to_string());
    let issuer = |issuer: String, subject: String| json!({"issuer": issuer, "subject": subject});
    old.add(
        "oidc_clients",
        &json!({
            "id": "evil", "name": "Evil", "is_public": false,
            "callback_urls": base64(json!(["https://a.example/cb", format!("https://a.example/{EVIL}")])),
            "launch_url": format!("https://a.example/{EVIL}"),
            "credentials": base64(json!({"federatedIdentities": [
                issuer(format!("https://b.example/{EVIL}"), "s".into()),
                issuer("https://c.example".into(), EVIL.into()),
                issuer("https://good.example".into(), "s".into()),
            ]})),
        }),
    );
    let is_plain =
        |text: &str| !text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    let cli = new_cli();
    let line = format!("import {} --yes --color never", old.archive().display());
    let ran = cli.run_on_terminal(&line, "");
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    assert!(ran.stdout.contains("photos") && is_plain(&ran.stdout), "{:?}", ran.stdout);
    assert!(!ran.stdout.contains("it it "), "{}", ran.stdout);

    let client = cli.run("client show evil -o json").json();
    assert_eq!(client["launchURL"], json!(null));
    let identities = client["credentials"]["federatedIdentities"].as_array().unwrap();
    assert_eq!(identities.len(), 1, "{client}");
    assert_eq!(identities[0]["issuer"], "https://good.example");
    assert_eq!(client["callbackURLs"], json!(["https://a.example/cb"]));
    let shown = cli.run_on_terminal("client show evil --color never", "");
    assert!(is_plain(&shown.stdout), "{:?}", shown.stdout);
}

/// The first sign-in of a client registers its callback URL only if the client proves itself.
#[test]
fn a_public_client_without_callback_urls_is_told_to_be_of_no_use() {
    let mut old = PocketId::new();
    old.add(
        "oidc_clients",
        &json!({"id": "spa", "name": "App", "is_public": true, "callback_urls": "W10="}),
    );
    let cli = new_cli();
    import(&cli, &old.archive(), &[]).expect_success();
    let shown = cli.run("client show spa").ok();
    assert!(shown.contains("none, so no user can sign in"), "{shown}");
}

#[test]
fn who_brings_no_administrator_is_told_how_to_make_one() {
    let mut old = PocketId::new();
    old.table("users")[0]["is_admin"] = false.into();
    let cli = new_cli();
    let ran = import(&cli, &old.archive(), &[]);
    assert_eq!(ran.code, Some(0));
    assert!(ran.stderr.contains("pocketid setup"), "{}", ran.stderr);
    cli.run("setup --username root").expect_success();
}

/// Pocket ID leaves most of its data in the log, also when it is stopped.
#[test]
fn a_database_without_its_log_or_without_clients_comes_over_only_when_it_is_meant() {
    let mut old = PocketId::new();
    let data = old.data_folder();
    let cli = new_cli();
    let told = "the file pocket-id.db-wal is missing";
    let copy = "Copy pocket-id.db, pocket-id.db-wal and pocket-id.db-shm together";

    let dry = import(&cli, &data, &["--dry-run"]);
    assert!(dry.code == Some(0) && dry.stderr.contains(told), "{}", dry.stderr);
    assert!(dry.stdout.contains("clients\t3\n"), "{}", dry.stdout);
    let ran = import(&cli, &data, &[]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains(told) && ran.stderr.contains(copy), "{}", ran.stderr);
    assert_eq!(cli.run("user list").stdout, "");

    // With the log, all is there.
    let open = rusqlite::Connection::open(data.join("pocket-id.db")).unwrap();
    open.execute("UPDATE users SET display_name = 'Al' WHERE username = 'alice'", []).unwrap();
    import(&cli, &data, &["--dry-run"]).ok();

    for table in
        ["oidc_clients", "oidc_clients_allowed_user_groups", "user_authorized_oidc_clients"]
    {
        old.table(table).clear();
    }
    for table in ["oidc_clients_allowed_apis", "oidc_clients_allowed_api_permissions"] {
        old.table(table).clear();
    }
    let archive = old.archive();
    let ran = import(&cli, &archive, &[]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("there are users but no clients"), "{}", ran.stderr);
    import(&cli, &archive, &["--yes"]).expect_success();
}
