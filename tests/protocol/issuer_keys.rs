//! Pocket ID 2.14, federated identities: how often other issuers are asked for their keys, and how
//! long they are believed.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use pocketid::{
    crypto::{Algorithm, JwkSet, SigningKey, jws},
    model::FederatedIdentity,
};
use serde_json::json;

use super::token_endpoint::at_once;
use crate::support::op::{TestClient, TestOp};

/// An issuer that can be made to fail, and counts how often it is asked.
struct Issuer {
    url: String,
    key: SigningKey,
    fails: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
}

impl Issuer {
    fn start() -> Self {
        let pkcs8 = SigningKey::generate(Algorithm::Es256).unwrap();
        let key = SigningKey::from_pkcs8("issuer".into(), Algorithm::Es256, &pkcs8).unwrap();
        let body = serde_json::to_string(&JwkSet { keys: vec![key.public_jwk()] }).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (fails, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let (shared, count) = (Arc::clone(&fails), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                drop(stream.read(&mut [0; 4_096]));
                count.fetch_add(1, Ordering::SeqCst);
                // Slow enough for others to come meanwhile.
                thread::sleep(Duration::from_millis(50));
                let status = if shared.load(Ordering::SeqCst) { "503 No" } else { "200 OK" };
                let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n", body.len());
                drop(stream.write_all(format!("{head}{body}").as_bytes()));
            }
        });
        Self { url, key, fails, asked }
    }

    fn client(&self, op: &TestOp) -> TestClient {
        let identity = FederatedIdentity {
            issuer: self.url.clone(),
            subject: Some("workload".into()),
            audience: None,
            jwks: None,
            replay_protection: false,
        };
        op.client_with("https://app.example.com/callback", move |client| {
            client.keys.federated_identities = vec![identity];
        })
    }

    fn set_failing(&self, fails: bool) {
        self.fails.store(fails, Ordering::SeqCst);
    }

    /// How often it was asked since the last time.
    fn take_count(&self) -> usize {
        self.asked.swap(0, Ordering::SeqCst)
    }

    /// Whether a client is believed.
    fn vouches(&self, op: &TestOp, client: &TestClient) -> bool {
        let claims = json!({
            "iss": self.url, "sub": "workload", "aud": op.base_url(),
            "exp": op.now().plus(60).as_unix(),
        });
        let assertion = jws::sign(&self.key, "JWT", &claims);
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let fields = [
            ("token", "x"),
            ("client_id", client.id.as_str()),
            ("client_assertion_type", kind),
            ("client_assertion", &assertion),
        ];
        op.agent().post_form("/api/oidc/revoke", &fields).status == 200
    }
}

#[test]
fn many_who_come_at_once_have_the_keys_fetched_once() {
    let op = TestOp::start();
    op.stop_clock();
    let issuer = Issuer::start();
    let client = issuer.client(&op);

    assert_eq!(at_once(|| issuer.vouches(&op, &client)), 8);
    assert_eq!(issuer.take_count(), 1);
    op.advance(880);
    assert!(issuer.vouches(&op, &client));
    assert_eq!(issuer.take_count(), 0);
    op.advance(20);
    assert_eq!(at_once(|| issuer.vouches(&op, &client)), 8);
    assert_eq!(issuer.take_count(), 1);
}

/// A stranger can name a client and its issuer: that must not become a flood.
#[test]
fn an_issuer_that_fails_is_left_alone_for_a_while() {
    let op = TestOp::start();
    let issuer = Issuer::start();
    let client = issuer.client(&op);
    issuer.set_failing(true);

    assert_eq!(at_once(|| issuer.vouches(&op, &client)), 0);
    assert_eq!(issuer.take_count(), 1);
    issuer.set_failing(false);
    op.advance(5);
    assert!(!issuer.vouches(&op, &client));
    assert_eq!(issuer.take_count(), 0);
    op.advance(25);
    assert!(issuer.vouches(&op, &client));
}

#[test]
fn keys_that_cannot_be_fetched_again_are_believed_for_a_day() {
    let op = TestOp::start();
    let issuer = Issuer::start();
    let client = issuer.client(&op);
    assert!(issuer.vouches(&op, &client));
    issuer.set_failing(true);

    op.advance(24 * 3_600 - 60);
    assert!(issuer.vouches(&op, &client));
    op.advance(60);
    assert!(!issuer.vouches(&op, &client));
}
