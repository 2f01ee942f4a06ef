//! Codes and cookies: each is good for one host and one browser.

use super::visitor::{HOST, Visitor, local, protected};
use crate::support::op::TestOp;

#[test]
fn a_code_is_good_once() {
    let op = protected("");
    let mut alice = op.person("alice");
    let mut visitor = Visitor::new(&op);
    let callback = visitor.code_of(&mut alice, "/");
    assert_eq!(visitor.ask(&callback).status, 302);

    let again = visitor.ask(&callback);

    assert_eq!(again.status, 400);
    assert!(again.text().contains("was used before"), "{}", again.text());
}

/// Otherwise an attacker could sign a stranger in as themselves, and read what the stranger then writes.
#[test]
fn a_code_is_good_in_the_browser_that_began_alone() {
    let op = protected("");
    let mut mallory = op.person("mallory");
    let mut attacker = Visitor::new(&op);
    let callback = attacker.code_of(&mut mallory, "/");
    let mut victim = Visitor::new(&op);
    assert_eq!(victim.ask(&callback).status, 400, "a browser that never asked");

    let callback = attacker.code_of(&mut mallory, "/");
    victim.ask("/");
    assert_eq!(victim.ask(&callback).status, 400, "a browser that asked by itself");
    assert_eq!(victim.ask("/").status, 302);
    // It was used up.
    assert_eq!(attacker.ask(&callback).status, 400);
}

#[test]
fn a_code_is_good_at_its_host_alone_and_so_is_the_cookie() {
    let op = protected("");
    op.beside("protect create shop.example.com").expect_success();
    let mut alice = op.person("alice");
    let mut visitor = Visitor::new(&op);
    let callback = visitor.code_of(&mut alice, "/");
    let mut shop = Visitor::at(&op, "shop.example.com");
    shop.agent.cookies = visitor.agent.cookies.clone();
    assert_eq!(shop.ask(&callback).status, 400);

    visitor.sign_in(&mut alice, "/").ok();
    shop.agent.cookies = visitor.agent.cookies.clone();
    assert_eq!(visitor.ask("/").status, 200);
    assert_eq!(shop.ask("/").status, 302);
}

#[test]
fn a_code_ends_after_a_minute_and_with_its_session() {
    let op = protected("");
    let mut alice = op.person("alice");
    let mut visitor = Visitor::new(&op);
    let callback = visitor.code_of(&mut alice, "/");
    op.advance(61);
    assert_eq!(visitor.ask(&callback).status, 400);

    let callback = visitor.code_of(&mut alice, "/");
    op.beside("session revoke --all alice").expect_success();
    assert_eq!(visitor.ask(&callback).status, 400);
    assert_eq!(op.count("host_sessions"), 0);
}

/// A sign-in at another host must not come with the name of this one.
#[test]
fn cookies_of_the_provider_are_no_cookies_of_a_host() {
    let op = protected("");
    let alice = op.person("alice");
    let mut visitor = Visitor::new(&op);
    visitor.agent.cookies = alice.agent.cookies.clone();
    let session = alice.agent.cookies["pocketid_access_token"].clone();
    visitor.agent.cookies.insert("pocketid_host_session".to_owned(), session);
    assert_eq!(visitor.ask("/").status, 302);
}

/// Browsers have one jar for all ports of a name.
#[test]
fn each_port_of_a_name_has_a_cookie_of_its_own() {
    let op = TestOp::start();
    let hosts = ["nas.example.com:8443", "nas.example.com:9443"];
    let mut alice = op.person("alice");
    let mut jar = std::collections::BTreeMap::new();
    for host in hosts {
        op.beside(&format!("protect create {host}")).expect_success();
        let mut visitor = Visitor::at(&op, host);
        visitor.agent.cookies = jar;
        visitor.sign_in(&mut alice, "/").ok();
        jar = visitor.agent.cookies;
    }
    for host in hosts {
        let mut visitor = Visitor::at(&op, host);
        visitor.agent.cookies = jar.clone();
        assert_eq!(visitor.ask("/").status, 200, "{host}");
    }
}

#[test]
fn two_tabs_come_back_both() {
    let op = protected("");
    let mut alice = op.person("alice");
    let mut visitor = Visitor::new(&op);
    let first = visitor.code_of(&mut alice, "/a");
    let second = visitor.code_of(&mut alice, "/b");
    assert_eq!(visitor.ask(&second).location(), format!("http://{HOST}/b"));
    assert_eq!(visitor.ask(&first).location(), format!("http://{HOST}/a"));
}

/// A link on another page must lead to protected hosts alone.
#[test]
fn no_other_address_is_led_to() {
    let op = protected("");
    let mut alice = op.person("alice");
    let browser = "a".repeat(64);
    for url in [
        "",
        "https://evil.example/",
        "http://wiki.example.com@evil.example/",
        "http://user:pass@wiki.example.com/",
        "http://wiki.example.com.evil.example/",
        "http://wiki.example.com:8080/",
        "//wiki.example.com/",
        "/page",
        "javascript:alert(1)",
        "ftp://wiki.example.com/",
    ] {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("url", url)
            .append_pair("browser", &browser)
            .finish();
        let answer = alice.agent.get(&format!("/forward-auth?{query}"));
        assert_eq!(answer.status, 400, "{url} {answer:?}");
    }
    for browser in ["", "a", &"g".repeat(64), &"a".repeat(65)] {
        let path = format!("/forward-auth?url=http%3A%2F%2F{HOST}%2F&browser={browser}");
        assert_eq!(alice.agent.get(&path).status, 400, "{browser}");
    }
}

/// Two slashes at the beginning of a path name another host.
#[test]
fn a_path_that_looks_like_a_host_stays_at_the_host() {
    let op = protected("");
    let mut alice = op.person("alice");
    for path in ["//evil.example/", "/\\evil.example/", "/%0d%0aSet-Cookie:%20a=b"] {
        let mut visitor = Visitor::new(&op);
        let back = visitor.sign_in(&mut alice, path);
        assert!(back.location().starts_with(&format!("http://{HOST}/")), "{}", back.location());
    }
    let mut visitor = Visitor::new(&op);
    let long = format!("/{}", "a".repeat(4_000));
    let back = visitor.sign_in(&mut alice, &long);
    assert_eq!(back.location(), format!("http://{HOST}/"));
}

#[test]
fn what_has_ended_is_cleaned_up() {
    let op = protected("--session 5m");
    let mut alice = op.person("alice");
    let mut visitor = Visitor::new(&op);
    visitor.code_of(&mut alice, "/");
    visitor.sign_in(&mut alice, "/").ok();
    assert_eq!((op.count("host_codes"), op.count("host_sessions")), (1, 1));
    // The next sign-in in the same session replaces the one before.
    visitor.agent.cookies.clear();
    visitor.sign_in(&mut alice, "/").ok();
    assert_eq!(op.count("host_sessions"), 1);
    op.advance(301);
    op.clean_up();
    assert_eq!((op.count("host_codes"), op.count("host_sessions")), (0, 0));
}

#[test]
fn another_address_of_the_host_ends_its_sign_ins() {
    let op = protected("");
    let mut alice = op.person("alice");
    let mut visitor = Visitor::new(&op);
    visitor.sign_in(&mut alice, "/").ok();
    op.beside(&format!("protect update {HOST} --host shop.example.com")).expect_success();
    assert_eq!(op.count("host_sessions"), 0);
    assert_eq!(visitor.ask("/").status, 403);
    let sent = Visitor::at(&op, "shop.example.com").ask("/");
    assert!(local(&sent).starts_with("/forward-auth?"));
}
