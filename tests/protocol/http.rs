//! Rules for every request: sessions, cookies, headers, limits, other sites.

use bytes::Bytes;
use hyper::Method;
use serde_json::{Value, json};

use super::token_endpoint::at_once;
use crate::support::{agent::SESSION, op::TestOp};

#[test]
fn a_cookie_that_we_did_not_give_signs_nobody_in() {
    let op = TestOp::start();
    let alice = op.person("alice");
    let cookie = &alice.agent.cookies[SESSION];
    let mut flipped = cookie.clone();
    flipped.replace_range(50..51, if &cookie[50..51] == "A" { "B" } else { "A" });
    let longer = format!("{cookie}A");
    for forged in ["", "x", &cookie[..63], &longer, &flipped, &"A".repeat(64)] {
        let mut agent = op.agent();
        agent.cookies.insert(SESSION.into(), forged.to_owned());
        assert_eq!(agent.get("/api/users/me").error(), "401 not_signed_in", "{forged}");
    }
}

#[test]
fn a_session_ends_with_its_hour_by_signing_out_and_from_elsewhere() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let (mut copy, mut phone) = (alice.agent.clone(), op.agent());
    alice.authenticator.sign_in(&mut phone).ok();
    let sessions = alice.agent.get("/api/users/me/sessions").ok().json();
    assert_eq!(sessions.as_array().unwrap().len(), 3, "the one by the link, too");

    let on_phone = phone.get("/api/users/me/sessions").ok().json();
    let phones_own = on_phone.as_array().unwrap().iter().find(|one| one["isCurrent"] == true);
    let id = phones_own.unwrap()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/users/me/sessions/{id}");
    let mut bob = op.person("bob");
    assert_eq!(bob.agent.json(Method::DELETE, &path, &Value::Null).error(), "404 not_found");
    assert_eq!(alice.agent.json(Method::DELETE, &path, &Value::Null).status, 204);
    assert_eq!(phone.get("/api/users/me").error(), "401 not_signed_in");

    alice.agent.post("/api/webauthn/logout", &Value::Null).ok();
    assert_eq!(copy.get("/api/users/me").error(), "401 not_signed_in", "on the server, too");
    op.advance(3_601);
    assert_eq!(bob.agent.get("/api/users/me").error(), "401 not_signed_in");
}

#[test]
fn a_new_sign_in_ends_the_session_that_it_replaces() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let mut before = alice.agent.clone();
    alice.authenticator.sign_in(&mut alice.agent).ok();
    alice.agent.get("/api/users/me").ok();
    assert_eq!(before.get("/api/users/me").error(), "401 not_signed_in");
}

#[test]
fn cookies_are_hidden_from_scripts_and_from_other_sites() {
    let op = TestOp::start();
    let user = op.user("alice");
    let code = op.one_time_code(user.id, 600);
    let path = format!("/api/one-time-access-token/{code}");
    let answer = op.agent().post(&path, &Value::Null).ok();
    let cookie = answer.header("set-cookie");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=3600"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    // Safari drops such a cookie when it comes over http, from localhost too.
    assert!(!cookie.contains("Secure"), "{cookie}");
}

#[test]
fn a_one_time_code_signs_in_once_and_in_its_time() {
    let op = TestOp::start();
    let user = op.user("alice");
    let try_code =
        |code: &str| op.agent().post(&format!("/api/one-time-access-token/{code}"), &Value::Null);
    let code = op.one_time_code(user.id, 600);
    let typed = code.replace('0', "o").replace('1', "I");
    try_code(&typed).ok();
    assert_eq!(try_code(&code).error(), "401 token_invalid_or_expired");
    for wrong in ["abcdef", "short", "a-much-longer-text", "%00%00%00%00%00%00"] {
        assert_eq!(try_code(wrong).error(), "401 token_invalid_or_expired", "{wrong}");
    }
    let late = op.one_time_code(user.id, 600);
    op.advance(600);
    assert_eq!(try_code(&late).error(), "401 token_invalid_or_expired");
    for _ in 0..10 {
        let code = op.one_time_code(user.id, 600);
        assert_eq!(at_once(|| try_code(&code).status == 200), 1);
    }
}

#[test]
fn of_many_who_set_up_at_once_one_becomes_administrator() {
    let op = TestOp::start();
    let count = std::sync::atomic::AtomicUsize::new(0);
    let set_up = || {
        let number = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let body = json!({"username": format!("root{number}"), "email": "root@example.com"});
        op.agent().post("/api/signup/setup", &body).status == 200
    };
    assert_eq!(at_once(set_up), 1);
    assert_eq!(op.count("users"), 1);
}

#[test]
fn every_wrong_field_is_named_and_nothing_is_changed() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    op.user("bob");
    let put = |agent: &mut crate::support::agent::Agent, body: Value| {
        agent.json(Method::PUT, "/api/users/me", &body)
    };
    let body = json!({"username": "a b", "email": "nonsense", "displayName": "x".repeat(101)});
    let answer = put(&mut alice.agent, body);
    let fields = answer.json()["details"]["fields"].clone();
    let names: Vec<_> = fields.as_array().unwrap().iter().map(|f| &f["field"]).collect();
    assert_eq!(answer.error(), "400 validation_failed");
    assert_eq!(names, ["username", "email", "displayName"]);

    let taken = put(&mut alice.agent, json!({"username": "BOB", "email": "a@example.com"}));
    assert_eq!(taken.json()["error"], "Username is already in use");
    let taken = put(&mut alice.agent, json!({"username": "al", "email": "Bob@Example.com"}));
    assert_eq!(taken.json()["error"], "Email is already in use");
    let not_json = alice.agent.send(Method::PUT, "/api/users/me", Some("text/plain"), "{}".into());
    assert_eq!(not_json.error(), "400 invalid_request_body");
    assert_eq!(alice.agent.get("/api/users/me").json()["username"], "alice");

    // Users cannot make themselves administrators.
    let body = json!({
        "username": "alice", "email": "a@example.com", "isAdmin": true, "disabled": false
    });
    assert_eq!(put(&mut alice.agent, body).ok().json()["isAdmin"], false);
}

#[test]
fn other_sites_cannot_act_with_a_users_cookie() {
    let op = TestOp::start();
    let alice = op.person("alice");
    let body = json!({"username": "owned"});
    for (name, value) in [
        ("origin", "https://evil.example.com"),
        ("origin", "null"),
        ("origin", "http://localhost:1"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let mut agent = alice.agent.with_header(name, value);
        for (method, path) in [
            (Method::PUT, "/api/users/me"),
            (Method::POST, "/api/webauthn/logout"),
            (Method::POST, "/api/webauthn/login/finish"),
            (Method::POST, "/api/signup/setup"),
            (Method::POST, "/api/one-time-access-token/abcdef"),
        ] {
            assert_eq!(agent.json(method, path, &body).error(), "403 forbidden", "{value} {path}");
        }
    }
    let mut own = alice.agent.with_header("origin", op.base_url());
    let body = json!({"username": "alice", "email": "alice@example.com"});
    own.json(Method::PUT, "/api/users/me", &body).ok();
}

#[test]
fn every_answer_carries_the_headers_that_protect_it() {
    let op = TestOp::start();
    let mut agent = op.agent();
    for path in ["/login", "/nowhere", "/api/nowhere", "/authorize", "/healthz", "/favicon.ico"] {
        let answer = agent.get(path);
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("x-request-id").len(), 36, "{path}");
        assert_ne!(answer.header("cache-control"), "", "{path}");
        assert_ne!(answer.header("cross-origin-opener-policy"), "", "{path}");
        assert_ne!(answer.header("cross-origin-resource-policy"), "", "{path}");
    }
    let error = agent.get("/api/users/me");
    assert_eq!(error.json()["request_id"], error.header("x-request-id"));
    let head = agent.send(Method::HEAD, "/.well-known/jwks.json", None, Bytes::new());
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_ne!(head.header("content-length"), "0");
}

/// Sign-ins run in windows that applications opened, and other sites show pictures and ask the protocol.
#[test]
fn an_answer_is_kept_apart_from_other_sites_as_far_as_its_use_allows() {
    let op = TestOp::start();
    let mut agent = op.agent();
    for (path, opener, resource) in [
        ("/authorize", "unsafe-none", "cross-origin"),
        ("/interaction", "unsafe-none", "same-origin"),
        ("/login", "unsafe-none", "same-origin"),
        ("/api/oidc/end-session", "unsafe-none", "cross-origin"),
        ("/setup", "same-origin", "same-origin"),
        ("/settings/account", "same-origin", "same-origin"),
        ("/api/users/me", "same-origin", "same-origin"),
        ("/favicon.ico", "same-origin", "cross-origin"),
        ("/healthz", "same-origin", "cross-origin"),
        ("/.well-known/jwks.json", "same-origin", "cross-origin"),
        ("/.well-known/openid-configuration", "same-origin", "cross-origin"),
    ] {
        let answer = agent.get(path);
        assert_eq!(answer.header("cross-origin-opener-policy"), opener, "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), resource, "{path}");
        let permissions = answer.header("permissions-policy");
        let is_page = answer.header("content-type").starts_with("text/html");
        assert!(!is_page || permissions.contains("publickey-credentials-get=(self)"), "{path}");
        assert!(!is_page || permissions.contains("camera=()"), "{path}");
    }
}

#[test]
fn unknown_addresses_are_told_in_the_callers_own_form() {
    let op = TestOp::start();
    let mut agent = op.agent();
    let api = agent.get("/api/nowhere");
    assert_eq!((api.status, api.json()), (404, json!({"error": "API endpoint not found"})));
    let page = agent.get("/nowhere");
    assert_eq!((page.status, page.header("content-type")), (404, "text/html; charset=utf-8"));
}

#[test]
fn a_file_of_a_page_is_answered_under_its_own_version_only() {
    let op = TestOp::start();
    let page = op.agent().get("/setup").text();
    let sheet = page.split('"').find(|part| part.ends_with("/app.css")).unwrap();

    assert_eq!(op.agent().get(sheet).status, 200);
    assert_eq!(op.agent().get("/assets/of-another-build/app.css").status, 404);
}

/// The address leads to the page that the administrator chose.
#[test]
fn the_front_door_leads_to_the_home_page() {
    let op = TestOp::with_settings(&[
        ("DISABLE_RATE_LIMITING", "true"),
        ("UI_CONFIG_DISABLED", "true"),
        ("HOME_PAGE_URL", "/settings/apps"),
    ]);
    let mut alice = op.person("alice");
    assert_eq!(alice.agent.get("/").location(), "/settings/apps");
    assert_eq!(op.agent().get("/").location(), "/login");
}

/// Pages of a sign-in hold secrets beside what strangers choose: their length must not tell anything.
#[test]
fn pages_of_the_settings_are_compressed_and_those_of_a_sign_in_are_not() {
    let op = TestOp::start();
    let alice = op.person("alice");
    let mut zipping = alice.agent.with_header("accept-encoding", "gzip");
    // Another site may have chosen a part of the page.
    assert_eq!(zipping.get("/settings/account").header("content-encoding"), "");
    let mut zipping = zipping.with_header("sec-fetch-site", "same-origin");
    let page = zipping.get("/settings/account");
    assert_eq!((page.header("content-encoding"), page.header("vary")), ("gzip", "Accept-Encoding"));
    assert!(page.body.starts_with(&[0x1f, 0x8b]));
    let plain = alice.agent.clone().get("/settings/account");
    assert_eq!(plain.header("content-encoding"), "");
    assert!(plain.body.len() > 2 * page.body.len());
    let mut stranger = op.agent().with_header("accept-encoding", "gzip");
    assert_eq!(stranger.get("/login").header("content-encoding"), "");
}

/// An action that a page begins by itself counts against a limit, or makes this server send requests.
#[test]
fn a_link_of_another_site_makes_no_page_act_by_itself() {
    let op = TestOp::start();
    let mut keeper = op.person("keeper");
    op.change_user(keeper.id, |user| user.is_admin = true);
    let made = op.agent().post("/api/device-login/requests", &serde_json::json!({})).json();
    let code = made["userCode"].as_str().unwrap();
    for (path, sign) in [
        (format!("/device?user_code={code}"), "device-login-confirm.js"),
        ("/settings/admin/health".to_owned(), "data-begin"),
    ] {
        let mut foreign = keeper.agent.with_header("sec-fetch-site", "cross-site");
        assert!(!foreign.get(&path).ok().text().contains(sign), "{path}");
        let mut own = keeper.agent.with_header("sec-fetch-site", "none");
        assert!(own.get(&path).ok().text().contains(sign), "{path}");
        assert!(keeper.agent.get(&path).ok().text().contains(sign), "{path}");
    }
    let mut stranger = op.agent().with_header("sec-fetch-site", "cross-site");
    assert!(!stranger.get("/login/alternative/device").ok().text().contains("data-begin"));
}

/// The budget of a page over the wire, with everything that it loads.
#[test]
fn a_page_with_its_style_sheets_and_scripts_is_under_60_kib() {
    let op = TestOp::start();
    let mut keeper = op.person("keeper");
    op.change_user(keeper.id, |user| user.is_admin = true);
    for path in ["/settings/account", "/settings/admin/users", "/settings/admin/oidc-clients/new"] {
        let (page, loaded) = keeper.agent.weigh(path);
        assert!(page + loaded < 60 * 1024, "{path}: {page} and {loaded}");
    }
}

/// A redirect after signing in stays here, whatever the address contains.
#[test]
fn nobody_is_sent_to_another_site_after_signing_in() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    for path in [
        "https://evil.example.com",
        "//evil.example.com",
        "/\\evil.example.com",
        "/%09/evil.example.com",
        "\\\\evil.example.com",
        "javascript:alert(1)",
        "/\t/evil.example.com",
    ] {
        let query =
            form_urlencoded::Serializer::new(String::new()).append_pair("redirect", path).finish();
        let answer = alice.agent.get(&format!("/login?{query}"));
        let target = answer.location();
        assert!(
            target.starts_with('/') && !target[1..].starts_with(['/', '\\']),
            "{path} {target}"
        );
        assert!(!target.contains("evil.example.com") || target.starts_with("/%09"), "{target}");
    }
    assert_eq!(alice.agent.get("/login?redirect=/logout").location(), "/logout");
}

#[test]
fn whoever_tries_too_often_has_to_wait_and_nobody_else() {
    let op = TestOp::with_settings(&[("TRUST_PROXY", "127.0.0.1")]);
    let alice = op.agent().with_header("x-forwarded-for", "203.0.113.1");
    let bob = op.agent().with_header("x-forwarded-for", "203.0.113.2");
    for path in ["/api/one-time-access-token/abcdef", "/api/webauthn/login/finish"] {
        let mut last = alice.clone().post(path, &json!({}));
        for _ in 0..11 {
            last = alice.clone().post(path, &json!({}));
        }
        assert_eq!(last.error(), "429 rate_limited", "{path}");
        assert!(last.header("retry-after").parse::<u32>().unwrap() >= 1);
        assert_ne!(bob.clone().post(path, &json!({})).status, 429, "{path}");
    }
}

/// A provider gives its customer a /48: 65,536 lines of 2^64 addresses each.
#[test]
fn a_wide_ipv6_network_guesses_no_more_codes_than_a_few_lines() {
    let op = TestOp::with_settings(&[("TRUST_PROXY", "127.0.0.1")]);
    let guess = |address: &str| {
        let mut agent = op.agent().with_header("x-forwarded-for", address);
        agent.post("/api/one-time-access-token/abcdef", &json!({})).status
    };
    let tried = (0..200).filter(|line| guess(&format!("2001:db8:1:{line:x}::1")) != 429).count();
    // One line has five tries at once, its /48 four times as many, and ten of them may be wrong in an hour.
    assert_eq!(tried, 10);
    assert_ne!(guess("2001:db8:2::1"), 429, "another /48 has a budget of its own");
}

/// RFC 6749 §5.2: each reader is told in the form that it knows, before any handler is asked.
#[test]
fn whoever_has_to_wait_is_told_in_their_own_form() {
    let op = TestOp::with_settings(&[("TRUST_PROXY", "127.0.0.1")]);
    let mut agent = op.agent().with_header("x-forwarded-for", "203.0.113.1");
    let mut refused = |method: Method, path: &str| {
        let form = Some("application/x-www-form-urlencoded");
        let mut answers = (0..301).map(|_| agent.send(method.clone(), path, form, Bytes::new()));
        answers.find(|answer| answer.status == 429).unwrap()
    };

    for name in ["token", "par", "introspect", "revoke", "userinfo"] {
        let answer = refused(Method::POST, &format!("/api/oidc/{name}"));
        assert_eq!(answer.error(), "429 temporarily_unavailable", "{name}");
        assert!(answer.json()["error_description"].is_string());
        assert_eq!(answer.header("cache-control"), "no-store", "{name}");
        assert!(answer.header("retry-after").parse::<u32>().unwrap() >= 1);
    }
    for path in ["/authorize", "/interaction", "/login", "/api/oidc/end-session", "/nowhere"] {
        let answer = refused(Method::GET, path);
        assert!(answer.header("content-type").starts_with("text/html"), "{path}");
        assert!(answer.header("retry-after").parse::<u32>().unwrap() >= 1);
    }
    assert_eq!(refused(Method::GET, "/api/users/me").error(), "429 rate_limited");
}

#[test]
fn what_is_too_large_is_refused() {
    let op = TestOp::start();
    let huge = "x".repeat(100_000);
    let body = json!({"username": huge});
    assert_eq!(op.agent().post("/api/signup/setup", &body).error(), "413 file_too_large");
    let headers = op.agent().with_header("x-large", &huge).get("/login");
    assert_eq!(headers.status, 431);
}

/// An SVG is a document, and an SVG from the owner of a client must not run scripts on our site.
#[test]
fn a_logo_is_served_as_an_image_that_may_do_nothing() {
    let op = TestOp::start();
    let client = op.client();
    let path = format!("/api/oidc/clients/{}/logo", client.id);
    assert_eq!(op.agent().get(&path).error(), "404 image_not_found");
    op.set_logo(&client, "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>");

    let logo = op.agent().get(&path).ok();

    assert_eq!(logo.header("content-type"), "image/svg+xml");
    let policy = logo.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{policy}");
    let mut agent = op.agent();
    let page = agent.get(&client.authorize_path(&[])).location().to_owned();
    assert!(agent.get(&page).text().contains(&format!("src=\"{path}\"")));
}

/// An installation with accounts from the terminal only must not leave the door open for an administrator.
#[test]
fn nobody_sets_up_over_the_network_once_there_is_an_account() {
    let op = TestOp::start();
    op.user("alice");
    let body = json!({"username": "mallory", "email": "m@example.com"});
    assert_eq!(op.agent().post("/api/signup/setup", &body).error(), "409 setup_already_completed");
    assert_eq!(op.agent().get("/api/signup/setup").error(), "404 setup_not_available");
    assert_eq!(op.count("users"), 1);
}

/// Where there is no account, there is no way to sign in: every page that would ask for it leads to the
/// set-up.
#[test]
fn before_the_first_account_every_way_in_leads_to_the_set_up() {
    let op = TestOp::start();
    for path in [
        "/",
        "/device",
        "/device?user_code=E1234567",
        "/lc",
        "/lc/aB3xY9",
        "/login",
        "/login/alternative",
        "/login/alternative/device",
        "/settings/account",
        "/settings/admin/users",
        "/settings/apps",
        "/signup",
    ] {
        assert_eq!(op.agent().get(path).location(), "/setup", "{path}");
    }
    op.person("alice");
    assert_eq!(op.agent().get("/login").status, 200);
    assert!(op.agent().get("/device").location().starts_with("/login"));
}

/// People have these as bookmarks.
#[test]
fn pages_for_administrators_and_pages_that_are_not_here_lead_to_the_account() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    for path in ["/settings/admin/users", "/settings/admin/oidc-clients/1", "/verify-email"] {
        assert_eq!(alice.agent.get(path).location(), "/settings/account", "{path}");
    }
    assert_eq!(op.agent().get("/login/alternative/email").location(), "/login/alternative");
    let denied = op.agent().get("/interaction/error?error=access_denied&error_description=%3Cb%3E");
    assert_eq!(denied.status, 403);
    assert!(denied.text().contains("Sign-in not completed"), "{}", denied.text());
    assert!(!denied.text().contains("<b>"));
}

#[test]
fn somebody_without_a_display_name_goes_by_their_username() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    op.change_user(alice.id, |user| {
        user.display_name = "".parse().unwrap();
        user.first_name = "".parse().unwrap();
        user.last_name = "".parse().unwrap();
    });
    let page = alice.agent.get("/settings/account").ok().text();
    assert!(page.contains("<strong dir=\"auto\">alice</strong>"), "{page}");
}
