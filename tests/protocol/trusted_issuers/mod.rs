//! Identity assertions of other issuers: a client gets a token for the user that its trusted issuer names
//! (draft-ietf-oauth-identity-assertion-authz-grant-04).

mod subjects;
mod users;

use hyper::Method;
use pocketid::{
    crypto::jws,
    model::{Client, SubjectType, User},
};
use serde_json::{Value, json};

use crate::support::{
    agent::{Agent, Answer},
    dpop::ProofKey,
    issuer::Issuer,
    op::{TestClient, TestOp},
};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const TYPE: &str = "oauth-id-jag+jwt";
const NOTES: &str = "https://notes.example.com";
const REFUSED: &str = "400 invalid_grant";

/// A client for the staff, an API that it may use on their behalf, and an issuer that it trusts.
struct Office {
    op: TestOp,
    issuer: Issuer,
    client: TestClient,
    alice: User,
}

impl Office {
    fn open() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Client)) -> Self {
        Self::at(TestOp::start(), change)
    }

    fn at(op: TestOp, change: impl FnOnce(&mut Client)) -> Self {
        let issuer = Issuer::start();
        let trusted = json!([{"issuer": issuer.url}]);
        let client = op.client_with("https://app.example.com/callback", |client| {
            client.is_group_restricted = true;
            client.trusted_issuers = serde_json::from_value(trusted).unwrap();
            change(client);
        });
        let api = op.api(NOTES, &["read", "write", "secret"]);
        op.let_use(&client, api, SubjectType::User, &["read", "write"]);
        let alice = op.user("alice");
        op.change_user(alice.id, |user| user.email_verified = true);
        op.allow_group(&client, op.group("staff", &[alice.id]));
        Self { op, issuer, client, alice }
    }

    fn claims(&self, changes: &Value) -> Value {
        let now = self.op.now();
        let mut claims = json!({
            "iss": self.issuer.url, "sub": "00u1", "aud": self.op.base_url(), "jti": "1",
            "client_id": self.client.id, "iat": now.as_unix(), "exp": now.plus(300).as_unix(),
            "resource": NOTES, "scope": "read write", "auth_time": now.plus(-60).as_unix(),
            "email": "alice@example.com", "email_verified": true,
        });
        for (name, value) in changes.as_object().unwrap() {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            } else {
                claims[name] = value.clone();
            }
        }
        claims
    }

    fn assertion(&self, changes: &Value) -> String {
        jws::sign(&self.issuer.key, TYPE, &self.claims(changes))
    }

    fn send(&self, assertion: &str, more: &[(&str, &str)]) -> Answer {
        self.send_by(self.op.agent(), assertion, more)
    }

    fn send_by(&self, mut agent: Agent, assertion: &str, more: &[(&str, &str)]) -> Answer {
        let mut fields = vec![("grant_type", GRANT), ("assertion", assertion)];
        fields.extend(self.credentials());
        fields.extend(more);
        agent.post_form("/api/oidc/token", &fields)
    }

    fn credentials(&self) -> [(&str, &str); 2] {
        [("client_id", &self.client.id), ("client_secret", &self.client.secret)]
    }

    fn bring(&self, changes: &Value) -> Answer {
        self.send(&self.assertion(changes), &[])
    }

    fn token(&self) -> String {
        self.bring(&json!({})).ok().json()["access_token"].as_str().unwrap().to_owned()
    }

    fn is_active(&self, token: &str) -> bool {
        let [id, secret] = self.credentials();
        let fields = [id, secret, ("token", token)];
        self.op.agent().post_form("/api/oidc/introspect", &fields).ok().json()["active"] == true
    }

    fn rows(&self) -> (i64, i64) {
        (self.op.count("grants"), self.op.count("asserted_subjects"))
    }
}

#[test]
fn a_client_gets_a_token_for_the_user_that_its_issuer_names() {
    let office = Office::open();

    let tokens = office.bring(&json!({})).ok().json();

    assert_eq!((&tokens["scope"], &tokens["token_type"]), (&json!("read write"), &json!("bearer")));
    assert_eq!((&tokens["refresh_token"], &tokens["id_token"]), (&Value::Null, &Value::Null));
    let token = tokens["access_token"].as_str().unwrap();
    let claims: Value = jws::peek_claims(token).unwrap();
    assert_eq!(claims["sub"], office.alice.id.to_string());
    assert_eq!(
        (&claims["aud"][0], &claims["client_id"]),
        (&json!(NOTES), &json!(office.client.id))
    );
    assert!(office.is_active(token));
    // It says nothing of the user here, and opens nothing.
    assert_eq!(office.op.userinfo(token).status, 403);
    let events =
        office.op.texts("SELECT data FROM audit_events WHERE kind = 'CLIENT_AUTHORIZATION'");
    let data: Value = serde_json::from_str(&events[0]).unwrap();
    assert_eq!(data["grantType"], GRANT);
    assert_eq!(data["credential"], format!("{} 00u1", office.issuer.url));
    // Until it ends, its client may use it again.
    office.bring(&json!({})).ok();
    assert_eq!(office.rows(), (2, 1));
}

/// Section 4.4.1 of the draft, RFC 7523 §3.
#[test]
fn an_assertion_that_is_not_for_this_client_and_server_and_moment_is_refused() {
    let office = Office::open();
    let other = office.op.client();
    let now = office.op.now();
    for changes in [
        json!({"iss": "https://other.example.com"}),
        json!({"iss": format!("{}/", office.issuer.url)}),
        json!({"iss": office.op.base_url()}),
        json!({"sub": null}),
        json!({"sub": ""}),
        json!({"sub": "x".repeat(2_049)}),
        json!({"aud": "https://other.example.com"}),
        json!({"aud": format!("{}/api/oidc/token", office.op.base_url())}),
        json!({"aud": [office.op.base_url(), "https://other.example.com"]}),
        json!({"aud": null}),
        json!({"client_id": other.id}),
        json!({"client_id": null}),
        json!({"jti": null}),
        json!({"jti": ""}),
        json!({"iat": null}),
        json!({"iat": now.plus(60).as_unix()}),
        json!({"nbf": now.plus(60).as_unix()}),
        json!({"exp": now.plus(-60).as_unix()}),
        json!({"exp": now.plus(7_200).as_unix()}),
        json!({"exp": null}),
        json!({"cnf": {"jkt": "x"}}),
        json!({"cnf": {"x5t#S256": "x"}}),
        json!({"cnf": {}}),
        json!({"email": null}),
        json!({"email": "nobody@example.com"}),
        json!({"email": 1}),
        json!({"email_verified": false}),
        json!({"email_verified": null}),
        json!({"email_verified": "true"}),
        json!({"scope": ["read"]}),
    ] {
        assert_eq!(office.bring(&changes).error(), REFUSED, "{changes}");
    }
    assert_eq!(office.rows(), (0, 0));
    let long = office.assertion(&json!({"jti": "x".repeat(9_000)}));
    assert_eq!(office.send(&long, &[]).error(), REFUSED);
    office.bring(&json!({})).ok();
}

#[test]
fn only_the_keys_of_the_issuer_and_the_type_of_an_identity_assertion_count() {
    let office = Office::open();
    let stranger = Issuer::start();
    let claims = office.claims(&json!({}));
    for assertion in [
        jws::sign(&stranger.key, TYPE, &claims),
        jws::sign(&office.issuer.key, "JWT", &claims),
        jws::sign(&office.issuer.key, "at+jwt", &claims),
        jws::sign(&office.issuer.key, "id-jag+jwt", &claims),
        jws::sign(&office.issuer.key, "oauth-id-jag", &claims),
        office.assertion(&json!({})).rsplit_once('.').unwrap().0.to_owned() + ".",
    ] {
        assert_eq!(office.send(&assertion, &[]).error(), REFUSED, "{assertion}");
    }
    assert_eq!(office.rows(), (0, 0));
    let with_media_type = jws::sign(&office.issuer.key, "application/OAuth-ID-JAG+jwt", &claims);
    office.send(&with_media_type, &[]).ok();
}

#[test]
fn an_assertion_is_no_proof_of_a_client_or_a_service() {
    let office = Office::open();
    let assertion =
        office.assertion(&json!({"sub": office.client.id, "aud": office.op.base_url()}));
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", &assertion),
    ];
    assert_eq!(office.op.agent().post_form("/api/oidc/token", &fields).status, 401);
    // Nor does it name its client by itself.
    let fields = [("grant_type", GRANT), ("assertion", &assertion)];
    assert!(office.op.agent().post_form("/api/oidc/token", &fields).status >= 400);
    assert_eq!(office.rows(), (0, 0));
}

/// Section 4.4.2 of the draft, RFC 8707 §2.2.
#[test]
fn the_token_is_for_one_api_of_the_assertion_and_has_no_scope_beyond_it() {
    let office = Office::open();
    let api = office.op.api("https://other.example.com", &["read"]);
    let ask =
        |changes: Value, more: &[(&str, &str)]| office.send(&office.assertion(&changes), more);
    let scope = |answer: Answer| answer.ok().json()["scope"].clone();
    for (changes, more, expected) in [
        (json!({}), vec![("resource", NOTES)], "read write"),
        (json!({}), vec![("scope", "read")], "read"),
        (json!({"scope": "read unknown openid email"}), vec![], "read"),
        (json!({"scope": "read secret"}), vec![], "read"),
        (json!({"scope": null}), vec![("scope", "write openid")], "write"),
        (json!({"resource": null}), vec![("resource", NOTES)], "read write"),
        (
            json!({"resource": ["https://b.example.com", NOTES]}),
            vec![("resource", NOTES)],
            "read write",
        ),
        (json!({"resource": [NOTES]}), vec![], "read write"),
    ] {
        assert_eq!(scope(ask(changes.clone(), &more)), expected, "{changes}");
    }
    assert_eq!(scope(ask(json!({"scope": null}), &[])), Value::Null);
    for (changes, more, expected) in [
        (json!({"scope": "read"}), vec![("scope", "read write")], "400 invalid_scope"),
        (json!({"scope": "secret"}), vec![("scope", "secret")], "400 invalid_scope"),
        (json!({}), vec![("scope", "unknown")], "400 invalid_scope"),
        (json!({"resource": null}), vec![], "400 invalid_target"),
        (json!({"resource": []}), vec![], "400 invalid_target"),
        (json!({"resource": [NOTES, "https://b.example.com"]}), vec![], "400 invalid_target"),
        (json!({"resource": "notes"}), vec![], "400 invalid_target"),
        (json!({"resource": "https://unknown.example.com"}), vec![], "400 invalid_target"),
        (json!({}), vec![("resource", "https://other.example.com")], "400 invalid_target"),
        (json!({"resource": "https://other.example.com"}), vec![], "400 access_denied"),
    ] {
        assert_eq!(ask(changes.clone(), &more).error(), expected, "{changes} {more:?}");
    }
    office.op.let_use(&office.client, api, SubjectType::Client, &["read"]);
    let for_itself = ask(json!({"resource": "https://other.example.com"}), &[]);
    assert_eq!(for_itself.error(), "400 access_denied", "it may use it for itself only");
}

#[test]
fn the_rules_of_the_client_count() {
    let key = ProofKey::new();
    let office = Office::with(|client| {
        client.max_session_age_seconds = Some(600);
        client.requires_dpop = true;
    });
    assert_eq!(office.bring(&json!({})).error(), "400 invalid_dpop_proof");
    let bring = |changes: &Value| {
        let agent = office.op.agent().with_header("dpop", &key.proof(&office.op));
        office.send_by(agent, &office.assertion(changes), &[])
    };
    let tokens = bring(&json!({})).ok().json();
    assert_eq!(tokens["token_type"], "DPoP");
    // She signed in a minute ago, and may use it for ten.
    let seconds = tokens["expires_in"].as_i64().unwrap();
    assert!((480..=540).contains(&seconds), "{seconds}");
    let old = office.op.now().plus(-700).as_unix();
    assert_eq!(bring(&json!({"auth_time": old})).error(), REFUSED);
    assert_eq!(bring(&json!({"auth_time": null})).error(), REFUSED);
}

#[test]
fn many_tokens_for_one_user_do_not_keep_the_user_out() {
    let office = Office::at(TestOp::with_settings(&[("TRUST_PROXY", "127.0.0.1")]), |_| {});
    let op = &office.op;
    let mut bob = op.person("bob");
    op.change_user(bob.id, |user| user.email_verified = true);
    op.beside("group assign staff bob").expect_success();
    let assertion = office.assertion(&json!({"sub": "00u9", "email": "bob@example.com"}));
    let send = |number: usize| {
        let address = format!("10.0.{}.{}", number / 200, number % 200);
        office.send_by(op.agent().with_header("x-forwarded-for", &address), &assertion, &[])
    };
    let refused = (0..400).map(send).find(|answer| answer.status != 200).unwrap();
    assert_eq!(refused.error(), "429 temporarily_unavailable");
    office.bring(&json!({})).ok();
    bob.code(&op.client(), &[]);
}

/// The thief of a cookie must not keep a way in.
#[test]
fn an_issuer_is_trusted_with_a_passkey_and_no_longer_without() {
    let op = TestOp::start();
    let mut root = op.person("root");
    op.change_user(root.id, |user| user.is_admin = true);
    root.authenticator.sign_in(&mut root.agent).ok();
    op.advance(301);
    let body = |issuers: Value| {
        json!({
            "name": "Assistant", "callbackURLs": ["https://app.example.com/callback"],
            "isGroupRestricted": true, "trustedIssuers": issuers,
        })
    };
    let one = json!([{"issuer": "https://a.example.org"}]);
    let missing = "401 reauthentication_required";
    assert_eq!(root.agent.post("/api/oidc/clients", &body(one.clone())).error(), missing);
    let created = root.agent.post("/api/oidc/clients", &body(json!([]))).ok().json();
    let path = format!("/api/oidc/clients/{}", created["id"].as_str().unwrap());
    assert_eq!(root.agent.json(Method::PUT, &path, &body(one.clone())).error(), missing);
    root.authenticator.reauthenticate(&mut root.agent);
    root.agent.json(Method::PUT, &path, &body(one.clone())).ok();
    root.agent.json(Method::PUT, &path, &body(one.clone())).ok();
    let document = json!({"clients": [{"id": created["id"], "trustedIssuers": one}]});
    let path_of_all = "/api/configuration";
    root.agent.json(Method::PUT, path_of_all, &document).ok();
    let other_keys = json!([{"issuer": "https://a.example.org", "jwks": "https://b.example.org"}]);
    let document = json!({"clients": [{"id": created["id"], "trustedIssuers": other_keys}]});
    assert_eq!(root.agent.json(Method::PUT, path_of_all, &document).error(), missing);
    assert_eq!(root.agent.json(Method::PUT, &path, &body(other_keys)).error(), missing);
    root.agent.json(Method::PUT, &path, &body(json!([]))).ok();
}

#[test]
fn the_metadata_names_the_profile_of_the_grant() {
    let op = TestOp::start();
    let metadata = op.agent().get("/.well-known/oauth-authorization-server").ok().json();
    let profile = "urn:ietf:params:oauth:grant-profile:id-jag";
    assert_eq!(metadata["authorization_grant_profiles_supported"], json!([profile]));
}
