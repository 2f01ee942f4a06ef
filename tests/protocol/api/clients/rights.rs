//! What a client may be allowed, at each door.

use serde_json::{Value, json};

use super::doors::Doors;

const API: &str = "https://stock.example.com";

/// Two clients, of which `open` is public, and an API with one permission.
fn doors() -> Doors {
    let doors = Doors::open();
    for line in [
        "client create shop --id shop --callback https://a.example.com/cb",
        "client create open --id open --public --callback https://a.example.com/cb",
        "api create https://stock.example.com",
        "api permission add https://stock.example.com stock:read",
    ] {
        doors.terminal(line).expect_success();
    }
    doors
}

fn body(name: &str, more: &Value) -> Value {
    let mut body = json!({"name": name, "callbackURLs": ["https://a.example.com/cb"]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

fn exchange(scope: &str) -> Value {
    json!([{"subjectClient": "shop", "target": API, "scope": scope}])
}

/// A typo would be found out by the application, with an error that does not name it.
#[test]
fn an_exchange_names_permissions_that_its_api_has() {
    let mut doors = doors();
    let allow = format!("client exchange allow shop --from-client shop --to {API} --permission");

    let refused = doors.terminal(&format!("{allow} stock:write"));

    assert_eq!(refused.code, Some(1), "{}", refused.stderr);
    assert!(refused.stderr.contains("has no permission stock:write"), "{}", refused.stderr);
    let refused =
        doors.api("shop", &body("shop", &json!({"tokenExchanges": exchange("stock:write")})));
    assert_eq!(refused.error(), "400 validation_failed");
    assert!(refused.text().contains("tokenExchanges"), "{}", refused.text());
    doors.terminal(&format!("{allow} stock:read")).expect_success();
    doors.api("shop", &body("shop", &json!({"tokenExchanges": exchange("stock:read")}))).ok();

    // A rule of before is no reason to refuse another change. Files create the APIs after the clients.
    doors.terminal(&format!("api permission remove {API} stock:read")).expect_success();
    doors.terminal("client update shop --name Shop").expect_success();
    doors.file(&json!({"id": "shop", "tokenExchanges": exchange("stock:write")})).expect_success();
}

/// It could not prove that the tokens, or the assertions, are for it.
#[test]
fn a_public_client_exchanges_no_tokens_and_gets_no_assertions() {
    let mut doors = doors();
    let assertions = json!([{"audience": "https://auth.chat.example", "clientId": "x"}]);
    for (line, more, told) in [
        (
            format!("client exchange allow NAME --from-client shop --to {API}"),
            json!({"tokenExchanges": exchange("")}),
            "cannot exchange tokens",
        ),
        (
            "client identity-assertion allow NAME --audience https://auth.chat.example --client-id x".to_owned(),
            json!({"identityAssertions": assertions}),
            "gets no assertions",
        ),
    ] {
        let refused = doors.terminal(&line.replace("NAME", "open"));
        assert_eq!(refused.code, Some(1), "{}", refused.stderr);
        assert!(refused.stderr.contains(told), "{}", refused.stderr);
        let mut public = body("open", &more);
        public["isPublic"] = true.into();
        assert_eq!(doors.api("open", &public).error(), "400 validation_failed", "{more}");
        let mut file = more.clone();
        file["id"] = "open".into();
        let refused = doors.file(&file);
        assert!(refused.stderr.contains("the public client open"), "{}", refused.stderr);

        doors.terminal(&line.replace("NAME", "shop")).expect_success();
        let refused = doors.terminal("client update shop --public");
        assert!(refused.stderr.contains(told), "{}", refused.stderr);
        let mut public = body("shop", &more);
        public["isPublic"] = true.into();
        assert_eq!(doors.api("shop", &public).error(), "400 validation_failed", "{more}");
        let none = json!({"tokenExchanges": [], "identityAssertions": []});
        doors.api("shop", &body("shop", &none)).ok();
    }
}

/// A client of before these rules must not have to lose all at once.
#[test]
fn what_a_client_may_not_have_any_more_is_taken_away_one_by_one() {
    let doors = doors();
    for more in ["--from-client shop", "--from-client open"] {
        doors.terminal(&format!("client exchange allow shop {more} --to {API}")).expect_success();
    }
    for server in ["auth.chat.example", "auth.wiki.example"] {
        let line = "client identity-assertion allow shop --client-id x --audience https://";
        doors.terminal(&format!("{line}{server}")).expect_success();
    }
    doors
        .op
        .execute("UPDATE clients SET client_type = 'public', requires_pkce = 1 WHERE id = 'shop'");

    let line = "client exchange refuse shop --from-client open --to";
    doors.terminal(&format!("{line} {API}")).expect_success();
    let line = "client identity-assertion refuse shop --audience https://auth.chat.example";
    doors.terminal(line).expect_success();

    let line = "client exchange allow shop --from-client open --to";
    assert_eq!(doors.terminal(&format!("{line} {API}")).code, Some(1));
    doors.terminal("client update shop --name Shop").expect_success();
}
