//! Tests of the accepted redirect URIs and patterns, and of the errors for others.

use super::{
    super::{MAX_LEN, RedirectUri, RedirectUriError, RedirectUriPattern, RedirectUriPatternError},
    pattern, uri,
};

#[test]
fn a_uri_that_is_no_place_to_go_is_refused() {
    use RedirectUriError::*;
    let long = format!("https://example.com/{}", "a".repeat(MAX_LEN));
    for (sent, expected) in [
        ("", NotAbsolute),
        ("/callback", NotAbsolute),
        ("callback", NotAbsolute),
        ("//evil.example/callback", NotAbsolute),
        ("https:/example.com/cb", NotAbsolute),
        ("https:example.com/cb", NotAbsolute),
        (r"https:\\example.com/cb", NotAbsolute),
        (r"https:/\example.com/cb", NotAbsolute),
        ("https:///example.com/cb", Ambiguous),
        (r"https://\example.com/cb", Ambiguous),
        (r"https://good.example\@evil.example/cb", Ambiguous),
        (r"https://evil.example\.x:y@good.example/cb", Ambiguous),
        ("https://example.com/cb#", Fragment),
        ("https://example.com/cb#x", Fragment),
        ("javascript:alert(1)", RefusedScheme),
        ("JavaScript://example.com/%0aalert(1)", RefusedScheme),
        ("data:text/html,x", RefusedScheme),
        ("vbscript:x", RefusedScheme),
        ("file:///etc/passwd", RefusedScheme),
        ("FILE://server/share", RefusedScheme),
        ("blob:https://example.com/1", RefusedScheme),
        ("about:blank", RefusedScheme),
        ("filesystem:https://example.com/x", RefusedScheme),
        ("view-source:https://example.com/", RefusedScheme),
        (" javascript:alert(1)", ForbiddenCharacter),
        ("java\nscript:alert(1)", ForbiddenCharacter),
        ("java\tscript:alert(1)", ForbiddenCharacter),
        ("\u{1}javascript:alert(1)", ForbiddenCharacter),
        ("https://example.com/cb\r\nSet-Cookie: a=b", ForbiddenCharacter),
        ("https://example.com/cb\0", ForbiddenCharacter),
        ("https://example.com/c b", ForbiddenCharacter),
        ("https://example.com/cb\u{7f}", ForbiddenCharacter),
        ("https://example.com/cb\u{85}", ForbiddenCharacter),
        ("https://example.com/cb\u{2028}", ForbiddenCharacter),
        ("https://", Malformed),
        ("https://example.com:99999/", Malformed),
        ("https://exa[mple.com/", Malformed),
        ("http://[::1", Malformed),
        ("https://evil.example%00.good.example/", Malformed),
        ("https://evil.example%2f.good.example/", Malformed),
        ("https://evil.example\u{ff0f}.good.example/", Malformed),
        ("https://evil.c\u{2100}.good.example/", Malformed),
        ("https://256.1.1.1/", Malformed),
        ("https://*.example.com/cb", InvalidHost),
        ("https://a;script-src*/cb", InvalidHost),
        ("https://'self'/cb", InvalidHost),
        (long.as_str(), TooLong),
    ] {
        assert_eq!(sent.parse::<RedirectUri>(), Err(expected), "{sent:?}");
    }
}

#[test]
fn a_uri_of_the_greatest_length_is_kept_byte_for_byte() {
    let sent = format!("HTTPS://Example.com/{}", "%7e".repeat(676));
    assert_eq!(sent.len(), MAX_LEN);

    assert_eq!(sent.parse::<RedirectUri>().unwrap().as_str(), sent);
}

#[test]
fn patterns_that_are_urls_are_accepted() {
    for text in [
        "*",
        "*://example.com/callback",
        "https://example.com:*/callback",
        "https://example.com:80*/callback",
        "https://user:*@example.com/callback",
        "https://example.com/callback",
        "http://localhost:3000/callback",
        "com.example.app:/callback",
        "app://callback",
        "https://nextcloud.localhost/auth/callback?x=[a-z]",
    ] {
        assert_eq!(pattern(text).as_str(), text);
    }
}

#[test]
fn patterns_that_are_not_urls_are_refused() {
    use RedirectUriPatternError::*;
    let long = format!("https://example.com/{}", "*".repeat(MAX_LEN));
    let host = |host: &str| Host(host.to_owned());
    let port = |port: &str| Port(port.to_owned());
    let scheme = |scheme: &str| RefusedScheme(scheme.to_owned());
    for (text, expected) in [
        ("", NoScheme),
        ("/callback", NoScheme),
        ("https//example.com/callback", NoScheme),
        ("example.com/callback", NoScheme),
        ("://example.com/callback", NoScheme),
        ("localhost:8080/callback", NoScheme),
        ("192.168.1.1:8080", NoScheme),
        ("**", NoScheme),
        ("https://exa[mple.com/callback", host("exa[mple.com")),
        ("http://[::1", host("[")),
        ("https://[*]/callback", host("[*]")),
        ("https://exa mple.com/", ForbiddenCharacter),
        ("https://example.com/\r\n", ForbiddenCharacter),
        ("https://example.com\\callback", Backslash),
        ("https://a;b.example/", host("a;b.example")),
        ("https://*.a;b.example/", host("*.a;b.example")),
        ("https://*%2f.example/", host("*%2f.example")),
        ("https://*ü.example/", host("*ü.example")),
        ("https://256.1.1.1/", host("256.1.1.1")),
        ("app://a b", ForbiddenCharacter),
        ("app://a<b", host("a<b")),
        ("https:example.com", NoHost),
        ("https:/example.com/callback", NoHost),
        ("*:callback", NoHost),
        ("https:///callback", NoHost),
        ("https://:8080/callback", NoHost),
        ("https://user@/callback", NoHost),
        ("https://example.com:http/callback", port("http")),
        ("https://example.com:65536/callback", port("65536")),
        ("https://a:b:c/", port("b:c")),
        ("javascript:alert(1)", scheme("javascript")),
        ("JAVASCRIPT://example.com/", scheme("javascript")),
        ("data:text/html,*", scheme("data")),
        ("vbscript:x", scheme("vbscript")),
        ("file:///*", scheme("file")),
        ("blob:*", scheme("blob")),
        ("about:blank", scheme("about")),
        (long.as_str(), TooLong),
    ] {
        assert_eq!(text.parse::<RedirectUriPattern>(), Err(expected), "{text:?}");
    }
}

#[test]
fn a_refused_pattern_shows_a_good_one() {
    for text in ["cb", "https:cb", "https://a:b/", "https://a;b/", "data:x", "https://a\\b"] {
        let message = text.parse::<RedirectUriPattern>().unwrap_err().to_string();
        assert!(message.contains("`https://app.example.com"), "{text}: {message}");
    }
}

#[test]
fn a_pattern_says_whether_it_has_a_wildcard() {
    for (text, expected) in [
        ("https://example.com/callback?a=b", false),
        ("https://example.com/callback?a=%2A", false),
        ("https://example.com/callback#*", false),
        ("*", true),
        ("http*://example.com/", true),
        ("https://*.example.com/", true),
        ("https://example.com:*/", true),
        ("https://*@example.com/", true),
        ("https://user:*@example.com/", true),
        ("https://example.com/*", true),
        ("https://example.com/**", true),
        ("https://example.com/?a=*", true),
        ("https://example.com/?a=?", true),
        ("https://example.com/?a=[bc]", true),
    ] {
        assert_eq!(pattern(text).has_wildcard(), expected, "{text}");
    }
}

#[test]
fn only_loopback_http_counts_as_secure() {
    for (sent, expected) in [
        ("http://example.com/cb", true),
        ("http://192.168.1.1/cb", true),
        ("http://localhost.evil.example/cb", true),
        ("http://notlocalhost/cb", true),
        ("http://localhost@evil.example/cb", true),
        ("http://127.0.0.1.evil.example/cb", true),
        ("http://127.0.0.2/cb", true),
        ("http://[::2]/cb", true),
        ("HTTP://EXAMPLE.com/cb", true),
        ("http://localhost:3000/cb", false),
        ("http://LOCALHOST/cb", false),
        ("http://app.localhost/cb", false),
        ("http://127.0.0.1:3000/cb", false),
        ("http://0x7f.1/cb", false),
        ("http://[::1]:3000/cb", false),
        ("https://example.com/cb", false),
        ("com.example.app:/cb", false),
        ("app://example.com/cb", false),
    ] {
        assert_eq!(uri(sent).is_insecure_http(), expected, "{sent}");
    }
}
