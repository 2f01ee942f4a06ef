//! RFC 6265bis: cookies that another site or program set.

use crate::support::{
    agent::{Agent, Answer, SESSION},
    op::TestOp,
    soft_authenticator::SoftAuthenticator,
};

const HTTPS: &str = "https://id.example.com";

/// A provider on https, behind a proxy that is not there.
fn on_https() -> TestOp {
    TestOp::with_settings(&[("APP_URL", HTTPS), ("DISABLE_RATE_LIMITING", "true")])
}

/// A user with a session on https.
fn signed_in_on_https(op: &TestOp, name: &str) -> Agent {
    let user = op.user(name);
    let code = op.one_time_code(user.id, 600);
    let mut agent = op.agent();
    agent.post(&format!("/api/one-time-access-token/{code}"), &().into()).ok();
    agent
}

/// The same browser, which sends these headers instead of its own cookies.
fn sending(agent: &Agent, cookies: &[&str]) -> Agent {
    let mut agent = agent.clone();
    agent.cookies.clear();
    cookies.iter().fold(agent, |agent, line| agent.with_header("cookie", line))
}

fn removed(answer: &Answer) -> Vec<&str> {
    let all = answer.headers.get_all("set-cookie").iter();
    all.map(|cookie| cookie.to_str().expect("a cookie")).collect()
}

/// A sibling host such as app.example.com can set any cookie that has not the very name that
/// browsers protect.
#[test]
fn a_cookie_of_a_similar_name_is_not_ours() {
    let op = on_https();
    let mallory = signed_in_on_https(&op, "mallory");
    let token = &mallory.cookies["__Host-access_token"];
    let planted =
        |name: &str| sending(&mallory, &[&format!("{name}={token}")]).get("/api/users/me").error();

    assert_eq!(planted("__Host-access_token"), "200 ");
    for name in ["__%48ost-access_token", "%5f_Host-access_token", "__host-access_token"] {
        assert_eq!(planted(name), "401 not_signed_in", "{name}");
    }
}

/// A proof and a ceremony are as safe from sibling hosts as the session.
#[test]
fn every_cookie_on_https_is_bound_to_its_host() {
    let op = on_https();
    let mut alice = signed_in_on_https(&op, "alice");
    let mut passkey = SoftAuthenticator::new(HTTPS);
    passkey.rp_id = "id.example.com".into();
    passkey.register(&mut alice).ok();
    passkey.sign_in(&mut alice).ok();
    let proof = passkey.reauthenticate(&mut alice).ok();
    assert!(removed(&proof)[0].contains("Secure"));

    let names: Vec<_> = alice.cookies.keys().cloned().collect();
    assert!(names.contains(&"__Host-reauthentication_token".to_owned()), "{names:?}");
    assert!(names.iter().all(|name| name.starts_with("__Host-")), "{names:?}");
}

#[test]
fn a_request_with_one_of_our_cookies_twice_is_refused() {
    let op = on_https();
    let alice = signed_in_on_https(&op, "alice");
    let ours = format!("__Host-access_token={}", alice.cookies["__Host-access_token"]);
    let in_one = format!("{ours}; __Host-access_token=planted");
    for cookies in [vec![in_one.as_str()], vec![&ours, "__Host-access_token=planted"]] {
        let mut agent = sending(&alice, &cookies);

        let answer = agent.get("/api/users/me");
        assert_eq!(answer.error(), "400 repeated_cookie");
        assert_eq!(removed(&answer).len(), 1);
        assert!(removed(&answer)[0].starts_with("__Host-access_token=; "));
        assert!(removed(&answer)[0].contains("Max-Age=0"));

        let page = agent.get("/settings/account");
        assert_eq!(page.status, 400);
        assert!(page.text().contains("two cookies of the same name"), "{}", page.text());
        // The assets of the page, and the requests of applications, need no cookie.
        assert_eq!(agent.get("/healthz").status, 204);
        agent.get("/.well-known/openid-configuration").ok();
    }
    // Other cookies may come as often as they like.
    sending(&alice, &[&format!("a=1; {ours}; a=2")]).get("/api/users/me").ok();
}

/// All ports of a host share one jar, and a path can keep a cookie apart from ours.
#[test]
fn on_http_a_planted_cookie_is_removed_from_every_path() {
    let op = TestOp::start();
    let alice = op.person("alice").agent;
    let twice = format!("{SESSION}={}; {SESSION}=planted", alice.cookies[SESSION]);

    let page = sending(&alice, &[&twice]).get("/settings/account");

    assert_eq!(page.status, 400);
    for path in ["Path=/;", "Path=/settings;", "Path=/settings/;", "Path=/settings/account;"] {
        assert!(removed(&page).iter().any(|cookie| cookie.contains(path)), "{path}");
    }
}

#[test]
fn the_cookie_of_another_application_hides_none_of_ours() {
    let op = TestOp::start();
    let alice = op.person("alice").agent;
    let cookies = format!("name=Bücher; {SESSION}={}; session=1", alice.cookies[SESSION]);

    sending(&alice, &[&cookies]).get("/api/users/me").ok();
}
