//! Identity assertions of other issuers: a client gets a token for the user that its trusted issuer names
//! (draft-ietf-oauth-identity-assertion-authz-grant-04).

use hyper::Method;
use pocketid::{
    crypto::jws,
    model::{Client, SubjectType, User},
};
use serde_json::{Value, json};

use crate::support::{
    agent::Answer,
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
        let mut fields = vec![("grant_type", GRANT), ("assertion", assertion)];
        fields.extend(more);
        self.op.token(&self.client, &fields)
    }

    fn bring(&self, changes: &Value) -> Answer {
        self.send(&self.assertion(changes), &[])
    }

    fn token(&self) -> String {
        self.bring(&json!({})).ok().json()["access_token"].as_str().unwrap().to_owned()
    }

    fn is_active(&self, token: &str) -> bool {
        let client = [("client_id", &*self.client.id), ("client_secret", &*self.client.secret)];
        let fields = [client[0], client[1], ("token", token)];
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

#[test]
fn a_subject_stands_for_the_user_that_it_came_with_first() {
    let office = Office::open();
    let op = &office.op;
    let bob = op.user("bob");
    op.change_user(bob.id, |user| user.email_verified = true);
    op.beside("group assign staff bob").expect_success();
    let subject = |answer: Answer| -> Value {
        let token = answer.ok().json()["access_token"].as_str().unwrap().to_owned();
        jws::peek_claims::<Value>(&token).unwrap()["sub"].clone()
    };
    office.bring(&json!({})).ok();

    // The address got another owner there: that one is not alice.
    assert_eq!(office.bring(&json!({"sub": "00u2"})).error(), REFUSED);
    // Alice has another address there, even that of another user here: she stays alice.
    let moved = office.bring(&json!({"email": "bob@example.com"}));
    assert_eq!(subject(moved), office.alice.id.to_string());
    let without = office.bring(&json!({"email": null, "email_verified": null}));
    assert_eq!(subject(without), office.alice.id.to_string());
    // And bob is another one.
    let answer = office.bring(&json!({"sub": "00u3", "email": "BOB@example.com"}));
    assert_eq!(subject(answer), bob.id.to_string());
    assert_eq!(op.count("asserted_subjects"), 2);
}

#[test]
fn users_who_may_not_use_the_client_get_no_token() {
    let office = Office::open();
    let op = &office.op;
    let change = |change: fn(&mut User)| op.change_user(office.alice.id, change);
    change(|user| user.email_verified = false);
    assert_eq!(office.bring(&json!({})).error(), REFUSED, "her address here is not verified");
    change(|user| user.email_verified = true);
    change(|user| user.disabled = true);
    assert_eq!(office.bring(&json!({})).error(), REFUSED, "she is disabled");
    change(|user| user.disabled = false);
    op.beside("group unassign staff alice").expect_success();
    assert_eq!(office.bring(&json!({})).error(), REFUSED, "she is not of the staff");
    assert_eq!(office.rows(), (0, 0));
    op.beside("group assign staff alice --until 1h").expect_success();
    office.bring(&json!({})).ok();
    op.advance(3_700);
    assert_eq!(office.bring(&json!({})).error(), REFUSED, "she was of the staff");
}

#[test]
fn tokens_end_with_the_user_the_group_and_the_trust() {
    let token_of = |office: &Office| {
        let token = office.token();
        assert!(office.is_active(&token));
        token
    };
    let lines = [
        "user disable alice",
        "group unassign staff alice",
        "client trusted-issuer remove CLIENT --issuer ISSUER",
        "client trusted-issuer add CLIENT --issuer ISSUER --jwks https://other.example.com/keys",
        "session revoke --all alice",
    ];
    let office = Office::open();
    for line in lines {
        let _ = office.op.beside("user enable alice");
        let _ = office.op.beside("group assign staff alice");
        let again = "client trusted-issuer add CLIENT --issuer ISSUER";
        let fill = |line: &str| {
            line.replace("CLIENT", &office.client.id).replace("ISSUER", &office.issuer.url)
        };
        office.op.beside(&fill(again)).expect_success();
        let token = token_of(&office);
        office.op.beside(&fill(line)).expect_success();
        assert!(!office.is_active(&token), "{line}");
    }
}

#[test]
fn the_last_client_that_trusts_an_issuer_takes_its_users_along() {
    let office = Office::open();
    let (op, issuer) = (&office.op, &office.issuer.url);
    let trust = |verb: &str, client: &str| {
        let args = ["client", "trusted-issuer", verb, client, "--issuer", issuer];
        op.beside_args(&args).expect_success();
    };
    let other = op.client_with("https://other.example.com/callback", |client| {
        client.is_group_restricted = true;
    });
    trust("add", &other.id);
    office.bring(&json!({})).ok();
    trust("remove", &office.client.id);
    assert_eq!(op.count("asserted_subjects"), 1);
    assert_eq!(office.bring(&json!({})).error(), REFUSED);
    op.beside(&format!("client delete {} --yes", other.id)).expect_success();
    assert_eq!(op.count("asserted_subjects"), 0);
    // The next owner of the address begins anew.
    trust("add", &office.client.id);
    office.bring(&json!({"sub": "00u2"})).ok();
}

#[test]
fn a_new_address_here_and_a_disabled_account_begin_anew() {
    let office = Office::open();
    let op = &office.op;
    let mallory = json!({"sub": "mallory", "email": "mallory@example.com"});
    // Another address for a moment opens no lasting way in.
    op.beside("user update alice --email mallory@example.com").expect_success();
    op.change_user(office.alice.id, |user| user.email_verified = true);
    let token = office.bring(&mallory).ok().json();
    op.beside("user update alice --email alice@example.com").expect_success();
    op.change_user(office.alice.id, |user| user.email_verified = true);
    assert!(!office.is_active(token["access_token"].as_str().unwrap()));
    assert_eq!(office.bring(&mallory).error(), REFUSED);
    office.bring(&json!({})).ok();
    op.beside("user disable alice").expect_success();
    op.beside("user enable alice").expect_success();
    office.bring(&json!({"sub": "00u2"})).ok();
}

#[test]
fn an_issuer_with_other_keys_is_another_issuer() {
    let office = Office::open();
    let (op, test) = (&office.op, Issuer::start());
    let bob = op.user("bob");
    op.change_user(bob.id, |user| user.email_verified = true);
    op.beside("group assign staff bob").expect_success();
    // Another client trusts keys of a test in the name of the issuer. They say that the subject of bob is alice.
    let issuers = json!([{"issuer": office.issuer.url, "jwks": format!("{}/keys", test.url)}]);
    let other = op.client_with("https://other.example.com/callback", |client| {
        client.is_group_restricted = true;
        client.trusted_issuers = serde_json::from_value(issuers).unwrap();
    });
    op.beside(&format!("client update {} --group staff", other.id)).expect_success();
    op.beside(&format!("api grant {NOTES} {} --permission read", other.id)).expect_success();
    let forged = office.claims(&json!({"sub": "bob", "client_id": other.id, "scope": "read"}));
    let assertion = jws::sign(&test.key, TYPE, &forged);
    op.token(&other, &[("grant_type", GRANT), ("assertion", &assertion)]).ok();

    let honest = office.bring(&json!({"sub": "bob", "email": "bob@example.com"})).ok().json();

    let claims: Value = jws::peek_claims(honest["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(claims["sub"], bob.id.to_string());
}

/// A client must not learn which users have an account here.
#[test]
fn who_is_in_no_group_of_the_client_is_as_unknown_as_nobody() {
    let office = Office::open();
    let eve = office.op.user("eve");
    office.op.change_user(eve.id, |user| user.email_verified = true);
    for email in ["eve@example.com", "nobody@example.com"] {
        let changes = json!({"sub": "e", "email": email, "resource": "https://no.example.com"});
        assert_eq!(office.bring(&changes).error(), REFUSED, "{email}");
    }
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
        let client = [("client_id", &*office.client.id), ("client_secret", &*office.client.secret)];
        let assertion = office.assertion(changes);
        let fields = [client[0], client[1], ("grant_type", GRANT), ("assertion", &assertion)];
        agent.clone().post_form("/api/oidc/token", &fields)
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
fn services_are_not_named_by_issuers_of_people() {
    let office = Office::open();
    let service = office.op.beside("service create robot --group staff");
    service.expect_success();
    office.op.execute(
        "UPDATE users SET email = 'robot@example.com', email_folded = 'robot@example.com',
                          email_verified = 1
          WHERE username = 'robot'",
    );
    let answer = office.bring(&json!({"sub": "r", "email": "robot@example.com"}));
    assert_eq!(answer.error(), REFUSED);
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
        let mut agent = op.agent().with_header("x-forwarded-for", &address);
        let client = [("client_id", &*office.client.id), ("client_secret", &*office.client.secret)];
        let fields = [client[0], client[1], ("grant_type", GRANT), ("assertion", &assertion)];
        agent.post_form("/api/oidc/token", &fields)
    };
    let refused = (0..400).map(send).find(|answer| answer.status != 200).unwrap();
    assert_eq!(refused.error(), "429 temporarily_unavailable");
    office.bring(&json!({})).ok();
    bob.code(&op.client(), &[]);
}

#[test]
fn one_subject_for_the_first_time_eight_times_at_once_is_one_user() {
    let office = Office::open();
    let assertion = office.assertion(&json!({}));
    let won = super::token_endpoint::at_once(|| office.send(&assertion, &[]).status == 200);
    assert_eq!((won, office.op.count("asserted_subjects")), (8, 1));
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
