//! Proxies that do not say which page was asked for, or say it in two ways.

use super::visitor::{HOST, Visitor, identity, protected};
use crate::support::{agent::Agent, op::TestOp};

fn with(agent: &Agent, headers: &[(&'static str, &str)]) -> Agent {
    headers.iter().fold(agent.clone(), |agent, (name, value)| agent.with_header(name, value))
}

#[test]
fn a_proxy_that_leaves_a_header_out_is_told_which() {
    let op = protected("");
    for (headers, wanted) in [
        (&[][..], "X-Forwarded-Host"),
        (&[("x-forwarded-host", HOST)], "X-Forwarded-Proto"),
        (&[("x-forwarded-host", "a b"), ("x-forwarded-proto", "http")], "X-Forwarded-Host"),
        (&[("x-forwarded-host", HOST), ("x-forwarded-proto", "gopher")], "X-Forwarded-Proto"),
        (
            &[
                ("x-forwarded-host", HOST),
                ("x-forwarded-proto", "http"),
                ("x-forwarded-uri", "page"),
            ],
            "X-Forwarded-Uri",
        ),
        (&[("x-forwarded-host", HOST), ("x-forwarded-proto", "http")], "X-Forwarded-Uri"),
        (
            &[
                ("x-forwarded-host", HOST),
                ("x-forwarded-host", "evil.example"),
                ("x-forwarded-proto", "http"),
            ],
            "x-forwarded-host",
        ),
        (
            &[
                ("x-forwarded-host", "wiki.example.com, evil.example"),
                ("x-forwarded-proto", "http"),
            ],
            "X-Forwarded-Host",
        ),
    ] {
        let with_uri = [headers, &[("x-forwarded-uri", "/")]].concat();
        let has_uri = headers.iter().any(|(name, _)| *name == "x-forwarded-uri");
        let headers = if has_uri || wanted == "X-Forwarded-Uri" { headers } else { &with_uri };
        for (endpoint, status) in [("/api/forward-auth", 400), ("/api/forward-auth/nginx", 403)] {
            let answer = with(&op.agent(), headers).get(&format!("{endpoint}?host={HOST}"));
            assert_eq!(answer.status, status, "{headers:?}");
            assert!(answer.text().contains(wanted), "{headers:?}: {}", answer.text());
        }
    }
}

#[test]
fn a_host_that_nobody_protected_lets_nobody_in() {
    let op = protected("");
    for host in
        ["other.example.com", "wiki.example.com:8080", "wiki.example.com.", "sub.wiki.example.com"]
    {
        let answer = Visitor::at(&op, host).ask("/");
        assert_eq!(answer.status, 403, "{host}");
        assert!(answer.text().contains("pocketid protect create"), "{}", answer.text());
    }
    assert_eq!(Visitor::at(&op, "WIKI.example.com").ask("/").status, 302);
    assert_eq!(Visitor::at(&op, "wiki.example.com:80").ask("/").status, 302);
}

/// Caddy and Traefik find the lines of a request by its name, and pass on the port that a browser makes up.
#[test]
fn the_rules_of_another_port_of_the_name_open_nothing() {
    const FAMILY: &str = "wiki.example.com:8443";
    let op = protected("");
    op.group("admins", &[]);
    op.beside(&format!("protect update {HOST} --group admins")).expect_success();
    op.beside(&format!("protect create {FAMILY} --open-path /health")).expect_success();
    let mut mallory = op.person("mallory");
    let mut visitor = Visitor::at(&op, FAMILY);
    visitor.sign_in(&mut mallory, "/").ok();
    assert_eq!(identity(&visitor.ask("/"))[0], "mallory");

    let mut attack = visitor.before_lines_of(Some(HOST));
    for path in ["/", "/health", "/.pocketid/logout"] {
        let answer = attack.ask(path);
        assert_eq!(answer.status, 400, "{path}: {answer:?}");
        assert!(!answer.headers.contains_key("remote-user"), "{path}: {answer:?}");
        assert!(answer.text().contains("has the lines of wiki.example.com."), "{}", answer.text());
        assert_eq!(attack.ask_nginx(path).status, 403, "{path}");
    }
    assert_eq!(identity(&visitor.ask("/"))[0], "mallory");
}

#[test]
fn lines_that_name_no_host_have_to_be_replaced() {
    let op = protected("--open-path /*");
    for named in [None, Some(""), Some("a%20b")] {
        let mut visitor = Visitor::new(&op).before_lines_of(named);
        let answer = visitor.ask("/");
        assert_eq!(answer.status, 400, "{named:?}: {answer:?}");
        let wanted = format!("pocketid protect show {HOST} --proxy caddy");
        assert!(answer.text().contains(&wanted), "{}", answer.text());
        assert_eq!(visitor.ask_nginx("/").status, 403, "{named:?}");
    }
    let mut visitor = Visitor::new(&op).before_lines_of(Some("WIKI.example.com:443"));
    assert_eq!(visitor.ask("/").status, 200);
}

/// Cookies of the host would travel in the clear.
#[test]
fn http_is_refused_where_everything_else_is_encrypted() {
    let op = TestOp::with_settings(&[("APP_URL", "https://id.example.com")]);
    op.beside(&format!("protect create {HOST}")).expect_success();
    let headers = [("x-forwarded-host", HOST), ("accept", "text/html"), ("x-forwarded-uri", "/")];
    let asking = with(&op.agent(), &headers);
    let check = format!("/api/forward-auth?host={HOST}");
    let refused = asking.with_header("x-forwarded-proto", "http").get(&check);
    assert_eq!(refused.status, 400);
    let sent = asking.with_header("x-forwarded-proto", "https").get(&check);
    assert_eq!(sent.status, 302);
    let cookie = sent.header("set-cookie");
    assert!(cookie.starts_with("__Host-") && cookie.contains("; Secure"), "{cookie}");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
}

#[test]
fn our_folder_of_a_host_has_no_other_page() {
    let op = protected("--open-path /*");
    let mut visitor = Visitor::new(&op);
    assert_eq!(visitor.ask("/.pocketid/other").status, 404);
    assert_eq!(visitor.ask("/.pocketid/callback").status, 400);
    assert_eq!(visitor.ask("/.pocketid/callback?code=pocket_id_hc_x").status, 400);
    assert_eq!(visitor.ask("/.pocketid").status, 200);
}
