//! `/api/services`

use hyper::Method;
use pocketid::crypto::{Algorithm, JwkSet};
use serde_json::{Value, json};

use super::{administrator, key};
use crate::support::op::TestOp;

#[test]
fn a_service_is_created_listed_shown_and_changed() {
    let op = TestOp::start();
    let (mut ada, client) = (administrator(&op), op.client());
    let group = op.group("deployers", &[]);
    let jwks = json!(JwkSet { keys: vec![key("own", Algorithm::Es256).public_jwk()] });
    let issuer = json!({
        "issuer": "https://git.example.com", "subject": "repo:acme/web", "audience": "",
        "replayProtection": true,
    });
    let body = json!({
        "username": "ci-deploy", "displayName": "Deployments", "userGroupIds": [group],
        "jwks": jwks, "federatedIdentities": [issuer], "clientIds": [client.id],
    });
    let created = ada.post("/api/services", &body);
    assert_eq!(created.status, 201, "{}", created.text());
    let created = created.json();
    assert_eq!((&created["userType"], &created["isAdmin"]), (&json!("service"), &json!(false)));
    assert_eq!(created["userGroups"][0]["name"], "deployers");
    assert_eq!(created["jwks"], jwks);
    assert_eq!(created["federatedIdentities"][0]["replayProtection"], true);
    assert_eq!(created["clientIds"], json!([client.id]));

    let path = format!("/api/services/{}", created["id"].as_str().unwrap());
    assert_eq!(ada.get(&path).ok().json(), created);
    assert_eq!(ada.get("/api/services?search=deploym").ok().json()["data"], json!([created]));
    assert_eq!(ada.get("/api/services?search=other").ok().json()["data"], json!([]));
    let of_type = |agent: &mut crate::support::agent::Agent, name: &str| {
        let answer = agent.get(&format!("/api/users?filters[userType]={name}")).ok().json();
        let names = answer["data"].as_array().unwrap().iter();
        names.map(|user| user["username"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(of_type(&mut ada, "service"), ["ci-deploy"]);
    assert_eq!(of_type(&mut ada, "person"), ["ada"]);

    op.beside("user claims ci-deploy tier=gold").expect_success();
    op.beside("group assign deployers ci-deploy --until 8h").expect_success();
    let shown = ada.get(&path).ok().json();
    assert_eq!(shown["customClaims"][0]["value"], "gold");
    assert!(shown["userGroups"][0]["membershipExpiresAt"].is_string(), "{shown}");
    let changed = ada.json(Method::PUT, &path, &json!({"jwks": {"keys": []}})).ok().json();
    assert_eq!((&changed["jwks"], &changed["clientIds"]), (&Value::Null, &created["clientIds"]));
    let body = json!({"federatedIdentities": [], "clientIds": []});
    let changed = ada.json(Method::PUT, &path, &body).ok().json();
    let rest = (&changed["federatedIdentities"], &changed["clientIds"]);
    assert_eq!(rest, (&json!([]), &json!([])));
    let kinds = op.audit_kinds();
    assert_eq!(&kinds[kinds.len() - 2..], ["ACCOUNT_CHANGED", "ACCOUNT_CHANGED"]);
    let user = format!("/api/users/{}", created["id"].as_str().unwrap());
    assert_eq!(ada.send(Method::DELETE, &user, None, Vec::new().into()).status, 204);
    assert_eq!((op.count("services"), op.count("users")), (0, 1));
}

#[test]
fn a_service_with_faults_is_refused_and_nothing_is_stored() {
    let op = TestOp::start();
    let (mut ada, client) = (administrator(&op), op.client());
    op.beside_args(&[
        "service",
        "create",
        "taken",
        "--federated",
        "issuer=https://git.example.com,subject=a",
    ])
    .expect_success();
    let private = json!({"keys": [{"kty": "EC", "crv": "P-256", "x": "a", "y": "b", "d": "c"}]});
    let issuer = |subject: &str| json!({"issuer": "https://git.example.com", "subject": subject});
    let many = |count: usize| (0..count).map(|n| issuer(&n.to_string())).collect::<Vec<_>>();
    for (change, told) in [
        (json!({"username": ""}), "400 validation_failed"),
        (json!({"username": ".x"}), "400 validation_failed"),
        (json!({"username": "ada"}), "409 already_in_use"),
        (json!({"username": 1}), "400 invalid_request_body"),
        (json!({"displayName": "x".repeat(101)}), "400 validation_failed"),
        (json!({"jwks": private}), "400 validation_failed"),
        (json!({"jwks": {"keys": [{"kty": "oct", "k": "x"}]}}), "400 validation_failed"),
        (json!({"jwks": {"keys": [1]}}), "400 validation_failed"),
        (json!({"jwks": {"keys": 1}}), "400 validation_failed"),
        (json!({"jwks": {}}), "400 validation_failed"),
        (json!({"jwks": [private]}), "400 validation_failed"),
        (json!({"federatedIdentities": [issuer("")]}), "400 validation_failed"),
        (json!({"federatedIdentities": [issuer("b"), issuer("b")]}), "400 validation_failed"),
        (
            json!({"federatedIdentities": [{"issuer": "x", "subject": "x"}]}),
            "400 validation_failed",
        ),
        (json!({"federatedIdentities": [{"subject": "x"}]}), "400 validation_failed"),
        (json!({"federatedIdentities": [issuer(&"x".repeat(3_000))]}), "400 validation_failed"),
        (json!({"federatedIdentities": many(21)}), "400 validation_failed"),
        (json!({"federatedIdentities": [issuer("a")]}), "409 already_in_use"),
        (
            json!({"federatedIdentities": [{"issuer": op.base_url(), "subject": "x"}]}),
            "400 validation_failed",
        ),
        (
            json!({"federatedIdentities": [{"issuer": "http://a.example", "subject": "x"}]}),
            "400 validation_failed",
        ),
        (json!({"clientIds": ["unknown"]}), "400 validation_failed"),
        (json!({"clientIds": [""]}), "400 validation_failed"),
        (json!({"clientIds": vec![client.id.clone(); 101]}), "201"),
    ] {
        let mut body = json!({"username": "ci-deploy"});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let answer = ada.post("/api/services", &body);
        if told == "201" {
            assert_eq!(answer.status, 201, "the same client many times is one: {}", answer.text());
            continue;
        }
        assert_eq!(answer.error(), told, "{change}");
        assert_eq!((op.count("services"), op.count("users")), (1, 2), "{change}");
    }
}

#[test]
fn only_administrators_see_and_change_services() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    op.beside("service create ci-deploy").expect_success();
    let id = op.texts("SELECT username FROM users WHERE user_type = 'service'");
    assert_eq!(id, ["ci-deploy"]);
    let path = format!("/api/services/{}", op.new_id());
    for (method, path) in [
        (Method::GET, "/api/services"),
        (Method::POST, "/api/services"),
        (Method::GET, path.as_str()),
        (Method::PUT, path.as_str()),
    ] {
        let body = json!({"username": "x"});
        assert_eq!(op.agent().json(method.clone(), path, &body).status, 401, "{method} {path}");
        assert_eq!(alice.agent.json(method.clone(), path, &body).status, 403, "{method} {path}");
    }
    let mut ada = administrator(&op);
    assert_eq!(ada.get(&path).status, 404);
    assert_eq!(ada.get("/api/services/nonsense").status, 404);
    let person = format!("/api/services/{}", alice.id);
    assert_eq!(ada.get(&person).status, 404);
    assert_eq!(ada.json(Method::PUT, &person, &json!({"clientIds": []})).status, 404);
}

/// The thief of a cookie must not keep a way in.
#[test]
fn credentials_are_added_with_a_passkey_and_removed_without() {
    let op = TestOp::start();
    let mut root = op.person("root");
    op.change_user(root.id, |user| user.is_admin = true);
    root.authenticator.sign_in(&mut root.agent).ok();
    let client = op.client();
    let jwks = json!(JwkSet { keys: vec![key("own", Algorithm::Es256).public_jwk()] });
    let body = json!({"username": "ci-deploy", "jwks": jwks});
    let created = root.agent.post("/api/services", &body);
    assert_eq!(created.status, 201, "{}", created.text());
    let path = format!("/api/services/{}", created.json()["id"].as_str().unwrap());
    op.advance(301);

    let other = json!(JwkSet { keys: vec![key("new", Algorithm::Es256).public_jwk()] });
    let issuer = json!({"issuer": "https://git.example.com", "subject": "x"});
    for change in [
        json!({"jwks": other}),
        json!({"clientIds": [client.id]}),
        json!({"federatedIdentities": [issuer]}),
    ] {
        let refused = root.agent.json(Method::PUT, &path, &change);
        assert_eq!(refused.error(), "401 reauthentication_required", "{change}");
    }
    let body = json!({"username": "another", "jwks": jwks});
    assert_eq!(root.agent.post("/api/services", &body).error(), "401 reauthentication_required");
    // The same by the document of the whole installation.
    for document in [
        json!({"users": [{"username": "ci-deploy", "userType": "service", "jwks": other}]}),
        json!({"users": [{
            "username": "ci-deploy", "userType": "service", "jwks": jwks,
            "federatedIdentities": [issuer],
        }]}),
        json!({"users": [{"username": "another", "userType": "service", "jwks": jwks}]}),
        json!({"clients": [{"id": client.id, "services": ["ci-deploy"]}]}),
    ] {
        let refused = root.agent.json(Method::PUT, "/api/configuration", &document);
        assert_eq!(refused.error(), "401 reauthentication_required", "{document}");
    }
    root.agent.json(Method::PUT, &path, &json!({"jwks": jwks})).ok();
    root.agent.json(Method::PUT, &path, &json!({"jwks": {"keys": []}})).ok();
    root.authenticator.reauthenticate(&mut root.agent);
    root.agent.json(Method::PUT, &path, &json!({"jwks": other})).ok();
}

/// It may have been disabled because somebody else has its key.
#[test]
fn a_service_with_credentials_is_enabled_with_a_passkey_and_disabled_without() {
    let op = TestOp::start();
    let mut root = op.person("root");
    op.change_user(root.id, |user| user.is_admin = true);
    root.authenticator.sign_in(&mut root.agent).ok();
    let jwks = json!(JwkSet { keys: vec![key("own", Algorithm::Es256).public_jwk()] });
    let body = json!({"username": "ci-deploy", "jwks": jwks});
    let created = root.agent.post("/api/services", &body).json();
    let path = format!("/api/users/{}", created["id"].as_str().unwrap());
    root.agent.post("/api/services", &json!({"username": "bare"})).json();
    op.advance(301);

    let account = |name: &str, disabled: bool| json!({"username": name, "disabled": disabled});
    root.agent.json(Method::PUT, &path, &account("ci-deploy", true)).ok();
    // Another name at the same time does not hide it.
    for body in [account("ci-deploy", false), account("ci-again", false)] {
        let refused = root.agent.json(Method::PUT, &path, &body);
        assert_eq!(refused.error(), "401 reauthentication_required", "{body}");
    }
    let document = |name: &str, disabled: bool| json!({"users": [{"username": name, "userType": "service", "disabled": disabled}]});
    let refused = root.agent.json(Method::PUT, "/api/configuration", &document("ci-deploy", false));
    assert_eq!(refused.error(), "401 reauthentication_required");
    assert_eq!(op.texts("SELECT username FROM users WHERE disabled = 1"), ["ci-deploy"]);
    // A service without credentials gets no token.
    for disabled in [true, false] {
        let changed =
            root.agent.json(Method::PUT, "/api/configuration", &document("bare", disabled));
        assert_eq!(changed.status, 200, "{}", changed.text());
    }

    root.authenticator.reauthenticate(&mut root.agent);
    root.agent.json(Method::PUT, &path, &account("ci-deploy", false)).ok();
    assert!(op.texts("SELECT username FROM users WHERE disabled = 1").is_empty());
}
