//! `/api/application-configuration`

use hyper::Method;
use serde_json::{Map, Value, json};

use super::{administrator, fields, only_administrators_may, put};
use crate::support::{agent::Agent, op::TestOp};

const PATH: &str = "/api/application-configuration";
const ALL: &str = "/api/application-configuration/all";

/// The configuration as a document that can be sent back.
fn document(root: &mut Agent) -> Map<String, Value> {
    let keys = root.get(ALL).ok().json();
    let pair = |key: &Value| (key["key"].as_str().unwrap().to_owned(), key["value"].clone());
    keys.as_array().unwrap().iter().map(pair).collect()
}

fn value(keys: &Value, name: &str) -> String {
    let keys = keys.as_array().unwrap();
    let key = keys.iter().find(|key| key["key"] == name).unwrap_or_else(|| panic!("no {name}"));
    key["value"].as_str().unwrap().to_owned()
}

/// The document with other values for some keys; `null` leaves a key out.
fn with(document: &Map<String, Value>, changes: &Value) -> Value {
    let mut document = document.clone();
    for (key, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(document.remove(key)),
            value => drop(document.insert(key.clone(), value.clone())),
        }
    }
    document.into()
}

#[test]
fn everybody_sees_the_public_keys_and_no_others() {
    let op = TestOp::start();
    op.beside("config set smtpHost mail.example.com").expect_success();
    let answer = op.agent().get(PATH).ok();
    assert_eq!(answer.header("cache-control"), "private, no-store");
    let keys = answer.json();
    let names: Vec<_> = keys.as_array().unwrap().iter().map(|key| &key["key"]).collect();
    assert_eq!(
        names,
        [
            "appName",
            "homePageUrl",
            "accentColor",
            "disableAnimations",
            "allowOwnAccountEdit",
            "allowUserSignups",
            "requireUserEmail",
            "emailOneTimeAccessAsUnauthenticatedEnabled",
            "emailOneTimeAccessAsAdminEnabled",
            "emailVerificationEnabled",
            "ldapEnabled",
            "uiConfigDisabled",
            "tracingEnabled",
        ]
    );
    assert_eq!(keys[0], json!({"key": "appName", "type": "", "value": "Pocket ID"}));
    let disabled = json!({"key": "uiConfigDisabled", "type": "boolean", "value": "false"});
    assert_eq!(keys[11], disabled);
}

#[test]
fn a_document_that_is_sent_back_changes_what_differs_and_holds_at_once() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let all = root.get(ALL).ok().json();
    let name = json!({"key": "appName", "type": "", "value": "Pocket ID", "isPublic": false});
    assert_eq!((&all[0], all.as_array().unwrap().len()), (&name, 56));
    let before = document(&mut root);
    let entries = op.audit_kinds().len();

    put(&mut root, PATH, &before.clone().into()).ok();
    assert_eq!((op.count("settings"), op.audit_kinds().len()), (0, entries), "nothing differs");

    let changes = json!({"appName": "Home", "smtpPassword": "hunter2", "more": 1});
    let changed = put(&mut root, PATH, &with(&before, &changes)).ok().json();
    let shown = (value(&changed, "appName"), value(&changed, "smtpPassword"));
    assert_eq!(shown, ("Home".to_owned(), "hunter2".to_owned()));
    assert_eq!(value(&op.agent().get(PATH).json(), "appName"), "Home");
    assert_eq!((op.count("settings"), op.audit_kinds().len()), (2, entries + 2));
    let audit = op.beside("audit list -o json").ok();
    assert!(audit.contains("Home") && !audit.contains("hunter2"), "{audit}");

    // A caller that sends all of it back keeps the secret; without it, it is taken away.
    let all = document(&mut root);
    put(&mut root, PATH, &all.into()).ok();
    assert_eq!(document(&mut root)["smtpPassword"], "hunter2");
    put(&mut root, PATH, &before.clone().into()).ok();
    assert_eq!((document(&mut root), op.count("settings")), (before, 0));
}

#[test]
fn keys_that_are_not_sent_get_their_default_but_those_that_earlier_versions_lack_stay() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let before = document(&mut root);
    let chosen = json!({
        "accentColor": "#123456",
        "smtpPort": "25",
        "webauthnUserVerification": "preferred",
        "refreshTokenMaxLifetime": "60",
    });
    put(&mut root, PATH, &with(&before, &chosen)).ok();
    let absent = json!({
        "accentColor": null,
        "smtpPort": "",
        "webauthnUserVerification": null,
        "webauthnAllowSyncedPasskeys": null,
        "webauthnAuthenticatorAttachment": null,
        "refreshTokenMaxLifetime": null,
    });
    let after = put(&mut root, PATH, &with(&before, &absent)).ok().json();
    for (key, expected) in [
        ("accentColor", "default"),
        ("smtpPort", ""),
        ("webauthnUserVerification", "preferred"),
        ("refreshTokenMaxLifetime", "60"),
    ] {
        assert_eq!(value(&after, key), expected, "{key}");
    }
}

#[test]
fn every_fault_is_named_in_the_words_of_pocket_id_and_nothing_is_changed() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let (before, entries) = (document(&mut root), op.audit_kinds());

    let nothing = put(&mut root, PATH, &json!({"appName": ""}));
    assert_eq!(nothing.error(), "400 validation_failed");
    let text = nothing.json()["error"].as_str().unwrap().to_owned();
    assert!(text.starts_with("AppName is required, sessionDuration is required"), "{text}");
    let required = fields(&nothing);
    let last = &required[required.len() - 6..];
    assert_eq!(
        last,
        [
            "ldapSoftDeleteUsers required",
            "emailOneTimeAccessAsAdminEnabled required",
            "emailOneTimeAccessAsUnauthenticatedEnabled required",
            "emailLoginNotificationEnabled required",
            "emailApiKeyExpirationEnabled required",
            "emailVerificationEnabled required",
        ]
    );
    for (key, wrong, code, message) in [
        ("appName", "x".repeat(31), "too_long", "must be at most 30 characters long"),
        ("sessionDuration", "long".into(), "invalid_format", "must be an integer"),
        ("emailsVerified", "yes".into(), "invalid_format", "must be either true or false"),
        ("allowUserSignups", "all".into(), "oneof", "is invalid"),
        ("smtpTls", "ssl".into(), "oneof", "is invalid"),
        ("webauthnUserVerification", "discouraged".into(), "oneof", "is invalid"),
        ("smtpFrom", "nobody".into(), "invalid_format", "must be a valid email address"),
        (
            "signupDefaultUserGroupIDs",
            "[1]".into(),
            "invalid_format",
            "must be a JSON array of strings",
        ),
        (
            "signupDefaultCustomClaims",
            "{}".into(),
            "invalid_format",
            "must be a JSON array of objects with string \"key\" and \"value\" properties",
        ),
        (
            "cimdUrlAllowlist",
            "[\"nowhere\"]".into(),
            "invalid_format",
            "must be a JSON array of valid callback URL patterns",
        ),
    ] {
        let changes = json!({ "accentColor": "#abcdef", key: wrong });
        let refused = put(&mut root, PATH, &with(&before, &changes));
        let fault = json!([{"field": key, "code": code, "message": message}]);
        assert_eq!(refused.json()["details"]["fields"], fault, "{refused:?}");
    }
    let group = "[\"018f0000-0000-7000-8000-000000000000\"]";
    let changes = json!({"appName": "X", "signupDefaultUserGroupIDs": group});
    let refused = put(&mut root, PATH, &with(&before, &changes));
    assert_eq!(fields(&refused), ["signupDefaultUserGroupIDs invalid_value"]);
    for other in [json!([]), json!("x"), with(&before, &json!({"appName": 1}))] {
        assert_eq!(put(&mut root, PATH, &other).error(), "400 invalid_request_body");
    }
    assert_eq!((document(&mut root), op.audit_kinds()), (before, entries));
}

#[test]
fn a_configuration_of_the_environment_is_shown_without_its_secrets_and_not_changed() {
    let variables =
        [("UI_CONFIG_DISABLED", "true"), ("APP_NAME", "Home"), ("SMTP_PASSWORD", "hunter2")];
    let op = TestOp::with_settings(&variables);
    let mut root = administrator(&op);
    assert_eq!(value(&op.agent().get(PATH).json(), "uiConfigDisabled"), "true");
    let shown = document(&mut root);
    assert_eq!((&shown["appName"], &shown["smtpPassword"]), (&json!("Home"), &json!("XXXXXXXXXX")));
    let wrong = put(&mut root, PATH, &json!({}));
    assert_eq!(wrong.error(), "400 validation_failed", "that comes first");
    let refused = put(&mut root, PATH, &with(&shown, &json!({"appName": "Other"})));
    assert_eq!(refused.error(), "403 ui_config_disabled");
    assert_eq!(op.count("settings"), 0);
}

/// As Pocket ID answers while it has neither.
#[test]
fn mail_and_directories_are_refused_as_not_configured() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let mut ask = |path: &str| root.post(&format!("{PATH}/{path}"), &json!(null)).error();
    assert_eq!(ask("sync-ldap"), "409 ldap_disabled");
    assert_eq!(ask("test-email"), "500 email_not_sent");
    op.execute("UPDATE users SET email = NULL WHERE username = 'root'");
    assert_eq!(ask("test-email"), "409 user_email_not_set");
}

#[test]
fn nobody_else_sees_or_changes_the_configuration() {
    let op = TestOp::start();
    only_administrators_may(
        &op,
        &[
            (Method::GET, ALL, json!(null)),
            (Method::PUT, PATH, json!({"appName": "Theirs"})),
            (Method::POST, &format!("{PATH}/sync-ldap"), json!(null)),
            (Method::POST, &format!("{PATH}/test-email"), json!(null)),
        ],
    );
    assert_eq!(op.count("settings"), 0);
}

/// The same change leaves the same entry, and the same fault is refused, at every door.
#[test]
fn the_terminal_the_api_and_a_file_change_the_configuration_alike() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let before = document(&mut root);
    let file = op.folder().join("pocketid.yaml");
    let apply = |settings: &str| {
        std::fs::write(&file, format!("settings:\n  {settings}\n")).unwrap();
        op.beside_args(&["apply", "-f", file.to_str().unwrap(), "--yes"])
    };
    // Of a program it says so, too.
    let data = || -> Vec<_> {
        let entries =
            op.texts("SELECT data FROM audit_events WHERE kind = 'APP_CONFIG_CHANGED' ORDER BY id");
        entries.iter().map(|data| data.replace("\"authentication\":\"API key\",", "")).collect()
    };

    op.beside("config set appName Home").expect_success();
    let at_the_terminal = data();
    op.beside("config unset appName").expect_success();
    put(&mut root, PATH, &with(&before, &json!({"appName": "Home"}))).ok();
    put(&mut root, PATH, &before.clone().into()).ok();
    apply("appName: Home").expect_success();
    apply("appName: null").expect_success();
    let all = data();
    assert_eq!(at_the_terminal.len(), 1);
    assert!(at_the_terminal[0].contains("\"value\":\"Home\""), "{at_the_terminal:?}");
    assert_eq!(all.len(), 6, "{all:?}");
    for door in all.chunks(2) {
        assert_eq!(door[0], at_the_terminal[0]);
        assert_eq!(door[1], all[1]);
    }

    let id = "018f0000-0000-7000-8000-000000000000";
    let ids = format!("[\"{id}\"]");
    let terminal = op.beside_args(&["config", "set", "signupDefaultUserGroupIDs", &ids]);
    terminal.expect_failure(1);
    let applied = apply(&format!("signupDefaultUserGroupIDs: [\"{id}\"]"));
    assert!(applied.stderr.contains("does not exist"), "{}", applied.stderr);
    let body = with(&before, &json!({"signupDefaultUserGroupIDs": ids}));
    assert_eq!(put(&mut root, PATH, &body).error(), "400 validation_failed");
    assert_eq!((op.count("settings"), data().len()), (0, 6));
}
