//! Programs pass with an access token for the host, or a key of the REST API, where that is allowed.

use super::visitor::{HOST, Visitor, identity, protected};
use crate::support::{dpop::ProofKey, op::TestOp};

fn token(op: &TestOp, resource: Option<&str>) -> String {
    issued(op, resource, None)
}

/// An access token, which may be bound to a key.
fn issued(op: &TestOp, resource: Option<&str>, key: Option<&ProofKey>) -> String {
    let client =
        op.client_with("https://app.example.com/callback", |client| client.skips_consent = true);
    let mut more = vec![("scope", "openid")];
    if let Some(resource) = resource {
        op.beside(&format!("api create {resource} --name Wiki")).expect_success();
        op.beside(&format!("api permission add {resource} wiki:read")).expect_success();
        op.beside(&format!("api grant {resource} {} --permission wiki:read", client.id))
            .expect_success();
        more = vec![("scope", "openid wiki:read"), ("resource", resource)];
    }
    let mut alice = op.person("alice");
    let code = alice.code(&client, &more);
    let tokens = match key {
        Some(key) => op.redeem_with(&client, &code, &key.proof(op)),
        None => op.redeem(&client, &code),
    };
    tokens.ok().json()["access_token"].as_str().unwrap().to_owned()
}

/// RFC 9449 §7.2: a proxy passes no proofs on, so a bound token is of no use here.
#[test]
fn a_bound_access_token_does_not_pass() {
    let op = protected("--bearer-tokens");
    let key = ProofKey::new();
    let token = issued(&op, Some("https://wiki.example.com"), Some(&key));
    for scheme in ["Bearer", "DPoP"] {
        let authorization = format!("{scheme} {token}");
        let answer = Visitor::new(&op).ask_with("/", &[("authorization", &authorization)]);
        assert_eq!(answer.status, 401, "{scheme}");
    }
}

#[test]
fn an_access_token_for_the_host_passes_where_that_is_allowed() {
    let op = protected("--bearer-tokens");
    let token = token(&op, Some("https://wiki.example.com"));
    let bearer = format!("Bearer {token}");
    let mut visitor = Visitor::new(&op);
    let answer = visitor.ask_with("/api/pages", &[("authorization", &bearer)]);
    assert_eq!(identity(&answer)[0], "alice");
    let broken = format!("{bearer}x");
    let refused = visitor.ask_with("/api/pages", &[("authorization", &broken)]);
    assert_eq!((refused.status, refused.header("www-authenticate")), (401, "Bearer"));

    op.beside(&format!("protect update {HOST} --bearer-tokens false")).expect_success();
    assert_eq!(visitor.ask_with("/", &[("authorization", &bearer)]).status, 401);
}

/// Every application has access tokens of its users; none of them was given for this host.
#[test]
fn an_access_token_for_something_else_does_not_pass() {
    for resource in [None, Some("https://shop.example.com"), Some("https://wiki.example.com/api")] {
        let op = protected("--bearer-tokens");
        let bearer = format!("Bearer {}", token(&op, resource));
        let answer = Visitor::new(&op).ask_with("/", &[("authorization", &bearer)]);
        assert_eq!(answer.status, 401, "{resource:?}");
    }
}

#[test]
fn a_key_of_the_rest_api_passes_where_that_is_allowed() {
    let op = protected("");
    op.user("alice");
    let key = op.beside("api-key create backup --for alice -o json").stdout;
    let key: serde_json::Value = serde_json::from_str(&key).unwrap();
    let key = key["token"].as_str().unwrap();
    let mut visitor = Visitor::new(&op);
    assert_eq!(visitor.ask_with("/", &[("x-api-key", key)]).status, 401);

    op.beside(&format!("protect update {HOST} --api-keys")).expect_success();
    assert_eq!(identity(&visitor.ask_with("/", &[("x-api-key", key)]))[0], "alice");
    assert_eq!(visitor.ask_with("/", &[("x-api-key", "wrong")]).status, 401);

    op.group("family", &[]);
    op.beside(&format!("protect update {HOST} --group family")).expect_success();
    assert_eq!(visitor.ask_with("/", &[("x-api-key", key)]).status, 403);
    op.beside("user disable alice --yes").expect_success();
    assert_eq!(visitor.ask_with("/", &[("x-api-key", key)]).status, 401);
}
