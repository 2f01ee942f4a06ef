//! Tests of the use of a verified URI: `Location` headers and `form-action`.

use super::{
    super::{RedirectUriError, VerifiedRedirect},
    pattern, uri,
};

fn verified(text: &str) -> VerifiedRedirect {
    let registered = pattern(&text.replace('\\', "/"));
    VerifiedRedirect::verify(uri(text), &[registered]).unwrap()
}

/// A client without registered URLs: only plain web addresses are accepted.
#[test]
fn only_a_plain_web_address_is_taken_at_its_first_use() {
    for (sent, expected) in [
        ("https://app.example.com/cb", true),
        ("http://localhost:3000/cb", true),
        ("com.example.app:/cb", false),
        ("ms-settings:privacy", false),
        ("ftp://app.example.com/cb", false),
        ("https://user@app.example.com/cb", false),
        (r"https://app.example.com\cb", false),
        ("https://app.example.com/?a=*", false),
    ] {
        assert_eq!(VerifiedRedirect::first_use(uri(sent)).is_ok(), expected, "{sent}");
    }
}

#[test]
fn a_destination_is_told_with_its_port() {
    for (sent, expected) in [
        ("https://App.example.com/cb?x=y", "app.example.com"),
        ("https://app.example.com:443/cb", "app.example.com"),
        ("https://app.example.com:8443/cb", "app.example.com:8443"),
        ("http://[::1]:3000/cb", "[::1]:3000"),
        ("https://b\u{fc}cher.example/cb", "xn--bcher-kva.example"),
        ("com.example.app:/cb?x=y", "com.example.app:/cb"),
        ("app://callback/x", "app://callback/x"),
    ] {
        assert_eq!(verified(sent).destination(), expected);
    }
}

#[test]
fn only_a_registered_uri_is_verified() {
    let registered = [pattern("https://a.example/cb"), pattern("https://*.b.example/cb")];
    let verify = |sent| VerifiedRedirect::verify(uri(sent), &registered);

    assert_eq!(verify("https://x.b.example/cb").unwrap().as_str(), "https://x.b.example/cb");
    assert_eq!(verify("https://c.example/cb"), Err(RedirectUriError::NotRegistered));
    assert_eq!(
        VerifiedRedirect::verify(uri("https://a.example/cb"), &[]),
        Err(RedirectUriError::NotRegistered)
    );
}

#[test]
fn parameters_are_added_to_the_query() {
    let params = [("code", "a b+c&d=é"), ("state", "1/2")];
    let added = "code=a%20b%2Bc%26d%3D%C3%A9&state=1%2F2";
    for (sent, expected) in [
        ("https://Example.com", format!("https://Example.com?{added}")),
        ("https://example.com/cb", format!("https://example.com/cb?{added}")),
        ("https://example.com/cb?", format!("https://example.com/cb?{added}")),
        ("https://example.com/cb?x=%2f+y", format!("https://example.com/cb?x=%2f+y&{added}")),
        ("https://example.com/cb?x&", format!("https://example.com/cb?x&{added}")),
        ("https://example.com/cb?x=?y#/z?q", format!("https://example.com/cb?x=?y&{added}#/z?q")),
        (r"https://example.com\cb", format!(r"https://example.com\cb?{added}")),
        ("com.example.app:/cb", format!("com.example.app:/cb?{added}")),
        ("app:cb", format!("app:cb?{added}")),
        ("https://bü.example/ü", format!("https://b%C3%BC.example/%C3%BC?{added}")),
    ] {
        assert_eq!(verified(sent).with_query(&params), expected);
    }
}

#[test]
fn without_parameters_the_uri_stays_as_it_is() {
    for sent in ["https://example.com/cb?&&#", "https://example.com/cb?x=1&x=2", "app:cb"] {
        assert_eq!(verified(sent).with_query(&[]), sent);
    }
}

/// RFC 6749 §3.1: "parameters MUST NOT be included more than once".
#[test]
fn a_parameter_planted_by_the_client_does_not_come_before_ours() {
    let redirect = verified("https://example.com/cb?code=evil&a=1&c%6Fde=evil&code&codes=2");

    assert_eq!(
        redirect.with_query(&[("code", "ours")]),
        "https://example.com/cb?a=1&codes=2&code=ours"
    );
}

#[test]
fn parameters_are_put_into_the_fragment() {
    for (sent, expected) in [
        ("https://example.com/cb", "https://example.com/cb#code=a%20b&iss=x"),
        ("https://example.com/cb?x=1", "https://example.com/cb?x=1#code=a%20b&iss=x"),
        ("app:cb", "app:cb#code=a%20b&iss=x"),
        ("https://example.com/ü", "https://example.com/%C3%BC#code=a%20b&iss=x"),
    ] {
        assert_eq!(verified(sent).with_fragment(&[("code", "a b"), ("iss", "x")]), expected);
    }
}

#[test]
fn the_content_security_policy_names_schemes_and_no_hosts() {
    for (sent, expected) in [
        ("https://user:secret@Example.com/cb?x=y", "https:"),
        ("http://example.com:8080/cb", "https: http:"),
        ("http://[::1]:3000/cb", "https: http:"),
        ("com.example.app:/cb", "https: com.example.app:"),
        ("app://a;b,'none'/cb", "https: app:"),
    ] {
        assert_eq!(verified(sent).form_action_sources(), expected);
    }
}

#[test]
fn debug_output_keeps_paths_and_queries_to_itself() {
    let shown = format!("{:?}", verified("https://user:secret@example.com/path?query"));

    assert_eq!(shown, r#"VerifiedRedirect(RedirectUri("https://example.com"))"#);
}
