//! Clients of which an administrator demands bound tokens, and clients that become public.

use pocketid::crypto::Algorithm;
use serde_json::json;

use super::{claims, introspect, refresh, text, traces};
use crate::support::{
    device::GRANT_TYPE,
    dpop::ProofKey,
    op::{TestClient, TestOp},
};

/// §5.2: a client that is registered so gets no other tokens, by any grant.
#[test]
fn a_client_that_has_to_prove_its_key_gets_no_tokens_without() {
    let op = TestOp::start();
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.requires_dpop = true;
    });
    let (mut alice, key) = (op.person("alice"), ProofKey::new());
    let code = alice.code(&client, &[]);
    let codes = op.device_authorization(&client, "openid");
    alice.verify_device(&codes.user_code);

    assert_eq!(op.redeem(&client, &code).error(), "400 invalid_dpop_proof");
    assert_eq!(op.poll(&client, &codes).error(), "400 invalid_dpop_proof");
    let itself = [("grant_type", "client_credentials")];
    assert_eq!(op.token(&client, &itself).error(), "400 invalid_dpop_proof");
    assert_eq!((traces(&op), op.count("client_access_tokens")), ([0; 3], 0));

    let tokens = op.redeem_with(&client, &code, &key.proof(&op)).ok().json();
    let refresh_token = text(&tokens, "refresh_token");
    assert_eq!(op.refresh(&client, &refresh_token).error(), "400 invalid_dpop_proof");
    let of_device = [("grant_type", GRANT_TYPE), ("device_code", &codes.device_code)];
    for fields in [
        &of_device[..],
        &itself,
        &[("grant_type", "refresh_token"), ("refresh_token", &refresh_token)],
    ] {
        let tokens = op.token_with(&client, fields, &key.proof(&op)).ok().json();
        assert_eq!(tokens["token_type"], "DPoP", "{fields:?}");
        let token = text(&tokens, "access_token");
        assert_eq!(claims(&token)["cnf"], json!({"jkt": key.jkt()}), "{fields:?}");
        assert_eq!(introspect(&op, &client, &token)["token_type"], "DPoP", "{fields:?}");
    }
}

/// An administrator who demands bound tokens does so because of one that was stolen.
#[test]
fn tokens_from_before_end_when_bound_ones_are_demanded() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let tokens = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    let token = text(&tokens, "access_token");
    op.userinfo(&token).ok();

    op.beside(&format!("client update {} --dpop", client.id)).expect_success();

    assert_eq!(op.userinfo(&token).status, 401);
    assert_eq!(introspect(&op, &client, &token), json!({"active": false}));
}

/// A refresh token that was of no use without the secret must not become good by itself.
#[test]
fn a_client_that_becomes_public_loses_its_grants() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let code = alice.code(&client, &[("scope", "openid offline_access")]);
    let tokens = op.redeem(&client, &code).ok().json();

    op.beside(&format!("client update {} --public", client.id)).expect_success();

    let (key, public) =
        (ProofKey::of(Algorithm::Es256), TestClient { secret: String::new(), ..client });
    let refused = refresh(&op, &public, &text(&tokens, "refresh_token"), &key.proof(&op));
    assert_eq!(refused.error(), "400 invalid_grant");
    assert_eq!(op.userinfo(&text(&tokens, "access_token")).status, 401);
}
