//! Who may pass.

use super::visitor::{HOST, IDENTITY, Visitor, identity, local, protected};
use crate::support::op::TestOp;

#[test]
fn whoever_is_not_signed_in_is_sent_to_sign_in_and_comes_back_to_the_page() {
    let op = protected("");
    let mut alice = op.person("alice");
    let mut visitor = Visitor::new(&op);

    let sent = visitor.ask("/page?x=1&y=%20");

    assert_eq!(sent.status, 302);
    assert!(sent.location().starts_with(&format!("{}/forward-auth?", op.base_url())));
    let back = visitor.sign_in(&mut alice, "/page?x=1&y=%20");
    assert_eq!(back.location(), format!("http://{HOST}/page?x=1&y=%20"));
    assert_eq!(identity(&visitor.ask("/page"))[0], "alice");
    assert!(op.audit_kinds().contains(&"PROTECTED_HOST_SIGN_IN".to_owned()));
}

/// Without a session the way leads over the page to sign in on.
#[test]
fn the_way_to_sign_in_leads_back_to_the_host() {
    let op = protected("");
    op.person("alice");
    let mut visitor = Visitor::new(&op);
    let sent = visitor.ask("/");

    let login = op.agent().get(local(&sent)).ok();

    let redirect = login.location_param("redirect").unwrap();
    assert_eq!(redirect, local(&sent));
    assert_eq!(op.count("host_codes"), 0);
}

#[test]
fn the_application_is_told_who_asks() {
    let op = protected("");
    let mut alice = op.person("alice");
    op.change_user(alice.id, |user| {
        user.display_name = "Älice".parse().unwrap();
        user.email = Some("alice@example.com".parse().unwrap());
    });
    op.group("family", &[alice.id]);
    op.group("friends", &[alice.id]);
    let mut visitor = Visitor::new(&op);
    visitor.sign_in(&mut alice, "/").ok();

    let told = identity(&visitor.ask("/"));

    assert_eq!(told, ["alice", "Älice", "alice@example.com", "family,friends"]);
}

/// A group whose name has a comma would read as two groups, one of which may be another's.
#[test]
fn a_group_whose_name_has_a_comma_is_not_told() {
    let op = protected("");
    let mut alice = op.person("alice");
    op.group("a,admins", &[alice.id]);
    let mut visitor = Visitor::new(&op);
    visitor.sign_in(&mut alice, "/").ok();
    assert_eq!(identity(&visitor.ask("/"))[3], "");
}

#[test]
fn only_members_of_its_groups_enter_a_restricted_host() {
    let op = TestOp::start();
    let (mut alice, mut bob) = (op.person("alice"), op.person("bob"));
    op.group("family", &[alice.id]);
    op.beside(&format!("protect create {HOST} --group family")).expect_success();
    let mut visitor = Visitor::new(&op);
    visitor.sign_in(&mut alice, "/").ok();
    assert_eq!(identity(&visitor.ask("/"))[0], "alice");

    let mut other = Visitor::new(&op);
    let sent = other.ask("/");
    let refused = bob.agent.get(local(&sent));
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains(HOST), "{}", refused.text());
    assert!(op.audit_kinds().contains(&"PROTECTED_HOST_REFUSED".to_owned()));

    // The next request counts, and not the next sign-in.
    op.beside("group unassign family alice").expect_success();
    assert_eq!(visitor.ask("/").status, 302);
    let script = visitor.ask_with("/", &[("sec-fetch-mode", "cors")]);
    assert_eq!(script.status, 403);
    op.beside("group assign family alice").expect_success();
    assert_eq!(visitor.ask("/").status, 200);
    // A host whose groups are gone is not open.
    op.beside("group delete family --yes").expect_success();
    assert_eq!(visitor.ask("/").status, 302);
}

#[test]
fn a_host_closes_when_the_membership_ends() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    op.group("family", &[]);
    op.group("friends", &[alice.id]);
    op.beside("group assign family alice --until 20m").expect_success();
    op.beside(&format!("protect create {HOST} --group friends --session 12h")).expect_success();
    let mut visitor = Visitor::new(&op);
    visitor.sign_in(&mut alice, "/").ok();
    assert_eq!(identity(&visitor.ask("/"))[3], "family,friends");
    op.advance(1_201);
    assert_eq!(identity(&visitor.ask("/"))[3], "friends");

    op.beside(&format!("protect update {HOST} --group family")).expect_success();
    assert_eq!(visitor.ask("/").status, 302);
    assert_eq!(visitor.ask_with("/", &[("sec-fetch-mode", "cors")]).status, 403);
}

#[test]
fn a_sign_in_at_a_host_ends_with_its_session_its_account_and_its_time() {
    for end in ["session", "account", "time", "sign-out"] {
        let op = protected("--session 1h");
        let mut alice = op.person("alice");
        let mut visitor = Visitor::new(&op);
        visitor.sign_in(&mut alice, "/").ok();
        assert_eq!(visitor.ask("/").status, 200);
        match end {
            "session" => op.beside("session revoke --all alice").expect_success(),
            "account" => op.beside("user disable alice --yes").expect_success(),
            "time" => op.advance(3_601),
            _ => drop(alice.agent.post("/api/webauthn/logout", &serde_json::json!({})).ok()),
        }
        assert_eq!(visitor.ask("/").status, 302, "{end}");
    }
}

/// A proxy replaces what a browser sends only by a value that is there.
#[test]
fn every_header_is_answered_also_where_a_path_is_open() {
    let op = protected("--open-path /health --open-path /public/*");
    let mut visitor = Visitor::new(&op);
    for path in ["/health", "/health?x=1", "/public/a.css"] {
        let forged = [("remote-user", "root"), ("remote-groups", "admins")];
        let answer = visitor.ask_with(path, &forged);
        assert_eq!(identity(&answer), ["", "", "", ""], "{path}");
    }
    for path in [
        "/",
        "/public/../secret",
        "/public/%2e%2e/secret",
        "/public//secret",
        "/health/",
        "/public/x#/../../secret",
    ] {
        assert_ne!(visitor.ask(path).status, 200, "{path}");
    }
}

/// A username can change hands.
#[test]
fn the_id_of_an_account_is_told_if_it_is_asked_for() {
    let op = protected("--header id=Remote-Id");
    let mut alice = op.person("alice");
    let mut visitor = Visitor::new(&op);
    visitor.sign_in(&mut alice, "/").ok();
    assert_eq!(visitor.ask("/").header("remote-id"), alice.id.to_string());
}

#[test]
fn more_groups_than_a_proxy_takes_are_cut() {
    let op = protected("");
    let mut alice = op.person("alice");
    for number in 0..200 {
        op.group(&format!("{number:03}{}", "g".repeat(45)), &[alice.id]);
    }
    let mut visitor = Visitor::new(&op);
    visitor.sign_in(&mut alice, "/").ok();
    let groups = identity(&visitor.ask("/"))[3].clone();
    assert!(groups.len() < 8 * 1024 && groups.len() > 7 * 1024, "{}", groups.len());
    assert!(groups.split(',').all(|name| name.len() == 48), "no name is cut");
}

/// A rule of ours for https would hold for all of another host, on each of its ports.
#[test]
fn other_hosts_get_no_rule_for_https() {
    let op = TestOp::with_settings(&[("APP_URL", "https://id.example.com")]);
    op.beside(&format!("protect create {HOST}")).expect_success();
    let own = op.agent().get("/login");
    assert!(own.headers.contains_key("strict-transport-security"));
    let mut visitor = Visitor::new(&op);
    for path in ["/", "/.pocketid/callback", "/.pocketid/logout"] {
        let asking = [
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", HOST),
            ("x-forwarded-uri", path),
            ("accept", "text/html"),
        ];
        let agent = asking
            .iter()
            .fold(visitor.agent.clone(), |agent, (name, value)| agent.with_header(name, value));
        let answer = agent.clone().get(&format!("/api/forward-auth?host={HOST}"));
        assert!(!answer.headers.contains_key("strict-transport-security"), "{path}");
    }
    visitor.agent.cookies.clear();
}

#[test]
fn whoever_is_signed_in_is_known_on_an_open_path_too() {
    let op = protected("--open-path /health");
    let mut alice = op.person("alice");
    let mut visitor = Visitor::new(&op);
    visitor.sign_in(&mut alice, "/").ok();
    assert_eq!(identity(&visitor.ask("/health"))[0], "alice");
}

#[test]
fn headers_have_the_names_that_were_chosen() {
    let op = protected("--header user=X-WEBAUTH-USER --header email= --header groups=");
    let mut alice = op.person("alice");
    let mut visitor = Visitor::new(&op);
    visitor.sign_in(&mut alice, "/").ok();
    let answer = visitor.ask("/");
    assert_eq!(answer.header("x-webauth-user"), "alice");
    for name in ["remote-user", "remote-email", "remote-groups"] {
        assert!(!answer.headers.contains_key(name), "{name}");
    }
}

/// A redirect would lose the body of a form, and a script would follow it to another site.
#[test]
fn only_a_person_who_opens_a_page_is_sent_elsewhere() {
    let op = protected("");
    let mut visitor = Visitor::new(&op);
    for headers in [
        &[("sec-fetch-mode", "cors"), ("accept", "text/html")][..],
        &[("sec-fetch-mode", "no-cors")],
        &[("accept", "application/json")],
        &[],
    ] {
        let answer = visitor.ask_with("/", headers);
        assert_eq!(answer.status, 401, "{headers:?}");
        assert_eq!(answer.location(), "");
    }
    assert_eq!(visitor.ask_with("/", &[("accept", "text/html,*/*")]).status, 302);
}

#[test]
fn nginx_gets_a_401_with_the_address_to_sign_in_at() {
    let op = protected("");
    let mut alice = op.person("alice");
    let mut visitor = Visitor::new(&op);
    let sent = visitor.ask_nginx("/");
    assert_eq!(sent.status, 401);
    let answer = alice.agent.get(local(&sent)).ok();
    let callback = answer.location().strip_prefix(&format!("http://{HOST}")).unwrap();
    // nginx hands this folder on.
    let mut direct = visitor.agent.with_header("x-forwarded-host", HOST);
    direct = direct.with_header("x-forwarded-proto", "http");
    let back = direct.get(callback).ok();
    assert_eq!(back.location(), format!("http://{HOST}/"));
    visitor.agent.cookies = direct.cookies;
    assert_eq!(identity(&visitor.ask_nginx("/"))[0], "alice");
}

#[test]
fn a_sign_out_at_the_host_ends_it_there_and_asks_about_the_rest() {
    let op = protected("");
    let mut alice = op.person("alice");
    let mut visitor = Visitor::new(&op);
    visitor.sign_in(&mut alice, "/").ok();
    let stolen = visitor.agent.cookies.clone();

    // A picture, a frame and a prefetch of another page are no wish of its user.
    for headers in [
        &[("sec-fetch-mode", "no-cors")][..],
        &[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")],
        &[("sec-fetch-mode", "navigate"), ("sec-purpose", "prefetch")],
    ] {
        let answer = visitor.ask_with("/.pocketid/logout", headers);
        assert_eq!(answer.status, 403, "{headers:?}");
    }
    assert_eq!(visitor.ask("/").status, 200);

    let answer = visitor.ask("/.pocketid/logout");
    assert_eq!(answer.location(), format!("{}/logout", op.base_url()));
    assert_eq!(visitor.ask("/").status, 302);
    visitor.agent.cookies = stolen;
    assert_eq!(visitor.ask("/").status, 302, "the cookie is of no use any more");
}

/// The pages of a host are many, and each asks.
#[test]
fn checks_store_nothing_and_are_not_limited() {
    let op = TestOp::with_settings(&[("DISABLE_RATE_LIMITING", "false")]);
    op.beside(&format!("protect create {HOST}")).expect_success();
    let mut visitor = Visitor::new(&op);
    for _ in 0..500 {
        assert_eq!(visitor.ask("/").status, 302);
    }
    for table in ["host_codes", "host_sessions"] {
        assert_eq!(op.count(table), 0);
    }
    assert_eq!(IDENTITY.len(), 4);
}
