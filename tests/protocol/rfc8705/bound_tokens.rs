//! Tokens that are bound to a certificate (RFC 8705 §3).

use pocketid::model::ClientType;
use serde_json::json;

use super::{
    Certificates, HEADER, PKCE, SETTINGS, claims, escaped, proxied, text, thumbprint, token,
    tokens, userinfo, with_certificate,
};
use crate::support::{dpop::ProofKey, flow::VERIFIER, op::TestOp};

/// §3, §3.1, §3.2.
#[test]
fn a_token_works_only_with_its_certificate() {
    let (op, certificates) = (TestOp::with_settings(&SETTINGS), Certificates::new());
    // Whoever issued it: the secret says who the client is.
    let (own, other) = (certificates.own("own"), certificates.own("other"));
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.requires_mtls = true;
    });
    let code = op.person("alice").code(&client, &PKCE);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("code_verifier", VERIFIER),
        ("client_secret", client.secret.as_str()),
    ];
    let refused = token(&mut op.agent(), &client, &fields);
    assert_eq!(refused.error(), "400 invalid_request", "it presents no certificate");

    let answer = token(&mut proxied(&op, &own), &client, &fields).ok().json();

    assert_eq!(answer["token_type"], "bearer");
    let access_token = text(&answer, "access_token");
    let cnf = json!({"x5t#S256": thumbprint(&own)});
    assert_eq!(claims(&access_token)["cnf"], cnf);
    let fields = [
        ("token", access_token.as_str()),
        ("client_id", &client.id),
        ("client_secret", &client.secret),
    ];
    let described = op.agent().post_form("/api/oidc/introspect", &fields).ok().json();
    assert_eq!(described["cnf"], cnf);
    assert_eq!(described["token_type"], "Bearer");
    userinfo(proxied(&op, &own), "Bearer", &access_token).ok();
    for (case, agent, scheme) in [
        ("none", op.agent(), "Bearer"),
        ("another one", proxied(&op, &other), "Bearer"),
        ("another scheme", proxied(&op, &own), "DPoP"),
    ] {
        let refused = userinfo(agent, scheme, &access_token);
        assert_eq!(refused.error(), "401 invalid_token", "{case}");
        assert!(refused.header("www-authenticate").contains("invalid_token"), "{case}");
    }
    // The endpoints that take no certificates with it take no bound token as proof.
    let own_token = op.agent().with_header("authorization", &format!("Bearer {access_token}"));
    let mut own_token = own_token.with_header(HEADER, &escaped(&own));
    let fields = [("token", "x")];
    let refused = own_token.post_form("/api/oidc/introspect", &fields);
    assert_eq!(refused.error(), "401 invalid_client");
}

/// §3.4: tokens from before the client had to present one are of no use any more.
#[test]
fn older_tokens_end_when_a_certificate_is_demanded() {
    let (op, certificates) = (TestOp::with_settings(&SETTINGS), Certificates::new());
    let own = certificates.own("own");
    let client = op.client();
    let code = op.person("alice").code(&client, &[]);
    let answer = op.redeem(&client, &code).ok().json();
    let access_token = text(&answer, "access_token");
    op.userinfo(&access_token).ok();

    op.execute("UPDATE clients SET requires_mtls = 1");

    assert_eq!(op.userinfo(&access_token).error(), "401 invalid_token");
    let refused = userinfo(proxied(&op, &own), "Bearer", &access_token);
    assert_eq!(refused.error(), "401 invalid_token");
    // A confidential client proves itself, and its refresh token leads to bound ones.
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", answer["refresh_token"].as_str().unwrap()),
        ("client_secret", client.secret.as_str()),
    ];
    let answer = token(&mut proxied(&op, &own), &client, &fields).ok().json();
    let cnf = &claims(&text(&answer, "access_token"))["cnf"];
    assert_eq!(*cnf, json!({"x5t#S256": thumbprint(&own)}));
}

/// §4: nothing but the certificate proves whose the refresh token of a public client is.
#[test]
fn a_refresh_token_of_a_public_client_works_only_with_its_certificate() {
    let (op, certificates) = (TestOp::with_settings(&SETTINGS), Certificates::new());
    let (own, other) = (certificates.own("own"), certificates.own("other"));
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.client_type = ClientType::Public;
        client.requires_mtls = true;
    });
    let answer = tokens(&op, &client, "alice", &own).ok().json();
    let refresh_token = text(&answer, "refresh_token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];

    let stolen = token(&mut proxied(&op, &other), &client, &fields);
    assert_eq!(stolen.error(), "400 invalid_grant");
    assert_eq!(token(&mut op.agent(), &client, &fields).error(), "400 invalid_request");
    // None of that used it up, or revoked anything.
    let answer = token(&mut proxied(&op, &own), &client, &fields).ok().json();
    let stolen = token(&mut proxied(&op, &other), &client, &fields);
    assert_eq!(stolen.error(), "400 invalid_grant");
    userinfo(proxied(&op, &own), "Bearer", &text(&answer, "access_token")).ok();
}

/// §6.3: a confidential client may get a new certificate; its tokens move to that.
#[test]
fn a_confidential_client_may_change_its_certificate() {
    let (op, certificates) = (TestOp::with_settings(&SETTINGS), Certificates::new());
    let names = ["-addext", "subjectAltName=DNS:app.example.com"];
    let old = certificates.issue("ca", "old", &names);
    let new = certificates.issue("ca", "new", &names);
    let client = with_certificate(&op, &certificates, |client| client.requires_mtls = true);
    let answer = tokens(&op, &client, "alice", &old).ok().json();
    let refresh_token = text(&answer, "refresh_token");

    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
    let answer = token(&mut proxied(&op, &new), &client, &fields).ok().json();

    let access_token = text(&answer, "access_token");
    userinfo(proxied(&op, &new), "Bearer", &access_token).ok();
    let refused = userinfo(proxied(&op, &old), "Bearer", &access_token);
    assert_eq!(refused.error(), "401 invalid_token");
}

/// A token that is bound to both works with both only.
#[test]
fn a_token_may_be_bound_to_a_key_and_a_certificate() {
    let (op, certificates) = (TestOp::with_settings(&SETTINGS), Certificates::new());
    let own = certificates.own("own");
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.requires_mtls = true;
    });
    let key = ProofKey::new();
    let code = op.person("alice").code(&client, &PKCE);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("code_verifier", VERIFIER),
        ("client_secret", client.secret.as_str()),
    ];
    let mut agent = proxied(&op, &own).with_header("dpop", &key.proof(&op));
    let answer = token(&mut agent, &client, &fields).ok().json();
    assert_eq!(answer["token_type"], "DPoP");
    let access_token = text(&answer, "access_token");
    let cnf = json!({"jkt": key.jkt(), "x5t#S256": thumbprint(&own)});
    assert_eq!(claims(&access_token)["cnf"], cnf);
    assert_eq!(key.userinfo(&op, &access_token).error(), "401 invalid_token");
    let claims = ProofKey::userinfo_claims(&op, &access_token);
    let proof = key.sign(&op, &json!({}), &claims);
    let agent = proxied(&op, &own).with_header("dpop", &proof);
    userinfo(agent, "DPoP", &access_token).ok();
    let refused = userinfo(proxied(&op, &own), "Bearer", &access_token);
    assert_eq!(refused.error(), "401 invalid_token");
}

#[test]
fn a_bound_token_is_of_no_use_after_its_certificate_has_expired() {
    let (op, certificates) = (TestOp::with_settings(&SETTINGS), Certificates::new());
    let own = certificates.own("own");
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.requires_mtls = true;
        client.access_token_seconds = 4 * 86_400;
    });
    let code = op.person("alice").code(&client, &PKCE);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("code_verifier", VERIFIER),
        ("client_secret", client.secret.as_str()),
    ];
    let answer = token(&mut proxied(&op, &own), &client, &fields).ok().json();
    let access_token = text(&answer, "access_token");
    userinfo(proxied(&op, &own), "Bearer", &access_token).ok();

    op.advance(3 * 86_400);

    let refused = userinfo(proxied(&op, &own), "Bearer", &access_token);
    assert_eq!(refused.error(), "401 invalid_token");
    let fields = [("grant_type", "client_credentials"), ("client_secret", &*client.secret)];
    let refused = token(&mut proxied(&op, &own), &client, &fields);
    assert_eq!(refused.error(), "400 invalid_request", "nor are new ones bound to it");
}

/// A token that is bound to a key is not bound to a certificate.
#[test]
fn tokens_bound_to_a_key_alone_end_when_a_certificate_is_demanded() {
    let (op, certificates) = (TestOp::with_settings(&SETTINGS), Certificates::new());
    let own = certificates.own("own");
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.client_type = ClientType::Public;
        client.requires_dpop = true;
    });
    let key = ProofKey::new();
    let code = op.person("alice").code(&client, &PKCE);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("code_verifier", VERIFIER),
    ];
    let mut agent = proxied(&op, &own).with_header("dpop", &key.proof(&op));
    let answer = token(&mut agent, &client, &fields).ok().json();
    let access_token = text(&answer, "access_token");
    key.userinfo(&op, &access_token).ok();

    op.execute("UPDATE clients SET requires_mtls = 1");

    assert_eq!(key.userinfo(&op, &access_token).error(), "401 invalid_token");
    // Its refresh token would bind the next ones to whichever certificate is shown.
    let refresh_token = text(&answer, "refresh_token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
    let mut agent = proxied(&op, &own).with_header("dpop", &key.proof(&op));
    assert_eq!(token(&mut agent, &client, &fields).error(), "400 invalid_grant");
}

#[test]
fn a_refresh_token_outlives_the_demand_for_certificates() {
    let (op, certificates) = (TestOp::with_settings(&SETTINGS), Certificates::new());
    let (own, other) = (certificates.own("own"), certificates.own("other"));
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.client_type = ClientType::Public;
        client.requires_mtls = true;
    });
    let answer = tokens(&op, &client, "alice", &own).ok().json();
    let refresh_token = text(&answer, "refresh_token");

    op.execute("UPDATE clients SET requires_mtls = 0");

    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
    for mut thief in [op.agent(), proxied(&op, &other)] {
        assert_eq!(token(&mut thief, &client, &fields).error(), "400 invalid_grant");
    }
    token(&mut proxied(&op, &own), &client, &fields).ok();
}
