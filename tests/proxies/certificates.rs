//! Mutual TLS through real proxies (RFC 8705): they ask for the certificate and pass it on.

use pocketid::{
    crypto::{Certificate, JwkSet},
    model::{Client, TlsClientAuth},
};
use serde_json::json;

use super::front::{CLIENT, Front, KINDS};
use crate::support::{
    agent::{Agent, Answer},
    authority::{new_authority, new_client_certificate},
    op::TestClient,
};

const ITSELF: (&str, &str) = ("grant_type", "client_credentials");

fn ask(agent: &mut Agent, client: &TestClient, more: &[(&str, &str)]) -> Answer {
    let fields = [ITSELF, ("client_id", client.id.as_str())];
    agent.post_form("/api/oidc/token", &[&fields, more].concat())
}

fn escaped(pem: &str) -> String {
    pem.replace('\n', "%0A").replace(' ', "%20").replace('+', "%2B")
}

#[test]
fn a_client_proves_itself_by_its_certificate_through_a_proxy() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    new_authority(folder.path(), "ca");
    new_authority(folder.path(), "other");
    let names = ["-addext", "subjectAltName=DNS:app.example.com"];
    let pem = new_client_certificate(folder.path(), Some("ca"), "app", &names);
    new_client_certificate(folder.path(), Some("other"), "forged", &names);
    let own = new_client_certificate(folder.path(), None, "own", &[]);
    let own = Certificate::from_pem(&own).expect("a certificate").remove(0);
    let authorities = std::fs::read_to_string(at("ca.pem")).expect("a file");
    let auth = json!({"sanDns": "app.example.com", "certificateAuthorities": authorities});
    for kind in KINDS {
        let front = Front::with_mutual_tls(kind);
        let (auth, jwk) = (auth.clone(), own.jwk().expect("a key"));
        let new = |change: &dyn Fn(&mut Client)| {
            front.op.client_with("https://app.example.com/callback", |client| {
                client.requires_mtls = true;
                change(client);
            })
        };
        let client = new(&|client| {
            let auth: TlsClientAuth = serde_json::from_value(auth.clone()).expect("names");
            client.keys.tls_client_auth = Some(auth);
        });
        let self_signed = new(&|client| {
            client.keys.jwks = Some(JwkSet { keys: vec![jwk.clone()] });
            client.keys.tls_client_auth = Some(TlsClientAuth::SelfSigned);
        });
        let with_secret = new(&|_| {});
        let certified =
            |name: &str| front.certified(&at(&format!("{name}.pem")), &at(&format!("{name}.key")));
        let discovered = front.program(CLIENT).get("/.well-known/openid-configuration").ok().json();
        let alias = &discovered["mtls_endpoint_aliases"]["token_endpoint"];
        assert_eq!(*alias, json!(format!("https://{}/api/oidc/token", certified("app").address())));

        for (name, client) in [("app", &client), ("own", &self_signed)] {
            let answer = ask(&mut certified(name), client, &[]).ok().json();
            assert_eq!(answer["token_type"], "bearer", "{kind:?} {name}");
        }

        let refused = ask(&mut certified("forged"), &client, &[]);
        assert_eq!(refused.error(), "401 invalid_client", "{kind:?}");
        // Whoever has the certificate without its key, and writes the header.
        for mut agent in [front.uncertified(), front.program(CLIENT), certified("forged")] {
            for header in ["x-client-certificate", "X-CLIENT-CERTIFICATE"] {
                agent = agent.with_header(header, &escaped(&pem));
            }
            assert_eq!(ask(&mut agent, &client, &[]).error(), "401 invalid_client", "{kind:?}");
            let secret = [("client_secret", with_secret.secret.as_str())];
            let refused = ask(&mut agent, &with_secret, &secret);
            let is_bound_to_other = refused.status == 200;
            assert!(is_bound_to_other || refused.error() == "400 invalid_request", "{kind:?}");
        }
        assert_eq!(certified("app").get("/login").status, 404, "{kind:?}");
    }
}

/// What `pocketid doctor` asks: a header of a stranger does not arrive.
#[test]
fn a_proxy_that_hands_on_the_header_of_strangers_is_noticed() {
    for kind in KINDS {
        let front = Front::with_mutual_tls(kind);
        let claim = ("x-client-certificate", "pocketid-doctor");
        for agent in [front.program(CLIENT), front.uncertified()] {
            let answer = agent.with_header(claim.0, claim.1).get("/healthz");
            assert_eq!(answer.header("x-pocketid-certificate-passed"), "", "{kind:?}");
        }
        // `op.agent()` speaks with the server itself.
        let mut behind = front.op.agent().with_header(claim.0, claim.1);
        let told = behind.get("/healthz");
        assert_eq!(told.header("x-pocketid-certificate-passed"), "yes", "past the proxy");
    }
}
