//! The life of signing keys: OIDC Core §10.1.1, RFC 7517, and the algorithm of each client.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use pocketid::crypto::{Algorithm, JwkSet, VerifyingKey, jws};
use serde_json::Value;

use crate::support::{
    op::{TestClient, TestOp},
    patience::comes,
    wait_for,
};

fn jwk_set(op: &TestOp) -> JwkSet {
    serde_json::from_value(op.agent().get("/.well-known/jwks.json").ok().json()).unwrap()
}

fn kids(op: &TestOp) -> Vec<String> {
    jwk_set(op).keys.into_iter().filter_map(|key| key.kid).collect()
}

/// Verifies a token with a set of keys, as a client does that has kept it.
fn verify(token: &str, set: &JwkSet) -> Result<(jws::Header, Value), jws::JwsFault> {
    jws::verify(token, |algorithm, kid| {
        let keys = set.keys.iter().filter(|key| key.kid.as_deref() == kid);
        keys.filter_map(|key| VerifyingKey::from_jwk(key, algorithm)).collect()
    })
}

fn id_token(op: &TestOp, client: &TestClient, name: &str) -> String {
    let mut person = op.person(name);
    let tokens = op.redeem(client, &person.code(client, &[])).ok().json();
    tokens["id_token"].as_str().unwrap().to_owned()
}

/// Runs a command beside the server.
fn beside(op: &TestOp, line: &str) -> String {
    op.beside(line).ok()
}

#[test]
fn each_client_gets_id_tokens_of_the_algorithm_that_it_asked_for() {
    let op = TestOp::start();
    for algorithm in Algorithm::ALL {
        let client = op.client_with("https://app.example.com/callback", |client| {
            client.id_token_signed_response_alg = algorithm;
        });
        let token = id_token(&op, &client, &format!("a{}", algorithm.as_str().to_lowercase()));

        let (header, claims) = verify(&token, &jwk_set(&op)).unwrap();

        assert_eq!(header.alg, algorithm.as_str());
        assert_eq!(claims["aud"][0], client.id);
    }
    let kinds: Vec<_> = jwk_set(&op).keys.into_iter().filter_map(|key| key.alg).collect();
    assert_eq!(kinds[0], "RS256", "some clients take the first key: {kinds:?}");
    assert_eq!(kinds.len(), Algorithm::ALL.len(), "{kinds:?}");
}

/// Many clients read the JWK Set once, when they start.
#[test]
fn the_key_of_a_clients_algorithm_is_published_before_anybody_signs_in_to_it() {
    let op = TestOp::start();
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.id_token_signed_response_alg = Algorithm::Es384;
    });
    let is_published = |op: &TestOp| {
        let keys = jwk_set(op).keys;
        keys.iter().any(|key| key.alg.as_deref() == Some(Algorithm::Es384.as_str()))
    };
    wait_for("there is no key for the new client", || is_published(&op));
    assert!(is_published(&op.replica()), "a server that starts");
    let set = jwk_set(&op);

    let token = id_token(&op, &client, "ada");

    let (header, _) = verify(&token, &set).unwrap();
    assert_eq!(header.alg, Algorithm::Es384.as_str());
}

#[test]
fn a_new_key_takes_over_and_the_old_one_is_published_until_its_tokens_are_over() {
    let op = TestOp::start();
    let client = op.client();
    let (old_kids, old_token) = (kids(&op), id_token(&op, &client, "alice"));

    beside(&op, "rotate-keys");
    wait_for("the new keys are published", || kids(&op).len() == 4);

    let published = jwk_set(&op);
    op.advance(10);
    let (header, _) = verify(&id_token(&op, &client, "carol"), &published).unwrap();
    assert!(!old_kids.contains(&header.kid.unwrap()), "the new key signs");
    assert!(verify(&old_token, &jwk_set(&op)).is_ok());

    op.advance(3_480);
    assert!(verify(&old_token, &jwk_set(&op)).is_ok());
    op.advance(150);
    wait_for("the old keys are gone", || kids(&op).len() == 2);
    op.clean_up();
    assert_eq!(op.count("signing_keys"), 2);
}

#[test]
fn a_revoked_key_is_gone_at_once_and_the_next_token_has_the_new_one() {
    let op = TestOp::start();
    let client = op.client();
    let (old_kids, old_token) = (kids(&op), id_token(&op, &client, "alice"));

    beside(&op, "rotate-keys --revoke --yes");
    wait_for("the old keys are gone", || kids(&op).iter().all(|kid| !old_kids.contains(kid)));

    assert_eq!(verify(&old_token, &jwk_set(&op)).unwrap_err(), jws::JwsFault::UnknownKey);
    assert!(verify(&id_token(&op, &client, "bob"), &jwk_set(&op)).is_ok());
}

#[test]
fn rotating_under_load_fails_no_request_and_no_verification() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let mut signers = BTreeSet::new();
    for rounds in 0..60 {
        if rounds % 20 == 10 {
            beside(&op, "rotate-keys");
        }
        // A client that keeps the keys, and looks again when it does not know one.
        let tokens = op.redeem(&client, &alice.code(&client, &[])).ok().json();
        let (header, _) = verify(tokens["id_token"].as_str().unwrap(), &jwk_set(&op)).unwrap();
        signers.insert(header.kid.unwrap());
        op.userinfo(tokens["access_token"].as_str().unwrap()).ok();
        op.advance(1);
    }
    assert!(signers.len() > 1, "{signers:?}");
}

/// A relying party that keeps the keys, as most libraries do: it asks for them again only when a token names
/// one that it does not know.
struct CachingParty<'a> {
    op: &'a TestOp,
    kept: Mutex<JwkSet>,
    looks: AtomicUsize,
}

impl<'a> CachingParty<'a> {
    fn new(op: &'a TestOp) -> Self {
        Self { op, kept: Mutex::new(jwk_set(op)), looks: AtomicUsize::new(0) }
    }

    fn verify(&self, token: &str) -> Result<jws::Header, jws::JwsFault> {
        let mut kept = self.kept.lock().unwrap();
        let verified = match verify(token, &kept) {
            Err(jws::JwsFault::UnknownKey) => {
                self.looks.fetch_add(1, Ordering::SeqCst);
                *kept = jwk_set(self.op);
                verify(token, &kept)
            }
            verified => verified,
        };
        verified.map(|(header, _)| header)
    }
}

#[test]
fn keys_rotate_under_load_and_whoever_keeps_them_verifies_every_token_to_its_end() {
    const ROTATIONS: usize = 3;
    let op = TestOp::start();
    let client = op.client();
    let party = CachingParty::new(&op);
    let is_over = AtomicBool::new(false);
    let signers = Mutex::new(BTreeSet::new());
    let tokens: Vec<String> = thread::scope(|scope| {
        let (op, client, party, is_over, signers) = (&op, &client, &party, &is_over, &signers);
        let workers: Vec<_> = (0..4)
            .map(|n| {
                scope.spawn(move || {
                    let mut person = op.person(&format!("user{n}"));
                    let mut tokens = Vec::new();
                    while !is_over.load(Ordering::SeqCst) {
                        let answer = op.redeem(client, &person.code(client, &[])).ok().json();
                        op.userinfo(answer["access_token"].as_str().unwrap()).ok();
                        let id_token = answer["id_token"].as_str().unwrap().to_owned();
                        let header = party.verify(&id_token).unwrap();
                        signers.lock().unwrap().insert(header.kid.unwrap());
                        tokens.push(id_token);
                    }
                    tokens
                })
            })
            .collect();
        for rotation in 1..=ROTATIONS {
            // The end of the wait is looked at after the workers are told to stop.
            comes(|| signers.lock().unwrap().len() == rotation);
            beside(op, "rotate-keys");
        }
        comes(|| signers.lock().unwrap().len() == ROTATIONS + 1);
        is_over.store(true, Ordering::SeqCst);
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });

    let signers: BTreeSet<_> =
        tokens.iter().map(|token| party.verify(token).unwrap().kid.unwrap()).collect();
    assert_eq!(signers.len(), ROTATIONS + 1, "{} tokens", tokens.len());
    let looks = party.looks.load(Ordering::SeqCst);
    assert!(looks <= ROTATIONS, "it asked {looks} times");
    // A client that comes late, or that lost its cache, finds the keys of every token that is still good.
    op.advance(3_600 - 60);
    let late = jwk_set(&op);
    for token in &tokens {
        verify(token, &late).unwrap();
    }
}

#[test]
fn every_server_publishes_a_rotated_key() {
    let one = TestOp::on_postgres();
    let other = one.replica();
    let old = kids(&one);

    beside(&one, "rotate-keys --alg RS256");

    wait_for("both publish it", || kids(&one).len() == 3 && kids(&other) == kids(&one));
    assert!(kids(&one).ends_with(&old[1..]), "ES256 stays");
}
