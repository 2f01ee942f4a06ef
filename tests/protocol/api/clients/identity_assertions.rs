//! The doors through which a client is allowed to get identity assertions.

use serde_json::{Value, json};

use super::doors::Doors;

/// The authorization servers elsewhere for which a client gets assertions about its users (ID-JAG).
#[test]
fn a_client_is_allowed_to_get_identity_assertions() {
    let mut doors = Doors::open();
    for id in ["terminal", "api", "file"] {
        let line = format!("client create {id} --id {id} --callback https://a.example.com/cb");
        doors.terminal(&line).expect_success();
    }
    let (chat, calendar) = ("https://auth.chat.example/t/1/", "http://127.0.0.1:8080");
    let rules = json!([
        {"audience": calendar, "clientId": "a b", "scope": "", "resources": []},
        {
            "audience": chat, "clientId": "there", "scope": "openid read",
            "resources": ["https://api.chat.example/", "urn:example:chat"],
        },
    ]);
    let callbacks = json!(["https://a.example.com/cb"]);
    let body = |rules: &Value| json!({"name": "api", "callbackURLs": callbacks, "identityAssertions": rules});

    let allow = "client identity-assertion allow terminal --audience";
    let first = format!("{allow} {chat} --client-id");
    doors.terminal(&format!("{first} other")).expect_success();
    // The second call replaces the first.
    let more = "--resource urn:example:chat --resource https://api.chat.example/ --scope";
    let mut all: Vec<_> = format!("{first} there {more}").split(' ').map(str::to_owned).collect();
    all.push("read openid".to_owned());
    doors.cli.run_args(&all.iter().map(String::as_str).collect::<Vec<_>>()).expect_success();
    let mut all: Vec<_> =
        format!("{allow} {calendar} --client-id").split(' ').map(str::to_owned).collect();
    all.push("a b".to_owned());
    doors.cli.run_args(&all.iter().map(String::as_str).collect::<Vec<_>>()).expect_success();
    doors.api("api", &body(&rules)).ok();
    doors.file(&json!({"id": "file", "identityAssertions": rules})).expect_success();
    // A program of Pocket ID does not know the field.
    doors.api("api", &json!({"name": "api", "callbackURLs": callbacks})).ok();

    for id in ["terminal", "api", "file"] {
        assert_eq!(doors.client(id)["identityAssertions"], rules, "{id}");
        assert!(doors.entries(id).contains(&"CLIENT_CHANGED".to_owned()), "{id}");
    }
    // What is there already is no change.
    let entries = doors.entries("file");
    doors.file(&json!({"id": "file", "identityAssertions": rules})).expect_success();
    doors.api("api", &body(&rules)).ok();
    assert_eq!(doors.entries("file"), entries);
    let listed = doors.terminal("client identity-assertion list terminal").ok();
    let line = "there\topenid read\thttps://api.chat.example/ urn:example:chat";
    assert!(listed.contains(&format!("{chat}\t{line}")), "{listed}");
    assert!(listed.contains(&format!("{calendar}\ta b\tany\tany")), "{listed}");

    let refuse =
        "client identity-assertion refuse terminal --audience https://auth.chat.example/t/1";
    doors.terminal(refuse).expect_success();
    assert_eq!(doors.terminal(refuse).code, Some(1));
    doors.terminal(&format!("{refuse} --if-present")).expect_success();
    assert_eq!(doors.client("terminal")["identityAssertions"].as_array().map(Vec::len), Some(1));
    doors.api("api", &body(&json!([]))).ok();
    doors.file(&json!({"id": "file", "identityAssertions": []})).expect_success();
    for id in ["api", "file"] {
        assert_eq!(doors.client(id)["identityAssertions"], json!([]), "{id}");
    }
}

/// A new client may have them at once, and takes them with it.
#[test]
fn identity_assertions_come_and_go_with_their_client() {
    let mut doors = Doors::open();
    let rule = json!({
        "audience": "https://auth.chat.example", "clientId": "there", "scope": "", "resources": [],
    });
    let new = json!({
        "id": "new", "name": "new", "callbackURLs": ["https://a.example.com/cb"],
        "identityAssertions": [rule],
    });
    doors.root.post("/api/oidc/clients", &new).ok();
    assert_eq!(doors.client("new")["identityAssertions"], json!([rule]));
    doors.terminal("client delete new --yes").expect_success();
    assert_eq!(doors.op.count("identity_assertions"), 0);
}

#[test]
fn identity_assertions_for_no_server_or_for_this_one_are_refused() {
    let mut doors = Doors::open();
    let own = doors.op.base_url().to_owned();
    doors.cli = doors.op.cli().with("APP_URL", &own);
    for id in ["terminal", "api", "file"] {
        let line = format!("client create {id} --id {id} --callback https://a.example.com/cb");
        doors.terminal(&line).expect_success();
    }
    let callbacks = json!(["https://a.example.com/cb"]);
    let body = |rules: &Value| json!({"name": "api", "callbackURLs": callbacks, "identityAssertions": rules});
    let chat = "https://auth.chat.example";
    let one = json!({"audience": chat, "clientId": "there"});
    let many = (0..51).map(|n| json!({"audience": format!("{chat}/{n}"), "clientId": "there"}));
    for bad in [
        json!([{"audience": chat}]),
        json!([{"clientId": "there"}]),
        json!([{"audience": "http://auth.chat.example", "clientId": "there"}]),
        json!([{"audience": "auth.chat.example", "clientId": "there"}]),
        json!([{"audience": "https://auth.chat.example?a", "clientId": "there"}]),
        json!([{"audience": format!("{chat}/{}", "a".repeat(400)), "clientId": "there"}]),
        json!([{"audience": own, "clientId": "there"}]),
        json!([{"audience": format!("{own}/"), "clientId": "there"}]),
        json!([{"audience": chat, "clientId": ""}]),
        json!([{"audience": chat, "clientId": "a".repeat(501)}]),
        json!([{"audience": chat, "clientId": "there", "scope": "a\"b"}]),
        json!([{"audience": chat, "clientId": "there", "scope": "a".repeat(1_001)}]),
        json!([{"audience": chat, "clientId": "there", "resources": ["chat"]}]),
        json!([{"audience": chat, "clientId": "there", "what": 1}]),
        json!([one, one]),
        json!([one, {"audience": format!("{chat}/"), "clientId": "other"}]),
        json!(["x"]),
        many.collect::<Value>(),
    ] {
        assert_eq!(doors.api("api", &body(&bad)).error(), "400 validation_failed", "{bad}");
        let file = doors.file(&json!({"id": "file", "identityAssertions": bad}));
        assert_ne!(file.code, Some(0), "{bad}");
    }
    let allow = "client identity-assertion allow terminal";
    for (bad, code) in [
        (format!("--audience {own} --client-id there"), 2),
        ("--audience http://auth.chat.example --client-id there".to_owned(), 2),
        (format!("--audience {chat}"), 2),
        (format!("--audience {chat} --client-id there --resource chat"), 2),
    ] {
        assert_eq!(doors.terminal(&format!("{allow} {bad}")).code, Some(code), "{bad}");
    }
    assert_eq!(doors.op.count("identity_assertions"), 0);
}
