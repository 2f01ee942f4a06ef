//! The doors through which a client comes to trust issuers.

use serde_json::{Value, json};

use super::doors::Doors;

/// Issuers that say for which users a client gets tokens.
#[test]
fn a_client_trusts_issuers() {
    let mut doors = Doors::open();
    for id in ["terminal", "api", "file"] {
        let line = format!("client create {id} --id {id} --callback https://a.example.com/cb");
        doors.terminal(&line).expect_success();
    }
    doors.terminal("group create staff").expect_success();
    let issuers = json!([
        {"issuer": "https://a.example.org"},
        {"issuer": "https://b.example.org", "jwks": "https://b.example.org/keys"},
    ]);
    let body = |more: &Value| {
        let mut body = json!({"name": "api", "callbackURLs": ["https://a.example.com/cb"]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let restricted =
        |issuers: &Value| body(&json!({"isGroupRestricted": true, "trustedIssuers": issuers}));

    let line = "client trusted-issuer add terminal --issuer https://b.example.org";
    let refused = doors.terminal(line);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("members of its groups"), "{}", refused.stderr);
    let open = body(&json!({"trustedIssuers": issuers}));
    assert_eq!(doors.api("api", &open).error(), "400 validation_failed");
    let open = json!({"id": "file", "trustedIssuers": issuers});
    assert_ne!(doors.file(&open).code, Some(0));

    doors.terminal("client update terminal --group staff").expect_success();
    doors.terminal(line).expect_success();
    // The second call replaces the first.
    doors.terminal(&format!("{line} --jwks https://b.example.org/keys")).expect_success();
    let first = "client trusted-issuer add terminal --issuer https://a.example.org";
    doors.terminal(first).expect_success();
    doors.api("api", &restricted(&issuers)).ok();
    let file = json!({"id": "file", "isGroupRestricted": true, "trustedIssuers": issuers});
    doors.file(&file).expect_success();
    // A program of Pocket ID does not know the field.
    doors.api("api", &body(&json!({"isGroupRestricted": true}))).ok();
    for id in ["terminal", "api", "file"] {
        let mut told = doors.client(id)["trustedIssuers"].clone();
        told.as_array_mut().unwrap().sort_by_key(|one| one["issuer"].to_string());
        assert_eq!(told, issuers, "{id}");
    }
    let listed = doors.terminal("client trusted-issuer list terminal").ok();
    assert!(listed.contains("https://b.example.org\thttps://b.example.org/keys"), "{listed}");
    // The limit on the issuers stays as long as they do.
    assert_eq!(doors.api("api", &body(&json!({}))).error(), "400 validation_failed");
    assert_eq!(doors.terminal("client update terminal --no-group").code, Some(1));

    let remove = "client trusted-issuer remove terminal --issuer https://a.example.org";
    doors.terminal(remove).expect_success();
    assert_eq!(doors.terminal(remove).code, Some(1));
    doors.terminal(&format!("{remove} --if-present")).expect_success();
    assert_eq!(doors.client("terminal")["trustedIssuers"].as_array().map(Vec::len), Some(1));
    doors.api("api", &restricted(&json!([]))).ok();
    doors.file(&json!({"id": "file", "trustedIssuers": []})).expect_success();
    for id in ["api", "file"] {
        assert_eq!(doors.client(id)["trustedIssuers"], json!([]), "{id}");
    }
}

#[test]
fn what_is_no_issuer_to_trust_is_refused() {
    let mut doors = Doors::open();
    for id in ["api", "file"] {
        let line = format!("client create {id} --id {id} --callback https://a.example.com/cb");
        doors.terminal(&line).expect_success();
    }
    doors
        .terminal("client create open --id open --public --callback https://a.example.com/cb")
        .ok();
    let one = json!({"issuer": "https://a.example.org"});
    let many: Vec<Value> =
        (0..51).map(|n| json!({"issuer": format!("https://{n}.example.org")})).collect();
    for bad in [
        json!([{}]),
        json!([{"issuer": ""}]),
        json!([{"issuer": "a.example.org"}]),
        json!([{"issuer": "http://a.example.org"}]),
        json!([{"issuer": "javascript:alert(1)"}]),
        json!([{"issuer": "https://a.example.org", "jwks": "http://a.example.org/keys"}]),
        json!([{"issuer": "https://a.example.org", "jwks": "keys"}]),
        json!([{"issuer": "https://a.example.org", "subject": "x"}]),
        json!([{"issuer": format!("https://a.example.org/{}", "x".repeat(2_050))}]),
        json!([one, one]),
        json!(["https://a.example.org"]),
        Value::from(many),
    ] {
        let body = json!({
            "name": "api", "callbackURLs": ["https://a.example.com/cb"], "isGroupRestricted": true,
            "trustedIssuers": bad,
        });
        assert_eq!(doors.api("api", &body).error(), "400 validation_failed", "{bad}");
        let file = json!({"id": "file", "isGroupRestricted": true, "trustedIssuers": bad});
        assert_ne!(doors.file(&file).code, Some(0), "{bad}");
    }
    // Tokens of this server are no assertions of another one.
    let own = doors.op.base_url().to_owned();
    for own in [own.clone(), format!("{own}/")] {
        let body = json!({
            "name": "api", "callbackURLs": ["https://a.example.com/cb"], "isGroupRestricted": true,
            "trustedIssuers": [{"issuer": own}],
        });
        assert_eq!(doors.api("api", &body).error(), "400 validation_failed", "{own}");
        let file =
            json!({"id": "file", "isGroupRestricted": true, "trustedIssuers": [{"issuer": own}]});
        let refused = doors.file(&file);
        assert!(refused.stderr.contains("trustedIssuers names this server"), "{}", refused.stderr);
        let refused = doors.terminal(&format!("client trusted-issuer add file --issuer {own}"));
        assert_eq!(refused.code, Some(2));
        assert!(refused.stderr.contains("--issuer names this server"), "{}", refused.stderr);
    }
    let public = json!({
        "name": "open", "callbackURLs": ["https://a.example.com/cb"], "isPublic": true,
        "isGroupRestricted": true, "trustedIssuers": [one],
    });
    assert_eq!(doors.api("open", &public).error(), "400 validation_failed");
    let again = json!({
        "name": "api", "callbackURLs": ["https://a.example.com/cb"], "isGroupRestricted": true,
        "requiresReauthentication": true, "trustedIssuers": [one],
    });
    assert_eq!(doors.api("api", &again).error(), "400 validation_failed");
}
