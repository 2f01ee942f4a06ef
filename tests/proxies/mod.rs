//! The configurations of `packaging/proxies/` and `packaging/compose/`: real proxies with TLS and HTTP/2
//! in front of the server. Traefik cannot be had; what it sends is in `headers.rs`.

mod administration;
mod certificates;
mod front;
mod headers;

use hyper::Method;

use crate::support::agent::Agent;
use front::{API_KEY, CLIENT, Front, KINDS};

/// Signs somebody in to an application, as a browser and the application do it through the proxy.
fn sign_in(front: &Front, name: &str, headers: &[(&'static str, &str)]) {
    let agent =
        headers.iter().fold(front.browser(CLIENT), |a, (name, value)| a.with_header(name, value));
    let client = front.op.client();
    let mut person = front.op.person_with(agent, name);
    let code = person.code(&client, &[]);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", &client.redirect_uri),
        ("client_id", &client.id),
        ("client_secret", &client.secret),
    ];
    let tokens = front.program(CLIENT).post_form("/api/oidc/token", &fields).ok().json();
    let token = format!("Bearer {}", tokens["access_token"].as_str().expect("a token"));
    let mut program = front.program(CLIENT).with_header("authorization", &token);
    assert_eq!(program.get("/api/oidc/userinfo").ok().json()["name"], name);
}

#[test]
fn people_sign_in_through_a_proxy_and_have_their_own_address() {
    for kind in KINDS {
        let front = Front::start(kind, "127.0.0.1");
        let discovered = front.program(CLIENT).get("/.well-known/openid-configuration").ok().json();
        assert_eq!(discovered["issuer"], front.op.base_url());
        let page = front.browser(CLIENT).get("/login").ok();
        assert!(page.header("strict-transport-security").contains("max-age"), "{kind:?}");

        sign_in(&front, "alice", &[]);

        assert_eq!(front.addresses(), [CLIENT.to_string()], "{kind:?}");
    }
}

#[test]
fn a_client_behind_a_proxy_cannot_choose_its_address() {
    for kind in KINDS {
        let front = Front::start(kind, "127.0.0.1");

        sign_in(
            &front,
            "alice",
            &[
                ("x-forwarded-for", "203.0.113.66"),
                ("x-forwarded-for", "203.0.113.67, 127.0.0.1"),
                ("x-real-ip", "203.0.113.68"),
                ("forwarded", "for=203.0.113.69;host=evil.example;proto=http"),
                ("x-forwarded-host", "evil.example"),
                ("x-forwarded-proto", "http"),
            ],
        );

        assert_eq!(front.addresses(), [CLIENT.to_string()], "{kind:?}");
    }
}

#[test]
fn a_proxy_that_is_not_named_speaks_for_nobody() {
    for kind in KINDS {
        let front = Front::start(kind, "192.0.2.1");

        sign_in(&front, "alice", &[]);

        assert_eq!(front.addresses(), ["127.0.0.1"], "{kind:?}");
    }
}

/// ID tokens with hundreds of groups come back in addresses, and large bodies are pictures.
#[test]
fn long_addresses_and_large_bodies_get_through_a_proxy() {
    for kind in KINDS {
        let front = Front::start(kind, "127.0.0.1");
        let path = format!("/api/oidc/end-session?id_token_hint={}", "a".repeat(30 * 1024));
        let cookies = format!("other={}", "b".repeat(30 * 1024));
        let mut program = front.program(CLIENT);
        let mut with_cookies = program.with_header("cookie", &cookies);
        for answer in [program.get(&path), with_cookies.get("/login")] {
            assert!(!answer.header("x-request-id").is_empty(), "{kind:?}: {answer:?}");
        }

        let refused = [front.op.agent(), front.browser(CLIENT)].map(|agent| send_picture(&agent));
        assert_eq!(refused[0], "415 file_type_not_supported");
        assert_eq!(refused[1], refused[0], "{kind:?}");
    }
}

/// Sends a file of 8 MiB that is no picture; gives the error, which only pocketid can tell.
fn send_picture(agent: &Agent) -> String {
    let head = "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
    let body = format!("{head}{}\r\n--X--\r\n", "x".repeat(8 * 1024 * 1024));
    let path = "/api/application-images/background";
    let mut agent = agent.with_header("x-api-key", API_KEY);
    agent.send(Method::PUT, path, Some("multipart/form-data; boundary=X"), body.into()).error()
}
