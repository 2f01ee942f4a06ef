//! RFC 8693 with tokens that are bound to a key (RFC 9449) or to a certificate (RFC 8705).

use serde_json::json;

use super::{ORDERS, STOCK, Shop, claims, fields, introspect, text};
use crate::support::{authority::new_client_certificate, dpop::ProofKey};

/// A bound token is worth nothing without its key, and so is not exchanged without it, nor for one
/// that works without any.
#[test]
fn a_bound_token_is_exchanged_with_a_proof_and_for_a_bound_one() {
    let strict = json!([{"subjectApi": ORDERS, "target": STOCK}]);
    let trusting = json!([{"subjectApi": ORDERS, "target": STOCK, "acceptsBoundTokens": true}]);
    for (exchanges, is_trusting) in [(strict, false), (trusting, true)] {
        let mut shop = Shop::with(exchanges, |_| {});
        let (key, own) = (ProofKey::new(), ProofKey::new());
        let code = shop.alice.code(&shop.web, &[("resource", ORDERS), ("scope", "openid read")]);
        let answer = shop.op.redeem_with(&shop.web, &code, &key.proof(&shop.op)).ok().json();
        let token = text(&answer, "access_token");
        let with = |key: &ProofKey| {
            let proof = key.proof(&shop.op);
            shop.op.token_with(&shop.orders, &fields(&token, &[]), &proof)
        };

        assert_eq!(shop.exchange(&token, &[]).error(), "400 invalid_request", "a bearer token");
        let by_holder = with(&key).ok().json();
        assert_eq!(by_holder["token_type"], "DPoP");
        let answer = with(&own);
        if is_trusting {
            let exchanged = text(&answer.ok().json(), "access_token");
            assert_eq!(claims(&exchanged)["cnf"], json!({"jkt": own.jkt()}));
            let described = introspect(&shop.op, &shop.orders, &exchanged);
            assert_eq!(described["token_type"], "DPoP");
        } else {
            assert_eq!(answer.error(), "400 invalid_request", "the key of somebody else");
        }
    }
}

/// The same with a certificate.
#[test]
fn a_token_bound_to_a_certificate_is_exchanged_with_that() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = new_client_certificate(folder.path(), None, "own", &[]);
    let other = new_client_certificate(folder.path(), None, "other", &[]);
    let rule = json!([{"subjectApi": ORDERS, "target": STOCK}]);
    let mut shop = Shop::with(rule, |client| client.requires_mtls = true);
    shop.op.execute(&format!("UPDATE clients SET requires_mtls = 1 WHERE id = '{}'", shop.web.id));
    let certified = |pem: &str| {
        let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        shop.op.agent().with_header("x-client-certificate", &format!(":{base64}:"))
    };
    let code = shop.alice.code(&shop.web, &[("resource", ORDERS), ("scope", "openid read")]);
    let redeem = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", &*shop.web.redirect_uri),
        ("client_id", &*shop.web.id),
        ("client_secret", &*shop.web.secret),
    ];
    let answer = certified(&own).post_form("/api/oidc/token", &redeem).ok().json();
    let token = text(&answer, "access_token");
    let mut all = fields(&token, &[]);
    all.extend([("client_id", &*shop.orders.id), ("client_secret", &*shop.orders.secret)]);

    let refused = certified(&other).post_form("/api/oidc/token", &all);
    assert_eq!(refused.error(), "400 invalid_request");
    let refused = shop.op.agent().post_form("/api/oidc/token", &all);
    assert_eq!(refused.error(), "400 invalid_request");
    let answer = certified(&own).post_form("/api/oidc/token", &all).ok().json();
    let cnf = &claims(&text(&answer, "access_token"))["cnf"];
    assert_eq!(*cnf, claims(&token)["cnf"]);
}
