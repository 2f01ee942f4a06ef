//! RFC 9449: tokens that are bound to a key of the client (DPoP).

mod demanded;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use pocketid::{
    crypto::{Algorithm, Digest},
    model::ClientType,
};
use serde_json::{Value, json};

use super::token_endpoint::at_once;
use crate::support::{
    agent::Answer,
    dpop::{ProofKey, ask_userinfo},
    flow::{CHALLENGE, VERIFIER},
    op::{TestClient, TestOp},
};

const PKCE: [(&str, &str); 2] = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];

fn text(json: &Value, name: &str) -> String {
    json[name].as_str().unwrap_or_else(|| panic!("no {name}: {json}")).to_owned()
}

/// The claims of a token.
fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn public(op: &TestOp) -> TestClient {
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.client_type = ClientType::Public;
    });
    TestClient { secret: String::new(), ..client }
}

fn introspect(op: &TestOp, client: &TestClient, token: &str) -> Value {
    let fields = [
        ("token", token),
        ("client_id", client.id.as_str()),
        ("client_secret", client.secret.as_str()),
    ];
    op.agent().post_form("/api/oidc/introspect", &fields).ok().json()
}

fn refresh(op: &TestOp, client: &TestClient, token: &str, proof: &str) -> Answer {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
    op.token_with(client, &fields, proof)
}

/// The rows that a refusal must not have left behind.
fn traces(op: &TestOp) -> [i64; 3] {
    ["access_tokens", "refresh_tokens", "dpop_proofs"].map(|table| op.count(table))
}

/// §5, §6.1, §6.2, §7: with any algorithm that the metadata names.
#[test]
fn a_token_is_bound_to_the_key_of_the_proof() {
    let op = TestOp::start();
    let client = op.client();
    let metadata = op.agent().get("/.well-known/openid-configuration").ok().json();
    let named = metadata["dpop_signing_alg_values_supported"].clone();
    assert_eq!(named, json!(Algorithm::ALL.map(Algorithm::as_str)));
    for algorithm in Algorithm::ALL {
        let key = ProofKey::of(algorithm);
        let mut alice = op.person(&format!("alice{}", algorithm.as_str().to_lowercase()));

        let tokens = op.redeem_with(&client, &alice.code(&client, &[]), &key.proof(&op)).ok();

        assert_eq!(tokens.header("dpop-nonce"), "", "no one is needed");
        let tokens = tokens.json();
        let token = text(&tokens, "access_token");
        assert_eq!(tokens["token_type"], "DPoP");
        assert_eq!(claims(&token)["cnf"], json!({"jkt": key.jkt()}));
        let described = introspect(&op, &client, &token);
        assert_eq!(described["token_type"], "DPoP");
        assert_eq!(described["cnf"], json!({"jkt": key.jkt()}));
        let userinfo = key.userinfo(&op, &token).ok().json();
        assert_eq!(userinfo["sub"], claims(&text(&tokens, "id_token"))["sub"]);
    }
}

#[test]
fn a_client_without_a_proof_gets_bearer_tokens_as_before() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let tokens = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    let token = text(&tokens, "access_token");
    assert_eq!(tokens["token_type"], "bearer");
    assert_eq!(claims(&token).get("cnf"), None);
    assert_eq!(introspect(&op, &client, &token)["token_type"], "Bearer");
    op.userinfo(&token).ok();
    assert_eq!(op.count("dpop_proofs"), 0);
}

/// A proof that has to be refused: its header, its claims, and the error.
struct Bad {
    fault: &'static str,
    proof: String,
    error: &'static str,
}

/// §4.3: the same faults at each endpoint. `claims` are those of a good proof.
fn bad_proofs(op: &TestOp, key: &ProofKey, claims: &Value) -> Vec<Bad> {
    // Some are wrong by a second.
    op.stop_clock();
    let now = op.now().as_unix();
    let with = |changes: Value| {
        let mut all = claims.clone();
        all.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        all
    };
    let other = ProofKey::new();
    let mut private = key.jwk();
    private["d"] = json!("c2VjcmV0");
    let good = key.sign(op, &json!({}), claims);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let broken = format!("{signed}.{}", signature.chars().rev().collect::<String>());
    let unsigned = key.sign(op, &json!({"alg": "none"}), claims);
    let unsigned = format!("{}.", unsigned.rsplit_once('.').unwrap().0);
    let of_header = |header: Value| key.sign(op, &header, claims);
    let of_claims = |changes: Value| key.sign(op, &json!({}), &with(changes));
    let invalid = "invalid_dpop_proof";
    let nonce = "use_dpop_nonce";
    let bad = |fault, proof, error| Bad { fault, proof, error };
    vec![
        bad("stale", of_claims(json!({"iat": now - 61})), nonce),
        bad("from the future", of_claims(json!({"iat": now + 31})), nonce),
        bad("another nonce", of_claims(json!({"nonce": "AAAAAAAAAAAAAAAAAAAAAA"})), nonce),
        bad("no time", of_claims(json!({"iat": null})), invalid),
        bad("another url", of_claims(json!({"htu": "https://evil.example.com/"})), invalid),
        bad("another path", of_claims(json!({"htu": op.base_url()})), invalid),
        bad("no url", of_claims(json!({"htu": null})), invalid),
        bad("another method", of_claims(json!({"htm": "PUT"})), invalid),
        bad("no method", of_claims(json!({"htm": null})), invalid),
        bad("no jti", of_claims(json!({"jti": null})), invalid),
        bad("an empty jti", of_claims(json!({"jti": ""})), invalid),
        bad("a long jti", of_claims(json!({"jti": "x".repeat(257)})), invalid),
        bad("expired", of_claims(json!({"exp": now - 60})), invalid),
        bad("too long", of_claims(json!({"more": "x".repeat(5_000)})), invalid),
        bad("a private key", of_header(json!({"jwk": private})), invalid),
        bad("the key of another", of_header(json!({"jwk": other.jwk()})), invalid),
        bad("no key", of_header(json!({"jwk": null})), invalid),
        bad("alg none", unsigned, invalid),
        bad("alg HS256", of_header(json!({"alg": "HS256"})), invalid),
        bad("another alg", of_header(json!({"alg": "ES384"})), invalid),
        bad("typ JWT", of_header(json!({"typ": "JWT"})), invalid),
        bad("no typ", of_header(json!({"typ": null})), invalid),
        bad("crit", of_header(json!({"crit": ["b64"]})), invalid),
        bad("a broken signature", broken, invalid),
        bad("not a JWT", "nonsense".to_owned(), invalid),
        bad("empty", String::new(), invalid),
    ]
}

/// §4.3, §5: a refused proof costs the client nothing: the code still works.
#[test]
fn a_bad_proof_is_refused_at_the_token_endpoint() {
    let op = TestOp::start();
    let (client, key) = (op.client(), ProofKey::new());
    let mut alice = op.person("alice");
    let code = alice.code(&client, &[]);
    for Bad { fault, proof, error } in bad_proofs(&op, &key, &json!({})) {
        let answer = op.redeem_with(&client, &code, &proof);
        assert_eq!(answer.error(), format!("400 {error}"), "{fault}: {}", answer.text());
        assert_eq!(!answer.header("dpop-nonce").is_empty(), error == "use_dpop_nonce", "{fault}");
    }
    let two = op.proving(&key.proof(&op)).with_header("dpop", &key.proof(&op));
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("client_id", client.id.as_str()),
        ("client_secret", client.secret.as_str()),
    ];
    let answer = two.clone().post_form("/api/oidc/token", &fields);
    assert_eq!(answer.error(), "400 invalid_dpop_proof", "two proofs");
    assert_eq!(traces(&op), [0; 3]);
    op.redeem_with(&client, &code, &key.proof(&op)).ok();
}

/// §7.1, §7.2: at UserInfo the challenge names the scheme, the algorithms and the error.
#[test]
fn a_bad_proof_is_refused_at_userinfo() {
    let op = TestOp::start();
    let (client, key) = (op.client(), ProofKey::new());
    let mut alice = op.person("alice");
    let tokens = op.redeem_with(&client, &alice.code(&client, &[]), &key.proof(&op)).ok().json();
    let token = text(&tokens, "access_token");
    let good = ProofKey::userinfo_claims(&op, &token);
    let before = traces(&op);
    let mut bad = bad_proofs(&op, &key, &good);
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        key.sign(&op, &json!({}), &claims)
    };
    let other_hash = json!(Digest::of("another token").base64url());
    for (fault, proof) in [
        ("ath of another token", with("ath", other_hash)),
        ("no ath", with("ath", Value::Null)),
        ("another key", ProofKey::new().sign(&op, &json!({}), &good)),
    ] {
        bad.push(Bad { fault, proof, error: "invalid_dpop_proof" });
    }
    for Bad { fault, proof, error } in bad {
        let answer = ask_userinfo(&op, &token, &proof);
        assert_eq!(answer.error(), format!("401 {error}"), "{fault}: {}", answer.text());
        let challenge = answer.header("www-authenticate");
        let start = "DPoP algs=\"RS256 RS384 RS512 PS256 ES256 ES384 EdDSA\"";
        assert!(challenge.starts_with(&format!("{start}, error=\"{error}\"")), "{challenge}");
        assert_eq!(challenge.matches('"').count() % 2, 0, "{challenge}");
        assert_eq!(!answer.header("dpop-nonce").is_empty(), error == "use_dpop_nonce", "{fault}");
        assert_eq!(answer.header("access-control-expose-headers"), "WWW-Authenticate, DPoP-Nonce");
    }
    let without = op.agent().with_header("authorization", &format!("DPoP {token}"));
    let answer = without.clone().get("/api/oidc/userinfo");
    assert_eq!(answer.error(), "401 invalid_dpop_proof", "no proof");
    assert_eq!(traces(&op), before);
    key.userinfo(&op, &token).ok();
}

/// §7.1, §7.2: a bound token is no bearer token, and the other way round; nowhere.
#[test]
fn a_bound_token_and_a_bearer_token_are_not_taken_for_each_other() {
    let op = TestOp::start();
    let (client, key) = (op.client(), ProofKey::new());
    let mut alice = op.person("alice");
    let bound = op.redeem_with(&client, &alice.code(&client, &[]), &key.proof(&op)).ok().json();
    let bound = text(&bound, "access_token");
    let bearer = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    let bearer = text(&bearer, "access_token");

    let downgraded = op.userinfo(&bound);
    assert_eq!(downgraded.error(), "401 invalid_token");
    let challenge = downgraded.header("www-authenticate");
    assert!(challenge.starts_with("Bearer error=\"invalid_token\""), "{challenge}");
    assert!(challenge.contains(", DPoP algs=\""), "{challenge}");
    let with_proof = key.sign(&op, &json!({}), &ProofKey::userinfo_claims(&op, &bound));
    let agent = op.proving(&with_proof).with_header("authorization", &format!("Bearer {bound}"));
    assert_eq!(agent.clone().get("/api/oidc/userinfo").error(), "401 invalid_token");
    let in_form = op.agent().post_form("/api/oidc/userinfo", &[("access_token", &bound)]);
    assert_eq!(in_form.error(), "401 invalid_token");
    assert_eq!(key.userinfo(&op, &bearer).error(), "401 invalid_token");
    // As the bearer token of a client that introspects.
    let agent = op.agent().with_header("authorization", &format!("Bearer {bound}"));
    let asked = agent.clone().post_form("/api/oidc/introspect", &[("token", &bearer)]);
    assert_eq!(asked.error(), "401 invalid_client");
    key.userinfo(&op, &bound).ok();
}

/// §11.1: on whichever server, as long as it would be accepted; another key may choose the same jti.
#[test]
fn a_proof_is_used_once() {
    let op = TestOp::start();
    let (client, key, other) = (op.client(), ProofKey::new(), ProofKey::new());
    let mut alice = op.person("alice");
    let [first, second, third] = [(); 3].map(|()| alice.code(&client, &[]));
    let claims = json!({"jti": "once"});
    let proof = key.sign(&op, &json!({}), &claims);

    let tokens = op.redeem_with(&client, &first, &proof).ok().json();
    let again = op.redeem_with(&client, &second, &proof);
    let signed_again = key.sign(&op, &json!({}), &claims);
    assert_eq!(again.error(), "400 invalid_dpop_proof");
    let again = op.replica().redeem_with(&client, &second, &signed_again);
    assert_eq!(again.error(), "400 invalid_dpop_proof", "at another server");
    op.redeem_with(&client, &second, &other.sign(&op, &json!({}), &claims)).ok();
    op.redeem_with(&client, &third, &key.proof(&op)).ok();

    let token = text(&tokens, "access_token");
    let proof = key.sign(&op, &json!({}), &ProofKey::userinfo_claims(&op, &token));
    let answered = at_once(|| ask_userinfo(&op, &token, &proof).status == 200);
    assert_eq!(answered, 1);
    assert_eq!(op.count("dpop_proofs"), 4);
    op.advance(60 + 30 + 2);
    op.clean_up();
    assert_eq!(op.count("dpop_proofs"), 0);
}

/// §8, §9: a client whose clock is wrong is offered a nonce, which every server knows.
#[test]
fn a_client_with_a_wrong_clock_is_helped_by_a_nonce() {
    let op = TestOp::start();
    let (client, key) = (op.client(), ProofKey::new());
    let mut alice = op.person("alice");
    let wrong = json!({"iat": op.now().as_unix() - 86_400});
    let refused =
        op.redeem_with(&client, &alice.code(&client, &[]), &key.sign(&op, &json!({}), &wrong));
    assert_eq!(refused.error(), "400 use_dpop_nonce");
    let nonce = refused.header("dpop-nonce").to_owned();
    let with_nonce = |more: &Value| {
        let mut claims = json!({"iat": 1_000, "nonce": nonce});
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        key.sign(&op, &json!({}), &claims)
    };

    let code = alice.code(&client, &[]);
    let answer = op.replica().redeem_with(&client, &code, &with_nonce(&json!({}))).ok();
    assert!(!answer.header("dpop-nonce").is_empty(), "the next one");
    let token = text(&answer.json(), "access_token");
    let proof = with_nonce(&ProofKey::userinfo_claims(&op, &token));
    let answer = ask_userinfo(&op, &token, &proof).ok();
    assert!(!answer.header("dpop-nonce").is_empty());
    assert_eq!(ask_userinfo(&op, &token, &proof).error(), "401 invalid_dpop_proof", "used");

    op.advance(240);
    let late = op.redeem_with(&client, &alice.code(&client, &[]), &with_nonce(&json!({})));
    assert_eq!(late.error(), "400 use_dpop_nonce");
    assert_ne!(late.header("dpop-nonce"), nonce);
    let late = ask_userinfo(&op, &token, &with_nonce(&ProofKey::userinfo_claims(&op, &token)));
    assert_eq!(late.error(), "401 use_dpop_nonce");
}

/// §5: a refresh token of a public client is of use only with its key; a stolen one ends nothing.
#[test]
fn the_refresh_token_of_a_public_client_is_bound_to_its_key() {
    let op = TestOp::start();
    let (client, key, thief) = (public(&op), ProofKey::new(), ProofKey::new());
    let mut alice = op.person("alice");
    let code = alice.code(&client, &PKCE);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("code_verifier", VERIFIER),
    ];
    let tokens = op.token_with(&client, &fields, &key.proof(&op)).ok().json();
    let token = text(&tokens, "refresh_token");

    for _ in 0..2 {
        assert_eq!(refresh(&op, &client, &token, &thief.proof(&op)).error(), "400 invalid_grant");
        let bare =
            [("grant_type", "refresh_token"), ("refresh_token", &token), ("client_id", &client.id)];
        let answer = op.agent().post_form("/api/oidc/token", &bare);
        assert_eq!(answer.error(), "400 invalid_grant", "without a proof");
    }
    let renewed = refresh(&op, &client, &token, &key.proof(&op)).ok().json();
    assert_eq!(claims(&text(&renewed, "access_token"))["cnf"], json!({"jkt": key.jkt()}));
    // Long after its use, with the wrong key: neither a replay nor tokens.
    op.advance(60);
    assert_eq!(refresh(&op, &client, &token, &thief.proof(&op)).error(), "400 invalid_grant");
    let renewed = text(&renewed, "refresh_token");
    assert_eq!(refresh(&op, &client, &renewed, &thief.proof(&op)).error(), "400 invalid_grant");
    let renewed = refresh(&op, &client, &renewed, &key.proof(&op)).ok().json();
    assert_eq!(renewed["token_type"], "DPoP");
    assert!(!op.audit_kinds().contains(&"REPLAY_DETECTED".to_owned()));
}

/// §5: that of a confidential client is bound to the client, which may change its keys.
#[test]
fn a_confidential_client_may_change_its_key_when_it_refreshes() {
    let op = TestOp::start();
    let (client, old, new) = (op.client(), ProofKey::new(), ProofKey::new());
    let mut alice = op.person("alice");
    let tokens = op.redeem_with(&client, &alice.code(&client, &[]), &old.proof(&op)).ok().json();

    let token = text(&tokens, "refresh_token");
    let renewed = refresh(&op, &client, &token, &new.proof(&op)).ok().json();

    let token = text(&renewed, "access_token");
    assert_eq!(claims(&token)["cnf"], json!({"jkt": new.jkt()}));
    new.userinfo(&op, &token).ok();
    assert_eq!(old.userinfo(&op, &token).error(), "401 invalid_dpop_proof");
    // A repeated refresh gets the same refresh token, with a proof of its own.
    let first = text(&tokens, "refresh_token");
    let repeated = refresh(&op, &client, &first, &new.proof(&op)).ok().json();
    assert_eq!(repeated["refresh_token"], renewed["refresh_token"]);
}

/// §10: the parameter `dpop_jkt`, alone and pushed, and the header of the pushed request.
#[test]
fn a_code_is_bound_to_the_key_of_its_request() {
    let op = TestOp::start();
    let (client, key, thief) = (op.client(), ProofKey::new(), ProofKey::new());
    let mut alice = op.person("alice");
    let jkt = key.jkt();
    let named = [("dpop_jkt", jkt.as_str())];
    let push = |proof: Option<&str>, more: &[(&str, &str)]| {
        let mut fields = client.authorize_fields(more);
        fields.push(("client_secret".into(), client.secret.clone()));
        let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let mut agent = proof.map_or_else(|| op.agent(), |proof| op.proving(proof));
        agent.post_form("/api/oidc/par", &fields)
    };
    let at_par = |key: &ProofKey| key.proof_for(&op, "/api/oidc/par");
    let mut codes = vec![alice.code(&client, &named)];
    for pushed in
        [push(None, &named), push(Some(&at_par(&key)), &[]), push(Some(&at_par(&key)), &named)]
    {
        let uri = text(&pushed.ok().json(), "request_uri");
        let path = [("request_uri", uri.as_str())];
        codes.push(alice.code(&client, &path));
    }
    for code in &codes {
        let stolen = op.redeem_with(&client, code, &thief.proof(&op));
        assert_eq!(stolen.error(), "400 invalid_grant");
        assert_eq!(op.redeem(&client, code).error(), "400 invalid_grant", "without a proof");
        op.redeem_with(&client, code, &key.proof(&op)).ok();
        // With another key, a used code revokes nothing.
        op.redeem_with(&client, code, &thief.proof(&op));
    }
    assert!(!op.audit_kinds().contains(&"REPLAY_DETECTED".to_owned()));

    let mismatch = push(Some(&at_par(&thief)), &named);
    assert_eq!(mismatch.error(), "400 invalid_dpop_proof");
    let elsewhere = push(Some(&key.proof(&op)), &[]);
    assert_eq!(elsewhere.error(), "400 invalid_dpop_proof", "a proof for the token endpoint");
    // Strangers could fill the table of proofs.
    let (proof, stored) = (at_par(&key), op.count("dpop_proofs"));
    for _ in 0..2 {
        push(Some(&proof), &[]).ok();
    }
    assert_eq!(op.count("dpop_proofs"), stored);
    for bad in ["", "short", &jkt.replace(&jkt[..1], "+")] {
        let answer = push(None, &[("dpop_jkt", bad), ("state", "x")]);
        let expected = if bad.is_empty() { 201 } else { 400 };
        assert_eq!(answer.status, expected, "{bad}");
    }
}

/// The token of a client that acts for itself is used with its key as well, and the proof is not
/// stored for one that is not genuine.
#[test]
fn proofs_with_tokens_that_are_not_genuine_leave_nothing() {
    let op = TestOp::start();
    let (client, key) = (op.client(), ProofKey::new());
    let mut alice = op.person("alice");
    let tokens = op.redeem_with(&client, &alice.code(&client, &[]), &key.proof(&op)).ok().json();
    let token = text(&tokens, "access_token");
    let forged = format!("{}AAAA", &token[..token.len() - 4]);
    let itself = [("grant_type", "client_credentials")];
    let own = op.token_with(&client, &itself, &key.proof(&op)).ok().json();
    let before = op.count("dpop_proofs");

    assert_eq!(key.userinfo(&op, &forged).error(), "401 invalid_token");
    let of_client = key.userinfo(&op, &text(&own, "access_token"));
    assert_eq!(of_client.error(), "403 insufficient_scope");
    assert_eq!(op.count("dpop_proofs"), before);
}
