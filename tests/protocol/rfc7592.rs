//! RFC 7592: a client reads, changes and deletes its own registration.

use hyper::Method;
use pocketid::crypto::{Algorithm, SigningKey};
use serde_json::{Value, json};

use super::{
    client_requests::assert_takes_no_consent,
    rfc7591::{approve, client_of, metadata, provider, redeem, register, token},
};
use crate::support::{agent::Answer, flow::CHALLENGE, op::TestOp};

const PKCE: [(&str, &str); 2] = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];

fn ask(op: &TestOp, method: Method, of: &Value, token: &str, body: Option<&Value>) -> Answer {
    let uri = of["registration_client_uri"].as_str().unwrap();
    let path = uri.strip_prefix(op.base_url()).unwrap();
    let mut agent = op.agent().with_header("authorization", &format!("Bearer {token}"));
    match body {
        Some(body) => agent.json(method, path, body),
        None => agent.send(method, path, None, "".into()),
    }
}

fn access_token(registered: &Value) -> &str {
    registered["registration_access_token"].as_str().unwrap()
}

/// The metadata of an update name the client.
fn update(registered: &Value, change: impl FnOnce(&mut Value)) -> Value {
    let mut body = metadata();
    body["client_id"] = registered["client_id"].clone();
    change(&mut body);
    body
}

/// §2.1 and §2.3.
#[test]
fn a_client_reads_and_deletes_its_registration() {
    let op = provider("token");
    let registered = register(&op, Some(&token(&op, "agents")), &metadata()).json();
    let own = access_token(&registered);
    let shown = ask(&op, Method::GET, &registered, own, None);
    assert_eq!((shown.status, shown.header("cache-control")), (200, "no-store"));
    let shown = shown.json();
    assert_eq!(shown["client_id"], registered["client_id"]);
    assert!(shown["registration_access_token"].is_null(), "only its digest is stored");
    let client = client_of(&registered);
    let mut alice = op.person("alice");
    let tokens = redeem(&op, &client, &alice.code(&client, &PKCE)).ok().json();
    assert_eq!(ask(&op, Method::DELETE, &registered, own, None).status, 204);
    assert_eq!((op.count("clients"), op.count("grants")), (0, 0));
    assert_eq!(op.userinfo(tokens["access_token"].as_str().unwrap()).status, 401);
    assert_eq!(ask(&op, Method::GET, &registered, own, None).error(), "401 invalid_token");
}

/// §2: a caller without a token learns nothing, and the token of one client is no good for another.
#[test]
fn only_its_own_token_opens_a_registration() {
    let op = provider("token");
    let secret = token(&op, "agents");
    let one = register(&op, Some(&secret), &metadata()).json();
    let other = register(&op, Some(&secret), &metadata()).json();
    for method in [Method::GET, Method::DELETE, Method::PUT] {
        for wrong in [access_token(&other), secret.as_str(), "x", "pocket_id_rat_"] {
            let body = (method == Method::PUT).then(|| update(&one, |_| {}));
            let refused = ask(&op, method.clone(), &one, wrong, body.as_ref());
            assert_eq!(refused.error(), "401 invalid_token", "{method} {wrong}");
            let challenge = refused.header("www-authenticate");
            assert_eq!(challenge, "Bearer error=\"invalid_token\"");
        }
    }
    assert_eq!(
        op.agent().get("/api/oidc/register/018f0000-0000-7000-8000-000000000000").status,
        401
    );
    assert_eq!(op.count("clients"), 2);
}

/// §2.2.
#[test]
fn an_update_replaces_all_of_it_and_names_the_client() {
    let op = provider("token");
    let registered = register(&op, Some(&token(&op, "agents")), &metadata()).json();
    let own = access_token(&registered);
    let put = |body: &Value| ask(&op, Method::PUT, &registered, own, Some(body));
    assert_eq!(put(&metadata()).error(), "400 invalid_request", "it names no client");
    let wrong = update(&registered, |body| body["client_id"] = json!("other"));
    assert_eq!(put(&wrong).error(), "400 invalid_request");
    let wrong = update(&registered, |body| body["client_secret"] = json!("wrong"));
    assert_eq!(put(&wrong).error(), "400 invalid_request");
    let hostile = update(&registered, |body| body["redirect_uris"] = json!(["data:,x"]));
    assert_eq!(put(&hostile).error(), "400 invalid_redirect_uri");
    let renamed = update(&registered, |body| body["client_name"] = json!("Pocket-ID"));
    assert_eq!(put(&renamed).error(), "400 invalid_client_metadata");

    let mut alice = op.person("alice");
    alice.code(&client_of(&registered), &PKCE);
    assert_eq!(op.count("consents"), 1);
    let with_secret = update(&registered, |body| {
        body["token_endpoint_auth_method"] = json!("client_secret_post");
        body["redirect_uris"] = json!(["http://127.0.0.1/other"]);
    });
    let changed = put(&with_secret).ok().json();
    assert!(changed["client_secret"].is_string(), "it has one from then on");
    assert_eq!(access_token(&changed), own, "the token stays");
    assert_eq!(op.count("consents"), 0, "they were given to other terms");
    let same = update(&registered, |body| {
        *body = with_secret.clone();
        body["client_secret"] = changed["client_secret"].clone();
    });
    assert!(put(&same).ok().json()["client_secret"].is_null(), "it is not stored");
    let client = client_of(&changed);
    redeem(&op, &client, &alice.code(&client, &PKCE)).ok();
    put(&update(&registered, |_| {})).ok();
    assert_eq!(op.count("client_secrets"), 0, "a public client has none");
}

/// An administrator approved the client as it was before the change.
#[test]
fn an_approved_client_that_changes_waits_again() {
    let op = provider("approval");
    let registered = register(&op, None, &metadata()).json();
    let (client, own) = (client_of(&registered), access_token(&registered));
    approve(&op, &client.id);
    let mut alice = op.person("alice");
    let tokens = redeem(&op, &client, &alice.code(&client, &PKCE)).ok().json();
    let same = update(&registered, |_| {});
    ask(&op, Method::PUT, &registered, own, Some(&same)).ok();
    alice.code(&client, &PKCE);
    let access = tokens["access_token"].as_str().unwrap();
    op.userinfo(access).ok();
    let mut bob = op.person("bob");
    let begun = bob.agent.get(&client.authorize_path(&PKCE)).location().to_owned();
    let other = update(&registered, |body| body["client_name"] = json!("Another"));
    ask(&op, Method::PUT, &registered, own, Some(&other)).ok();
    assert_eq!(op.userinfo(access).status, 401, "its access ends");
    assert_takes_no_consent(&op, &mut bob, &begun);
    assert_eq!(alice.agent.get(&client.authorize_path(&PKCE)).status, 403);
    let refresh = [
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        ("client_id", client.id.as_str()),
    ];
    assert_eq!(op.agent().post_form("/api/oidc/token", &refresh).error(), "401 invalid_client");
}

/// A token that is gone vouches for nothing, and neither does another one of its name.
#[test]
fn a_client_whose_token_is_not_good_any_more_waits_when_it_changes() {
    let op = provider("token");
    let registered = register(&op, Some(&token(&op, "agents")), &metadata()).json();
    let (client, own) = (client_of(&registered), access_token(&registered));
    let put = |uri: &str| {
        let body = update(&registered, |body| body["redirect_uris"] = json!([uri]));
        ask(&op, Method::PUT, &registered, own, Some(&body)).ok()
    };
    put("http://127.0.0.1/other");
    assert!(op.beside("client pending").ok().is_empty());
    op.beside("registration token delete agents --yes").expect_success();
    op.advance(60);
    let mut root = op.person("root");
    op.change_user(root.id, |user| user.is_admin = true);
    let again = root.agent.post("/api/oidc/registration-tokens", &json!({ "name": "agents" }));
    assert_eq!(again.status, 201);
    put("https://evil.example.com/cb");
    assert!(op.beside("client pending").ok().contains("https://evil.example.com/cb"));
    let mut alice = op.person("alice");
    assert_eq!(alice.agent.get(&client.authorize_path(&PKCE)).status, 403);
}

/// A client cannot undo the settings of an administrator.
#[test]
fn an_update_keeps_what_an_administrator_set() {
    let op = provider("token");
    let registered = register(&op, Some(&token(&op, "agents")), &metadata()).json();
    let own = access_token(&registered);
    let put = |algorithm: &str| {
        let body = update(&registered, |body| {
            body["id_token_signed_response_alg"] = json!(algorithm);
            body["require_pushed_authorization_requests"] = json!(false);
            body["dpop_bound_access_tokens"] = json!(false);
        });
        ask(&op, Method::PUT, &registered, own, Some(&body)).ok().json()
    };
    assert_eq!(put("ES256")["id_token_signed_response_alg"], "ES256", "its own choice");
    let id = registered["client_id"].as_str().unwrap();
    op.beside(&format!("client update {id} --require-par --dpop --id-token-alg EdDSA"))
        .expect_success();
    for algorithm in ["RS256", "ES256"] {
        let changed = put(algorithm);
        assert_eq!(changed["id_token_signed_response_alg"], "EdDSA");
        assert_eq!(changed["require_pushed_authorization_requests"], true);
        assert_eq!(changed["dpop_bound_access_tokens"], true);
    }
}

/// A refresh token that was of no use without the secret must not become good by itself.
#[test]
fn an_update_that_makes_a_client_public_ends_its_grants() {
    let op = provider("token");
    let mut with_secret = metadata();
    with_secret["token_endpoint_auth_method"] = json!("client_secret_post");
    let registered = register(&op, Some(&token(&op, "agents")), &with_secret).json();
    let (client, own) = (client_of(&registered), access_token(&registered));
    let code = op.person("alice").code(&client, &PKCE);
    let tokens = redeem(&op, &client, &code).ok().json();

    ask(&op, Method::PUT, &registered, own, Some(&update(&registered, |_| {}))).ok();

    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", client.id.as_str()),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    let refused = op.agent().post_form("/api/oidc/token", &fields);
    assert_eq!(refused.error(), "400 invalid_grant");
    assert_eq!(op.userinfo(tokens["access_token"].as_str().unwrap()).status, 401);
}

/// A public client cannot prove who it is, and an administrator said how this one does.
#[test]
fn an_update_makes_no_client_public_that_an_administrator_gave_an_issuer() {
    let op = provider("token");
    let mut with_secret = metadata();
    with_secret["token_endpoint_auth_method"] = json!("client_secret_post");
    let registered = register(&op, Some(&token(&op, "agents")), &with_secret).json();
    let own = access_token(&registered);
    let id = registered["client_id"].as_str().unwrap();
    let issuer = "issuer=https://git.example.com,subject=x";
    op.beside(&format!("client update {id} --federated {issuer}")).expect_success();

    let public = update(&registered, |_| {});
    let refused = ask(&op, Method::PUT, &registered, own, Some(&public));

    assert_eq!(refused.error(), "400 invalid_client_metadata");
    assert_eq!(op.count("client_secrets"), 1);
    with_secret["client_id"] = json!(id);
    ask(&op, Method::PUT, &registered, own, Some(&with_secret)).ok();
}

/// FAPI 2.0 §5.3.2.1: an administrator held the client to the profile, and it cannot leave it by itself.
#[test]
fn an_update_keeps_to_the_security_profile() {
    let op = provider("token");
    let pkcs8 = SigningKey::generate(Algorithm::Es256).unwrap();
    let key = SigningKey::from_pkcs8("own".to_owned(), Algorithm::Es256, &pkcs8).unwrap();
    let mut own_keys = metadata();
    own_keys["token_endpoint_auth_method"] = json!("private_key_jwt");
    own_keys["jwks"] = json!({ "keys": [key.public_jwk()] });
    own_keys["redirect_uris"] = json!(["https://app.example.com/cb"]);
    own_keys["id_token_signed_response_alg"] = json!("ES256");
    let registered = register(&op, Some(&token(&op, "agents")), &own_keys).ok().json();
    let own = access_token(&registered);
    let id = registered["client_id"].as_str().unwrap();
    op.beside(&format!("client update {id} --profile fapi2")).expect_success();
    for change in [
        json!({ "redirect_uris": ["com.example.app:/cb"], "application_type": "native" }),
        json!({ "token_endpoint_auth_method": "none", "jwks": null }),
    ] {
        let mut body = own_keys.clone();
        body["client_id"] = json!(id);
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let refused = ask(&op, Method::PUT, &registered, own, Some(&body));
        assert_eq!(refused.error(), "400 invalid_client_metadata", "{change}");
    }
}
