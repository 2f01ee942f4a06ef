//! Tests of which URIs a pattern allows.

use super::{
    super::{MAX_LEN, RedirectUri, RedirectUriPattern, RedirectUriPatternError},
    pattern, uri,
};

/// Asserts for each pattern and URI whether the pattern allows the URI.
fn check(table: &[(&str, &str, bool)]) {
    for (registered, sent, expected) in table {
        assert_eq!(
            pattern(registered).matches(&uri(sent)),
            *expected,
            "is {sent} allowed by {registered}?"
        );
    }
}

/// Patterns that clients registered with Pocket ID 2.14 rely on.
#[test]
fn patterns_allow_what_they_allow_in_pocket_id() {
    check(&[
        ("*", "https://anything.example/at/all?a=b", true),
        ("*://example.com/callback", "https://example.com/callback", true),
        ("https://*.example.com/callback", "https://subdomain.example.com/callback", true),
        ("https://app*.example.com/callback", "https://app1.example.com/callback", true),
        ("https://*-prod.example.com/callback", "https://api-prod.example.com/callback", true),
        (
            "https://*.example.com/callback",
            "https://malicious.site?url=abc.example.com/callback",
            false,
        ),
        ("https://example.com:*/callback", "https://example.com:8080/callback", true),
        ("https://example.com:80*/callback", "https://example.com:8080/callback", true),
        (
            "https://[2001:db8:1:1::a:1]:*/callback",
            "https://[2001:db8:1:1::a:1]:8080/callback",
            true,
        ),
        ("https://example.com/api/*/callback", "https://example.com/api/v1/callback", true),
        ("https://example.com/test*", "https://example.com/testcase", true),
        ("https://example.com/**/callback", "https://example.com/api/v1/foo/bar/callback", true),
        (
            "https://user:*@example.com/callback",
            "https://user:secret123@example.com/callback",
            true,
        ),
        (
            "https://user:*@example.com/callback",
            "https://user:password@malicious.site#example.com/callback",
            false,
        ),
        ("https://user:pass@app.example.com/cb", "https://user:other@app.example.com/cb", false),
        ("https://app.example.com/a:b", "https://app.example.com/a:other", false),
        ("https://example.com/callback", "https://example.com/callback#fragment", true),
        ("https://example.com/callback#here", "https://example.com/callback", true),
        ("https://example.com/callback#here", "https://example.com/callback#there", true),
        ("https://example.com#here", "https://example.com/#there", true),
        ("https://example.com/callback", "https://example.com/../admin/callback", false),
        ("https://example.com/callback", "https://example.com//evil.com/callback", false),
        ("https://example.com/callback", "https://example.com/callback%0d%0aX-Evil:%201", false),
        ("https://example.com/callback", "https://example.com/callback%00.evil.com", false),
        ("https://example.com/callback", r"https://example.com\callback", true),
    ]);
    // The colon starts a port, so the host is empty. Pocket ID accepts it, but it never matches.
    assert_eq!(
        "https://:host.example.com/cb".parse::<RedirectUriPattern>(),
        Err(RedirectUriPatternError::NoHost)
    );
}

#[test]
fn queries_are_compared_key_by_key_as_in_pocket_id() {
    check(&[
        ("https://example.com/callback?code=*", "https://example.com/callback?code=abc123", true),
        (
            "https://example.com/callback?code=*",
            "https://example.com/callback?code=abc123&extra=value",
            false,
        ),
        (
            "https://example.com/callback?code=*&state=*",
            "https://example.com/callback?code=abc123",
            false,
        ),
        (
            "https://example.com/callback?code=*&state=*",
            "https://example.com/callback?state=x&code=y",
            true,
        ),
        (
            "https://example.com/callback?param=*&param=*",
            "https://example.com/callback?param=a&param=b",
            true,
        ),
        ("https://example.com/callback", "https://example.com/callback?extra=value", false),
        ("https://example.com/callback", "https://example.com/callback?", true),
        ("https://example.com/callback?a=[b]", "https://example.com/callback?a=b", true),
        ("https://example.com/callback?a=[b]", "https://example.com/callback?a=[b]", true),
        ("https://example.com/callback?a=[b]", "https://example.com/callback?a=%5Bb]", false),
    ]);
}

/// RFC 8252 §7.3: "MUST allow any port to be specified at the time of the request".
#[test]
fn native_applications_may_use_any_loopback_port() {
    check(&[
        ("http://127.0.0.1/callback", "http://127.0.0.1:49152/callback", true),
        ("http://127.0.0.1/callback", "http://127.1:49152/callback", true),
        ("http://127.8.9.1/callback", "http://127.8.9.1:49152/callback", true),
        ("http://[::1]/callback", "http://[::1]:49152/callback", true),
        ("http://localhost/callback", "http://localhost:49152/callback", true),
        ("http://127.0.0.1/auth/*", "http://127.0.0.1:3000/auth/callback", true),
        ("http://127.0.0.1:3000/callback", "http://127.0.0.1:49152/callback", true),
        ("http://[::1]:3000/callback", "http://[::1]:49152/callback", true),
        ("http://localhost:3000/callback", "http://localhost:49152/callback", false),
        ("https://localhost/callback", "https://localhost:49152/callback", false),
        ("http://127.0.0.1:80*/callback", "http://127.0.0.1:49152/callback", false),
        ("http://127.0.0.1/callback", "http://127.0.0.1:49152/other", false),
        ("http://127.0.0.1/callback", "http://127.0.0.2:49152/callback", false),
        ("http://127.0.0.1/callback", "http://localhost:49152/callback", false),
        ("https://127.0.0.1/callback", "https://127.0.0.1:8080/callback", false),
        ("https://127.0.0.1:3000/callback", "https://127.0.0.1:8080/callback", false),
        ("http://192.168.1.1/callback", "http://192.168.1.1:8080/callback", false),
        ("http://localhost.evil.example/cb", "http://localhost.evil.example:1/cb", false),
        ("http://app.localhost/callback", "http://app.localhost:8080/callback", false),
        ("http://127.0.0.1/cb", "http://127.0.0.1.evil.example:8080/cb", false),
        ("http://127.0.0.1/cb", "http://user@127.0.0.1:8080/cb", false),
    ]);
}

#[test]
fn custom_schemes_work_exactly_and_as_patterns() {
    check(&[
        ("com.example.app:/callback", "com.example.app:/callback", true),
        ("com.example.app:/callback", "COM.example.app:/callback", true),
        ("com.example.app:/callback", "com.example.app:/other", false),
        ("com.example.app:/callback", "com.example.app.evil:/callback", false),
        ("com.example.app:/callback", "com.example.app://callback", false),
        ("com.example.app:/callback", "com.example.app://evil/callback", false),
        ("com.example.app:/cb/*", "com.example.app:/cb/1", true),
        ("com.example.app:/cb/*", "com.example.app://cb/1", false),
        ("com.example.*:/callback", "com.example.beta:/callback", true),
        ("com.example.*:/callback", "https://example.com/callback", false),
        ("app://callback", "app://callback", true),
        ("app://callback", "app://callback/", false),
        ("app://callback", "app://other", false),
        ("app://callback?a=*", "app://callback?a=b", true),
        ("app://*", "app://callback", true),
        ("app://*", "app://callback/more", false),
        ("app://*/**", "app://callback/more/and/more", true),
        ("app://user@callback", "app://user@callback", true),
        ("app://callback", "app://user@callback", false),
        ("app:///callback", "app:///callback", true),
        ("app:///callback", "app:/callback", false),
        ("app:callback", "app:callback", true),
        ("app:*", "app:callback", true),
        ("app:*", "app:/callback", false),
        ("urn:ietf:wg:oauth:2.0:oob", "urn:ietf:wg:oauth:2.0:oob", true),
    ]);
}

/// An attacker can choose the text that a `*` matches: it must not make an address that runs a
/// program or a script, or that looks like another host.
#[test]
fn a_wildcard_takes_web_addresses_and_nothing_that_runs() {
    let allows = |registered: &str, sent: &str| {
        RedirectUri::parse_post_logout(sent).is_ok_and(|uri| pattern(registered).matches(&uri))
    };
    for sent in [
        "feed:javascript:alert(1)",
        "feed://evil.example/",
        "jar:https://evil.example/x.jar!/x.html",
        "chrome://settings/",
        "resource://gre/",
        "ms-msdt:/id",
        "ms-settings:privacy",
        "ms-word:ofe|u|https://evil.example/x.docx",
        "search-ms:query=x",
        "intent://scan/#Intent;end",
        "tel:+1555",
        "mailto:a@evil.example",
        "ssh://evil.example/",
        "ftp://evil.example/",
        "ws://evil.example/",
        "steam://run/1",
        "com.evil.app:/cb",
        "app://evil.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "vbscript:x",
        "https://trusted.example@evil.example/",
        "https://a:b@evil.example/",
        r"https://evil.example\.trusted.example/",
    ] {
        for registered in ["*", "*://*", "*://*/**", "*://evil.example/", "*s://*/**"] {
            assert!(!allows(registered, sent), "{registered} took {sent}");
        }
    }
    for (registered, sent) in [
        ("*", "https://app.example.com:8443/cb?a=b"),
        ("*", "http://localhost:3000/cb"),
        ("*", "HTTPS://app.example.com/cb"),
        ("*://*/**", "http://app.example.com/cb"),
        ("com.example.*:/cb", "com.example.app:/cb"),
        ("app://*/**", "app://callback/x"),
    ] {
        assert!(allows(registered, sent), "{registered} did not take {sent}");
    }
}

/// RFC 9700 §2.1: exact comparison. Other spellings of the same address also match, because
/// applications behind a proxy send them. Matching never resolves or guesses a path.
#[test]
fn an_exact_address_has_few_other_spellings() {
    let registered = "https://app.example.com/cb";
    for sent in [
        "https://app.example.com/cb",
        "https://app.example.com:443/cb",
        "HTTPS://app.example.com/cb",
        "https://APP.example.com/cb",
    ] {
        assert!(pattern(registered).matches(&uri(sent)), "{sent}");
    }
    for sent in [
        "https://app.example.com/x/../cb",
        "https://app.example.com/./cb",
        "https://app.example.com/x/%2e%2E/cb",
        r"https://app.example.com/x\..\cb",
        "https://app.example.com/CB",
        "https://app.example.com/%63b",
        "https://app.example.com//cb",
        "https://app.example.com/cb/",
        "https://app.example.com./cb",
    ] {
        assert!(!pattern(registered).matches(&uri(sent)), "{sent}");
    }
    // A path with dot segments matches only if it was registered exactly so.
    let odd = "https://app.example.com/x/../cb";
    assert!(pattern(odd).matches(&uri(odd)));
    assert!(!pattern("com.example.app:/cb").matches(&uri("com.example.app:/x/../cb")));
}

#[test]
fn hosts_are_compared_as_browsers_read_them() {
    check(&[
        ("https://example.com/cb", "https://EXAMPLE.com/cb", true),
        ("https://EXAMPLE.com/cb", "https://example.com/cb", true),
        ("https://*.EXAMPLE.com/cb", "https://App.Example.com/cb", true),
        ("HTTPS://example.com/cb", "https://example.com/cb", true),
        ("https://example.com/cb", "https://example.com:443/cb", true),
        ("https://example.com:443/cb", "https://example.com/cb", true),
        ("https://example.com:0443/cb", "https://example.com/cb", true),
        ("https://example.com:/cb", "https://example.com/cb", true),
        ("https://example.com:*/cb", "https://example.com/cb", true),
        ("https://example.com/cb", "https://ex%61mple.com/cb", true),
        ("https://bücher.example/cb", "https://xn--bcher-kva.example/cb", true),
        ("https://xn--bcher-kva.example/cb", "https://BÜCHER.example/cb", true),
        ("https://*.bücher.example/cb", "https://a.xn--bcher-kva.example/cb", true),
        ("https://例子.中国/回调", "https://xn--fsqu00a.xn--fiqs8s/%E5%9B%9E%E8%B0%83", true),
        ("https://example.com", "https://example.com/", true),
        ("https://example.com?a=b", "https://example.com/?a=b", true),
        ("https://[2001:DB8::0:1]/cb", "https://[2001:db8::1]/cb", true),
        ("https://*.example.com/cb", "https://a.b.example.com/cb", true),
        ("https://my_app.lan/cb", "https://my_app.lan/cb", true),
        ("http*://example.com/cb", "http://example.com/cb", true),
        ("http*://example.com/cb", "https://example.com/cb", true),
    ]);
}

#[test]
fn a_hostile_uri_does_not_pass_for_another_host() {
    check(&[
        ("https://good.example/cb", "https://good.example@evil.example/cb", false),
        ("https://good.example/cb", "https://good.example:x@evil.example/cb", false),
        ("https://good.example/**", "https://evil.example/good.example/cb", false),
        ("https://good.example/cb", "https://good.example.evil.example/cb", false),
        ("https://good.example/cb", "https://good.example./cb", false),
        ("https://good.example/cb", "http://good.example/cb", false),
        ("https://good.example/cb", "https://user@good.example/cb", false),
        ("https://good.example/cb", "https://good.example:8443/cb", false),
        ("https://good.example@evil.example/cb", "https://good.example/cb", false),
        ("https://a@b@good.example/cb", "https://a%40b@good.example/cb", true),
        ("https://*.good.example/cb", "https://good.example/cb", false),
        ("https://*.good.example/cb", "https://evilgood.example/cb", false),
        ("https://*.good.example/cb", "https://evil.example/.good.example/cb", false),
        ("https://*.good.example/cb", "https://evil.example%23.good.example@x/cb", false),
        ("https://*.good.example/cb", "https://x:y@evil.example/.good.example/cb", false),
        ("https://*.good.example/cb", r"https://evil.example\.good.example/cb", false),
        ("https://*.good.example/cb", "https://evil.example?.good.example/cb", false),
        ("https://*.good.example/cb", "https://evil.example#.good.example/cb", false),
        ("https://good.example:*/cb", "https://good.example:1@evil.example/cb", false),
        ("https://good.example:*/cb", "https://good.example:1@evil.example:2/cb", false),
        ("https://*/cb", "https://user@evil.example/cb", false),
        ("https://*:*@good.example/cb", "https://a:b@evil.example/@good.example/cb", false),
        ("*://good.example/cb", "https://evil.example/://good.example/cb", false),
        ("http*://good.example/cb", "app://good.example/cb", false),
        ("https://gооd.example/cb", "https://good.example/cb", false), // Cyrillic о
    ]);
}

#[test]
fn a_wildcard_at_the_end_of_a_host_takes_no_dot() {
    check(&[
        ("http://192.168.1.*/cb", "http://192.168.1.77/cb", true),
        ("http://192.168.1.*/cb", "http://192.168.1.evil.example/cb", false),
        ("http://192.168.1.*/cb", "http://192.168.1.com/cb", false),
        ("http://192.168.1.1*/cb", "http://192.168.1.1com/cb", false),
        ("http://10.*.*.*/cb", "http://10.1.2.3/cb", true),
        ("http://10.*.*.*/cb", "http://10.1.2.com/cb", false),
        ("http://10.*/cb", "http://10.com/cb", false),
        ("http://10.*/cb", "http://10.1.2.3/cb", false),
        ("https://good.example*/cb", "https://good.example.evil.example/cb", false),
        ("https://*.good.*/cb", "https://a.good.example/cb", true),
        ("https://*.good.*/cb", "https://a.good.evil.example/cb", false),
        ("https://*/cb", "https://any.host.example/cb", true),
        ("https://**/cb", "https://any.host.example/cb", true),
        ("https://*/cb", "https://[2001:db8::1]/cb", true),
        ("https://*", "https://any.host.example/", true),
        ("https://*", "https://any.host.example/cb", false),
        ("https://*", "https://any.host.example:8443/", false),
        ("https://*", "http://any.host.example/", false),
    ]);
}

#[test]
fn a_hostile_path_does_not_leave_the_registered_one() {
    check(&[
        ("https://good.example/app/*", "https://good.example/app/../admin", false),
        ("https://good.example/app/**", "https://good.example/app/../admin", false),
        ("https://good.example/app/**", "https://good.example/app/%2e%2e/admin", false),
        ("https://good.example/app/**", "https://good.example/app/.%2E/admin", false),
        ("https://good.example/app/**", r"https://good.example/app\..\admin", false),
        ("https://good.example/app/**", "https://good.example/app/%2e%2e%2fadmin", false),
        ("https://good.example/app/**", "https://good.example/app/x%2f..%2f..%2fadmin", false),
        ("https://good.example/app/**", "https://good.example/app/..%5cadmin", false),
        ("https://good.example/app/**", "https://good.example/app/%252e%252e/admin", false),
        ("https://good.example/app/**", "https://good.example/app/..;/admin", false),
        ("https://good.example/app/**", "https://good.example/app/a%0d%0aSet-Cookie:x", false),
        ("https://good.example/app/**", "https://good.example/app/a%00b", false),
        ("https://good.example/app/**", "https://good.example/app//evil.example", false),
        ("https://good.example/**", "https://good.example//evil.example", false),
        ("https://good.example/app/*", "https://good.example/app/a/b", false),
        ("https://good.example/app/*", r"https://good.example/app/a\b", false),
        ("https://good.example/app/*", "https://good.example/app/a?b=c", false),
        ("https://good.example/app/*", "https://good.example/app/a%3Fb", false),
        ("https://good.example/cb", "https://good.example/CB", false),
        ("https://good.example/cb", "https://good.example/cb/", false),
        ("https://good.example/cb", "https://good.example/c%62", false),
        ("https://good.example/app/**", "https://good.example/app/x/./cb", false),
        ("https://good.example/app/**", "https://good.example/app/@user/cb;v=1,2", true),
        ("https://good.example/a%20b", "https://good.example/a%20b?", true),
        ("https://good.example/ü/*", "https://good.example/%c3%bc/x", true),
        ("https://good.example/{id}", "https://good.example/%7Bid%7D", true),
    ]);
}

/// The time is bounded by the product of the lengths. With backtracking, this test would not end.
#[test]
fn a_hostile_pattern_and_input_are_matched_in_bounded_time() {
    let fill = |start: &str, part: &str, end: &str| {
        let room = MAX_LEN - start.len() - end.len();
        format!("{start}{}{end}", part.repeat(room / part.len()))
    };
    for (start, wild, plain, end) in [
        ("https://example.com/", "*a", "a", ""),
        ("https://example.com/", "**/a/", "a/", ""),
        ("https://example.com/", "*/", "a/", ""),
        ("https://example.com/?q=", "*a", "a", ""),
        ("https://example.com/?q=", "[a-z]*", "a", ""),
        ("https://", "*a", "a", ".example/"),
        ("https://", "*a", "a", "@host.example/"),
        ("app:", "*a", "a", ""),
    ] {
        let registered = pattern(&fill(start, wild, &format!("b{end}")));
        let sent = uri(&fill(start, plain, &format!("c{end}")));

        assert!(!registered.matches(&sent), "{start}{wild}");
    }
}
