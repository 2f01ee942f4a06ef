//! Findings about the proxy in front of the server.

use super::{expect, findings, give_passkey};
use crate::support::ports::free_port;
use crate::support::{cli::Cli, https::HttpsSite, proxy::Proxy, server::Server};

/// A server at one port and a proxy in front of it at another one, which APP_URL names.
fn behind_a_proxy(trust: &str) -> (Cli, Server) {
    let port = free_port();
    let proxy = Proxy::start(port);
    let cli = Cli::new()
        .with("APP_URL", &format!("http://localhost:{}", proxy.port()))
        .with("PORT", &port.to_string())
        .with("TRUST_PROXY", trust);
    cli.run("user add alice --admin").expect_success();
    give_passkey(&cli);
    let server = cli.serve_at(port);
    (cli, server)
}

#[test]
fn a_proxy_that_the_server_does_not_believe_is_found_whatever_the_settings_say() {
    for trust in ["false", "192.0.2.1"] {
        let (cli, _server) = behind_a_proxy(trust);
        let found = findings(&cli.run("doctor -o json"));
        expect(&found, "proxy", "problem", "does not trust the proxy at", "set TRUST_PROXY");
    }
}

/// APP_URL and PORT differ behind a proxy, and that is as it should be.
#[test]
fn an_address_at_the_port_of_a_proxy_is_no_mistake() {
    let (cli, server) = behind_a_proxy("127.0.0.1");
    let text = cli.run("doctor").ok();
    assert!(text.lines().all(|line| line.starts_with("ok\t")), "{text}");
    server.signal("TERM");
    let (_, log) = server.wait();
    assert!(!log.contains("links lead to"), "{log}");

    let (cli, _server) = behind_a_proxy("false");
    let found = findings(&cli.run("doctor -o json")).to_string();
    assert!(!found.contains("PORT to the port of APP_URL"), "{found}");
}

#[test]
fn a_certificate_of_a_private_authority_is_told_as_such() {
    let site = HttpsSite::start();
    let cli = Cli::new().with("APP_URL", site.url("").trim_end_matches('/'));
    let found = findings(&cli.run("doctor -o json"));
    expect(&found, "reachable", "warning", "cannot trust localhost", "SSL_CERT_FILE");
    assert!(!found.to_string().contains("check DNS"), "{found}");
}

#[test]
fn headers_of_a_proxy_that_is_not_believed_are_told_once_and_with_each_refusal() {
    let cli = Cli::new();
    let server = cli.serve();
    let forwarded = "GET /login HTTP/1.1\r\nX-Forwarded-For: 203.0.113.9";
    server.pipeline(forwarded, 5);
    let answers = server.pipeline(forwarded, 2_000);
    server.signal("TERM");
    let (_, log) = server.wait();

    assert!(answers.contains(&429));
    let told = "set TRUST_PROXY=127.0.0.1";
    assert_eq!(log.matches(told).count(), 1, "{log}");
    let refused = log.lines().find(|line| line.contains("\"status\":429")).unwrap();
    assert!(refused.contains("headers of the proxy 127.0.0.1 are not trusted"), "{refused}");
}
