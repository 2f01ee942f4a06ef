//! RFC 7636: proof keys for codes.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use pocketid::model::ClientType;
use ring::digest::{SHA256, digest};

use crate::support::{
    flow::{CHALLENGE, VERIFIER, interaction_id},
    op::{TestClient, TestOp},
};

fn s256(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

fn public(op: &TestOp) -> TestClient {
    let client = op.client_with("https://spa.example.com/cb", |client| {
        client.client_type = ClientType::Public;
    });
    TestClient { secret: String::new(), ..client }
}

fn redeem(op: &TestOp, client: &TestClient, code: &str, verifier: &str) -> String {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("client_id", client.id.as_str()),
        ("code_verifier", verifier),
    ];
    op.agent().post_form("/api/oidc/token", &fields).error()
}

/// RFC 7636 §4.1: 43 to 128 characters of the unreserved ones.
#[test]
fn a_verifier_has_its_length_and_its_characters() {
    let op = TestOp::start();
    let client = public(&op);
    let mut alice = op.person("alice");
    let (shortest, longest) = ("a".repeat(43), "-._~Z9".repeat(22)[..128].to_owned());
    let (short, long) = ("a".repeat(42), "a".repeat(129));
    let (strange, padded) = (format!("{shortest}+"), format!("{VERIFIER}="));
    for (verifier, expected) in [
        (&shortest, "200 "),
        (&longest, "200 "),
        (&short, "400 invalid_grant"),
        (&long, "400 invalid_grant"),
        (&strange, "400 invalid_grant"),
        (&padded, "400 invalid_grant"),
    ] {
        let challenge = s256(verifier);
        let more = [("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")];
        let code = alice.code(&client, &more);
        assert_eq!(redeem(&op, &client, &code, verifier), expected, "{verifier}");
    }
}

/// RFC 7636 §4.4 and §4.6: the challenge belongs to its code, and a wrong answer does not use it up.
#[test]
fn a_verifier_answers_the_challenge_of_its_own_code_only() {
    let op = TestOp::start();
    let client = public(&op);
    let mut alice = op.person("alice");
    let other = "b".repeat(43);
    let other_challenge = s256(&other);
    let code = |alice: &mut crate::support::flow::Person, challenge: &str| {
        alice.code(&client, &[("code_challenge", challenge), ("code_challenge_method", "S256")])
    };
    let (first, second) = (code(&mut alice, CHALLENGE), code(&mut alice, &other_challenge));

    assert_eq!(redeem(&op, &client, &first, &other), "400 invalid_grant");
    assert_eq!(redeem(&op, &client, &second, VERIFIER), "400 invalid_grant");
    assert_eq!(op.count("access_tokens"), 0);
    assert_eq!(redeem(&op, &client, &first, VERIFIER), "200 ");
    assert_eq!(redeem(&op, &client, &second, &other), "200 ");
    // RFC 9700 §4.5.3: a thief with the code alone cannot revoke its tokens either.
    assert_eq!(redeem(&op, &client, &first, &other), "400 invalid_grant");
    assert_eq!(op.number("SELECT COUNT(*) FROM grants WHERE revoked_at IS NOT NULL"), 0);
}

/// RFC 7636 §4.3: left out, the method is `plain`; §4.4.1: the client is told of an unsupported method.
#[test]
fn the_method_is_plain_unless_it_says_otherwise() {
    let op = TestOp::start();
    let client = public(&op);
    let mut alice = op.person("alice");
    let code = alice.code(&client, &[("code_challenge", VERIFIER)]);
    assert_eq!(redeem(&op, &client, &code, VERIFIER), "200 ");

    for method in ["s256", "PLAIN", "none", "S256 plain"] {
        let more = [("code_challenge", CHALLENGE), ("code_challenge_method", method)];
        let answer = alice.agent.get(&client.authorize_path(&more));
        assert_eq!(answer.location_param("error").unwrap(), "invalid_request", "{method}");
        assert!(interaction_id(&answer).is_none());
    }
}
