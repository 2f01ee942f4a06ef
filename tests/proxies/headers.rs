//! Good and bad headers of proxies. Traefik's headers are those of its documentation: it could not be run
//! here.

use crate::support::{agent::Agent, op::TestOp};

/// The headers that Traefik adds, when it replaced those of the client.
const TRAEFIK: [(&str, &str); 6] = [
    ("x-forwarded-for", "198.51.100.7"),
    ("x-forwarded-host", "id.example.com"),
    ("x-forwarded-port", "443"),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-server", "traefik"),
    ("x-real-ip", "198.51.100.7"),
];

fn behind(trust_proxy: &str) -> TestOp {
    TestOp::with_settings(&[("DISABLE_RATE_LIMITING", "true"), ("TRUST_PROXY", trust_proxy)])
}

/// The address in the audit log after a sign-in with these headers.
fn address(op: &TestOp, name: &str, headers: &[(&'static str, &str)]) -> String {
    op.execute("DELETE FROM audit_events");
    let with = |agent: Agent, (name, value): &(&'static str, &str)| agent.with_header(name, value);
    op.person_with(headers.iter().fold(op.agent(), with), name);
    let found = op.texts("SELECT DISTINCT ip_address FROM audit_events");
    assert_eq!(found.len(), 1, "{headers:?}: {found:?}");
    found[0].clone()
}

#[test]
fn traefik_tells_who_its_client_is() {
    let op = behind("127.0.0.1");
    assert_eq!(address(&op, "alice", &TRAEFIK), "198.51.100.7");
    assert_eq!(address(&behind("172.30.14.0/24"), "alice", &TRAEFIK), "127.0.0.1");

    let mut agent = op.agent();
    agent.headers = TRAEFIK.map(|(name, value)| (name, value.to_owned())).to_vec();
    let discovered = agent.get("/.well-known/openid-configuration").ok().json();
    assert_eq!(discovered["issuer"], op.base_url(), "APP_URL says so, and no header");
}

#[test]
fn headers_that_a_proxy_duplicates_or_strips_do_no_harm() {
    let op = behind("127.0.0.1");
    let twice = [("x-forwarded-for", "203.0.113.66"), ("x-forwarded-for", "198.51.100.7")];
    assert_eq!(address(&op, "alice", &twice), "198.51.100.7", "the last one is the proxy's");
    let both = [("x-forwarded-for", "198.51.100.7"), ("x-real-ip", "203.0.113.66")];
    assert_eq!(address(&op, "bob", &both), "198.51.100.7");
    assert_eq!(address(&op, "carol", &[("x-real-ip", "198.51.100.7")]), "198.51.100.7");
    assert_eq!(address(&op, "dave", &[]), "127.0.0.1", "the proxy's own, since nothing is told");
    let nonsense = [("x-forwarded-for", "198.51.100.7, unknown"), ("x-forwarded-proto", "gopher")];
    assert_eq!(address(&op, "erin", &nonsense), "127.0.0.1");
}
