//! `pocketid import` of each release of Pocket ID 2: data in another form comes over as well.

mod strange;

use std::{fs, path::Path};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use crate::support::{
    cli::Cli,
    pocket_id::{ENCRYPTION_KEY, PocketId},
    pocket_id_2_0::{KEY_OF_2_0, PocketIdTwoZero, SECRET_OF_2_0},
};

fn imported(key: &str, path: &Path) -> (Cli, Value) {
    let cli = Cli::new().with("ENCRYPTION_KEY", key);
    let line = ["import", path.to_str().unwrap(), "--yes", "-o", "json"];
    let found = cli.run_args(&line);
    assert_eq!(found.code, Some(0), "{}", found.stderr);
    let found = serde_json::from_str(&found.stdout).unwrap();
    (cli, found)
}

/// Imports an export and a data folder, each into a database of its own.
fn from_both(old: &PocketId, check: impl Fn(&Cli, &Value)) {
    for path in [old.archive(), old.data_folder()] {
        let (cli, found) = imported(ENCRYPTION_KEY, &path);
        check(&cli, &found);
    }
}

/// The texts that a query gives.
fn texts(cli: &Cli, sql: &str) -> Vec<String> {
    let database = cli.database();
    let mut statement = database.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get::<_, Option<String>>(0)).unwrap();
    rows.map(|text| text.unwrap().unwrap_or_default()).collect()
}

/// The list of all data that is not imported, but for sessions and tokens.
fn left_out(found: &Value) -> Vec<String> {
    let left = found["leftOut"].as_array().unwrap().iter();
    let left = left.filter(|one| one["kind"] != "sessions and tokens");
    left.map(|one| format!("{} {}", one["kind"].as_str().unwrap(), one["name"].as_str().unwrap()))
        .collect()
}

fn base64(json: &Value) -> Value {
    BASE64_STANDARD.encode(json.to_string()).into()
}

#[test]
fn a_2_0_comes_over_from_its_database_and_from_an_export() {
    let old = PocketIdTwoZero::new();
    for path in [old.data_folder(), old.archive()] {
        let (cli, found) = imported(KEY_OF_2_0, &path);
        assert_eq!(
            found["imported"],
            json!({
                "users": 2, "passkeys": 2, "groups": 1, "groupMemberships": 1, "customClaims": 1,
                "clients": 1, "clientSecrets": 1, "apis": 0, "scimProviders": 1, "consents": 1,
                "apiKeys": 1, "invitations": 1, "settings": 15, "pictures": 0, "auditLogEntries": 2,
                "signingKeys": 1,
            })
        );
        assert_eq!(left_out(&found), [""; 0]);
        let bert = cli.run("user show bert -o json").json();
        assert_eq!((&bert["emailVerified"], &bert["lastName"]), (&json!(true), &json!("")));
        let wiki = cli.run("client show Wiki -o json").json();
        for (field, value) in [
            ("callbackURLs", json!(["https://wiki.example.org/callback"])),
            ("isGroupRestricted", json!(true)),
            ("accessTokenDurationMinutes", json!(60)),
            ("refreshTokenDurationMinutes", json!(43_200)),
            ("description", json!("")),
        ] {
            assert_eq!(wiki[field], value, "{field}");
        }
        let hashes = texts(&cli, "SELECT bcrypt_hash FROM client_secrets");
        assert!(bcrypt::verify(SECRET_OF_2_0, &hashes[0]).unwrap(), "{hashes:?}");
        assert_eq!(texts(&cli, "SELECT scope FROM consents"), ["openid profile email"]);
        assert_eq!(cli.run("config get ldapAdminGroupName").ok(), "_pocket_id_admins\n");
        assert_eq!(cli.run("config get sessionDuration").ok(), "120\n");
        assert!(cli.run("keys list").ok().contains("1DelkhDBuY4\tRS256"));
        let invitations = cli.run("signup-token list -o json").json();
        assert_eq!(
            (&invitations[0]["usageCount"], &invitations[0]["userGroups"][0]["name"]),
            (&json!(1), &json!("editors"))
        );
    }
    let id = texts(&imported(KEY_OF_2_0, &old.archive()).0, "SELECT hex(id) FROM client_secrets");
    let again = imported(KEY_OF_2_0, &old.data_folder()).0;
    assert_eq!(texts(&again, "SELECT hex(id) FROM client_secrets"), id, "it is always the same");
}

#[test]
fn a_server_takes_over_a_2_0_on_its_start() {
    let old = PocketIdTwoZero::new();
    let cli = Cli::new().with("ENCRYPTION_KEY", KEY_OF_2_0);
    fs::rename(old.data_folder(), cli.path("data")).unwrap();
    let before = fs::read(cli.path("data/pocket-id.db")).unwrap();
    let server = cli.serve();
    server.signal("TERM");
    let (code, log) = server.wait();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("2 users, 2 passkeys") && log.contains("1 SCIM providers"), "{log}");
    assert!(cli.run("user list").ok().starts_with("ada\t"));
    assert_eq!(fs::read(cli.path("data/pocket-id.db")).unwrap(), before);
}

/// In 2.0 and 2.1, `emailsVerified` was the claim of all users.
#[test]
fn until_2_1_emails_are_verified_if_the_setting_says_so() {
    let old = PocketIdTwoZero::new();
    for (value, is_verified) in [("true", true), ("false", false), ("", false)] {
        let sql = "UPDATE app_config_variables SET value = ?1 WHERE key = 'emailsVerified'";
        old.database.execute(sql, [value]).unwrap();
        let (cli, _) = imported(KEY_OF_2_0, &old.data_folder());
        assert_eq!(cli.run("user show ada -o json").json()["emailVerified"], is_verified);
    }
}

#[test]
fn until_2_13_a_secret_is_a_column_and_apis_are_allowed_by_their_permissions() {
    let mut old = PocketId::new();
    let hash = bcrypt::hash_with_salt("before", 4, [9; 16]).unwrap().to_string();
    old.set("oidc_clients", "secret", &"".into());
    old.table("oidc_clients")[1]["secret"] = hash.clone().into();
    // A public client may hold one that it had before it became public.
    old.table("oidc_clients")[2]["secret"] = hash.clone().into();
    old.table("oidc_clients")[1]["credentials"] = Value::Null;
    old.without_table("oidc_clients_allowed_apis");
    old.without_columns("apis", &["allow_cimd_clients"]);
    old.without_columns("api_permissions", &["allowed_for_cimd_clients"]);
    old.table("apis")[0]["audience"] = "https://api.example.com//".into();

    from_both(&old, |cli, found| {
        assert_eq!(found["imported"]["clientSecrets"], 2);
        assert_eq!(left_out(found), [""; 0]);
        let sql = "SELECT bcrypt_hash FROM client_secrets WHERE client_id = 'old'";
        assert_eq!(texts(cli, sql), std::slice::from_ref(&hash));
        let api = cli.run("api show https://api.example.com -o json").json();
        assert_eq!(api["allowCimdClients"], false);
        assert_eq!(
            api["clients"],
            json!([{"clientId": "web", "subjectType": "user", "permissions": ["read"]}])
        );
    });
}

/// Since 2.14 an API may be forbidden although a permission of it is still noted.
#[test]
fn since_2_14_no_api_is_allowed_by_its_permissions_alone() {
    let mut old = PocketId::new();
    old.table("oidc_clients_allowed_apis").clear();
    let tables = old.document["tables"].as_object_mut().unwrap();
    tables.remove("oidc_clients_allowed_apis");
    from_both(&old, |cli, _| {
        let api = cli.run("api show https://api.example.com -o json").json();
        assert_eq!(api["clients"], json!([]));
    });
}

fn before_2_13(old: &mut PocketId) {
    old.table("oidc_clients").truncate(2);
    let added = [
        "client_type",
        "metadata_expires_at",
        "metadata_grant_types",
        "access_token_duration_minutes",
        "refresh_token_duration_minutes",
    ];
    old.without_columns("oidc_clients", &added);
}

#[test]
fn until_2_12_every_client_has_the_same_lifetimes() {
    let mut old = PocketId::new();
    before_2_13(&mut old);
    from_both(&old, |cli, _| {
        let web = cli.run("client show web -o json").json();
        assert_eq!(web["accessTokenDurationMinutes"], 60);
        assert_eq!(web["refreshTokenDurationMinutes"], 43_200);
    });
}

/// The tables of 2.11, with one invitation that can still be used.
fn before_2_12(old: &mut PocketId) {
    old.has_actors = false;
    for (key, value) in [
        ("appName", "Looking Glass"),
        ("smtpPassword", "in clear"),
        ("backgroundImageType", "jpg"),
        ("shoeSize", "42"),
    ] {
        old.table("app_config_variables").push(json!({"key": key, "value": value}));
    }
    for (index, (token, used)) in
        [("TABLEtoken123456", 0), ("USEDtoken1234567", 5)].iter().enumerate()
    {
        let id = format!("cccccccc-cccc-4ccc-8ccc-dddddddddd0{index}");
        old.table("signup_tokens").push(json!({
            "id": id, "created_at": "2025-11-25T12:39:02Z", "expires_at": "2099-01-01T00:00:00Z",
            "token": token, "usage_limit": 5, "usage_count": used,
        }));
        old.table("signup_tokens_user_groups").push(json!({
            "signup_token_id": id, "user_group_id": "33333333-3333-4333-8333-333333333333",
        }));
    }
    old.table("one_time_access_tokens").push(json!({"id": "x"}));
}

#[test]
fn until_2_11_settings_and_invitations_are_tables() {
    let mut old = PocketId::new();
    before_2_12(&mut old);
    from_both(&old, |cli, found| {
        assert_eq!(left_out(found), ["setting shoeSize"]);
        assert_eq!(cli.run("config get appName").ok(), "Looking Glass\n");
        let invitations = cli.run("signup-token list -o json").json();
        assert_eq!(invitations.as_array().unwrap().len(), 1);
        assert_eq!(invitations[0]["userGroups"][0]["name"], "staff");
    });
}

/// A build between two releases left the tables in place although the server did not use them any more.
#[test]
fn what_a_server_of_2_12_has_replaces_the_tables_of_before() {
    let mut old = PocketId::new();
    before_2_12(&mut old);
    old.has_actors = true;
    from_both(&old, |cli, found| {
        assert_eq!(left_out(found), ["invitations 2 in the table signup_tokens"]);
        assert_eq!(cli.run("config get appName").ok(), "Wonderland\n");
        assert_eq!(texts(cli, "SELECT COUNT(*) || '' FROM signup_tokens"), ["1"]);
    });
}

/// The rows that the upgrade to 2.12 leaves in the table `kv`, and never removes.
fn migrated(old: &mut PocketId) {
    let tokens = json!([{
        "id": "cccccccc-cccc-4ccc-8ccc-eeeeeeeeeeee", "token": "KVtoken123456789",
        "expiresAt": 4_102_444_800_i64, "usageLimit": 3, "usageCount": 0, "userGroupIds": null,
        "createdAt": 1_764_074_342,
    }]);
    let settings = json!({"appName": "Mirror"});
    for (key, value) in [("config_migrated", settings), ("signup_tokens_migrated", tokens)] {
        old.table("kv").push(json!({"key": key, "value": value.to_string()}));
    }
}

#[test]
fn an_upgrade_to_2_12_that_was_never_started_comes_over() {
    let mut old = PocketId::new();
    migrated(&mut old);
    old.has_actors = false;
    from_both(&old, |cli, found| {
        assert_eq!(left_out(found), [""; 0]);
        assert_eq!(cli.run("config get appName").ok(), "Mirror\n");
        assert_eq!(found["imported"]["invitations"], 1);
    });
}

#[test]
fn invitations_that_were_used_up_since_2_12_do_not_come_back() {
    let mut old = PocketId::new();
    migrated(&mut old);
    // All were used up or deleted: of the actors, the settings are left.
    old.invitations.clear();
    from_both(&old, |cli, found| {
        assert_eq!(found["imported"]["invitations"], 0);
        assert_eq!(cli.run("config get appName").ok(), "Wonderland\n");
    });
}

fn before_2_10(old: &mut PocketId) {
    before_2_13(old);
    before_2_12(old);
    for table in [
        "apis",
        "api_permissions",
        "oidc_clients_allowed_apis",
        "oidc_clients_allowed_api_permissions",
        "oauth2_sessions",
    ] {
        old.without_table(table);
    }
    old.without_columns("oidc_clients", &["skip_consent", "pkce_supported", "description"]);
    old.set("user_authorized_oidc_clients", "scope", &"openid  profile".into());
    let instance_id = old.table("kv").remove(0)["value"].clone();
    old.table("app_config_variables").push(json!({"key": "instanceId", "value": instance_id}));
    for table in ["oidc_refresh_tokens", "oidc_device_codes", "oidc_authorization_codes"] {
        old.table(table).push(json!({"id": "x"}));
    }
}

#[test]
fn until_2_9_there_are_no_apis_and_a_consent_is_a_text_of_words() {
    let mut old = PocketId::new();
    before_2_10(&mut old);
    from_both(&old, |cli, found| {
        assert_eq!(left_out(found), ["setting shoeSize"]);
        let passing = &found["leftOut"].as_array().unwrap()[0];
        assert_eq!(
            (&passing["kind"], &passing["name"]),
            (&json!("sessions and tokens"), &json!("4"))
        );
        assert_eq!(found["imported"]["apis"], 0);
        assert_eq!(found["imported"]["signingKeys"], 1);
        assert_eq!(texts(cli, "SELECT scope FROM consents"), ["openid profile"]);
    });
    old.set("user_authorized_oidc_clients", "scope", &Value::Null);
    from_both(&old, |cli, _| assert_eq!(texts(cli, "SELECT scope FROM consents"), [""]));
}

#[test]
fn until_2_8_and_2_1_columns_are_missing_that_mean_no() {
    let mut old = PocketId::new();
    before_2_10(&mut old);
    old.without_columns("oidc_clients", &["requires_pushed_authorization_requests"]);
    old.without_columns("users", &["email_verified"]);
    old.table("users")[1]["email"] = Value::Null;
    old.set("users", "first_name", &Value::Null);
    old.set("oidc_clients", "credentials", &"{}".into());
    from_both(&old, |cli, found| {
        assert_eq!(left_out(found), ["setting shoeSize"]);
        let web = cli.run("client show web -o json").json();
        assert_eq!(web["requiresPushedAuthorizationRequests"], false);
        assert_eq!(cli.run("user show alice -o json").json()["emailVerified"], false);
        assert_eq!(cli.run("user show bob -o json").json()["email"], Value::Null);
    });
}

#[test]
fn since_2_15_passkeys_have_a_model_and_identities_have_keys() {
    let mut old = PocketId::new();
    old.set("webauthn_credentials", "aaguid", &"ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4".into());
    for (index, aaguid) in ["", "00000000-0000-0000-0000-000000000000", "x"].iter().enumerate() {
        let id = format!("88888888-8888-4888-8888-88888888889{index}");
        let name = format!("Key {index}");
        let credential = BASE64_STANDARD.encode(&name);
        old.add(
            "webauthn_credentials",
            &json!({"id": id, "name": name, "credential_id": credential, "aaguid": aaguid}),
        );
    }
    let identity = |issuer: &str, keys: Value| json!({"issuer": issuer, "publicKeys": keys});
    let identities = json!({"federatedIdentities": [
        identity("https://a.example", json!([{"kty": "OKP", "x": "AAAA"}])),
        identity("https://b.example", json!([])),
        identity("https://c.example", Value::Null),
    ]});
    old.table("oidc_clients")[1]["credentials"] = base64(&identities);
    old.table("kv").push(json!({"key": "session_key.json", "value": "sealed"}));

    from_both(&old, |cli, found| {
        assert_eq!(
            left_out(found),
            [
                "model of a passkey Key 2 of alice",
                "federated identity https://a.example of Old (old)"
            ]
        );
        assert_eq!(
            texts(cli, "SELECT hex(aaguid) FROM passkeys ORDER BY name"),
            ["", "", "", "EA9B8D664D011D213CE4B6B48CB575D4"]
        );
        let old = cli.run("client show old -o json").json();
        let identities = old["credentials"]["federatedIdentities"].as_array().unwrap();
        let issuers: Vec<_> =
            identities.iter().map(|one| one["issuer"].as_str().unwrap()).collect();
        assert_eq!(issuers, ["https://b.example", "https://c.example"]);
    });
}

#[test]
fn since_2_17_clients_are_told_of_a_logout() {
    let mut old = PocketId::new();
    for (index, url) in
        [json!("https://app.example.com/ended"), Value::Null, json!("ftp://a")].iter().enumerate()
    {
        old.table("oidc_clients")[index]["backchannel_logout_url"] = url.clone();
    }
    old.settings.push(("AutoCreateOidcClientSecret", "true"));
    from_both(&old, |cli, found| {
        let web = cli.run("client show web -o json").json();
        assert_eq!(web["backchannelLogoutUri"], "https://app.example.com/ended");
        assert_eq!(
            left_out(found),
            [
                "back-channel logout URL Elsewhere (https://cimd.example.com/client.json)",
                "setting AutoCreateOidcClientSecret"
            ]
        );
    });
}

/// The passwords of the mail server were in clear text in a table.
#[test]
fn secrets_of_old_tables_are_sealed() {
    let mut old = PocketId::new();
    before_2_12(&mut old);
    from_both(&old, |cli, _| {
        let sealed = "SELECT COUNT(*) || '' FROM settings WHERE sealed_value IS NOT NULL";
        assert_eq!(texts(cli, sealed), ["1"]);
        assert_eq!(
            texts(cli, "SELECT COUNT(*) || '' FROM scim_providers WHERE sealed_token IS NOT NULL"),
            ["1"]
        );
    });
}

#[test]
fn whoever_has_no_moment_of_creation_is_of_today() {
    let mut old = PocketId::new();
    before_2_12(&mut old);
    for table in [
        "users",
        "user_groups",
        "oidc_clients",
        "apis",
        "webauthn_credentials",
        "api_keys",
        "audit_logs",
        "scim_service_providers",
        "signup_tokens",
    ] {
        old.set(table, "created_at", &Value::Null);
    }
    old.set("audit_logs", "user_agent", &Value::Null);
    old.set("audit_logs", "ip_address", &"192.0.2.1/32".into());
    from_both(&old, |cli, found| {
        assert_eq!(left_out(found), ["setting shoeSize"]);
        assert_eq!(found["imported"]["auditLogEntries"], 1);
        let log = cli.run("audit list --event REMOTE_SIGN_IN -o json").json();
        assert_eq!(
            (&log[0]["ipAddress"], &log[0]["userAgent"]),
            (&json!("192.0.2.1"), &Value::Null)
        );
    });
}
