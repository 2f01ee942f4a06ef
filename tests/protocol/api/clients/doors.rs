//! A rule about clients holds behind every door: the terminal, the REST API and a configuration file.

use serde_json::{Value, json};

use super::{administrator, put};
use crate::support::{
    agent::{Agent, Answer},
    authority::{new_authority, new_client_certificate},
    cli::{Cli, Ran},
    op::TestOp,
};

pub(super) struct Doors {
    pub(super) op: TestOp,
    pub(super) root: Agent,
    pub(super) cli: Cli,
}

impl Doors {
    pub(super) fn open() -> Self {
        let op = TestOp::start();
        let (root, cli) = (administrator(&op), op.cli().with("APP_URL", op.base_url()));
        Self { op, root, cli }
    }

    pub(super) fn terminal(&self, line: &str) -> Ran {
        self.cli.run(line)
    }

    pub(super) fn file(&self, client: &Value) -> Ran {
        self.cli.write("clients.yaml", json!({ "clients": [client] }).to_string());
        self.cli.run("apply --yes -f clients.yaml")
    }

    pub(super) fn api(&mut self, path: &str, body: &Value) -> Answer {
        put(&mut self.root, &format!("/api/oidc/clients/{path}"), body)
    }

    pub(super) fn client(&mut self, id: &str) -> Value {
        self.root.get(&format!("/api/oidc/clients/{id}")).ok().json()
    }

    /// What the newest entries of the audit log say was done with a client.
    pub(super) fn entries(&self, id: &str) -> Vec<String> {
        self.op.texts(&format!(
            "SELECT kind FROM audit_events WHERE object_id = '{id}' ORDER BY created_at, id"
        ))
    }
}

/// RFC 6749 §2.1, RFC 9700 §2.1.1.
#[test]
fn a_client_that_becomes_public_loses_its_secrets_and_uses_pkce() {
    let mut doors = Doors::open();
    for id in ["terminal", "api", "file"] {
        let line = format!("client create {id} --id {id} --callback https://a.example.com/cb");
        doors.terminal(&line).expect_success();
    }

    doors.terminal("client update terminal --public").expect_success();
    let body =
        json!({"name": "api", "isPublic": true, "callbackURLs": ["https://a.example.com/cb"]});
    doors.api("api", &body).ok();
    doors.file(&json!({"id": "file", "isPublic": true})).expect_success();

    for id in ["terminal", "api", "file"] {
        let client = doors.client(id);
        assert_eq!(
            (&client["isPublic"], &client["pkceEnabled"]),
            (&json!(true), &json!(true)),
            "{id}"
        );
        assert_eq!(client["credentials"], json!({"secrets": []}), "{id}");
        assert_eq!(doors.entries(id), ["CLIENT_CREATED", "CLIENT_CHANGED"], "{id}");
    }
}

#[test]
fn a_public_client_has_nothing_to_prove_itself_with() {
    let mut doors = Doors::open();
    let line = "client create Keys --id keys --callback https://a.example.com/cb --federated \
                issuer=https://idp.example.com";
    doors.terminal(line).expect_success();
    let before = doors.client("keys");

    assert_ne!(doors.terminal("client update keys --public").code, Some(0));
    let identity = json!({"issuer": "https://idp.example.com"});
    let body = json!({"name": "Keys", "isPublic": true, "credentials": {"federatedIdentities": [identity]}});
    assert_eq!(doors.api("keys", &body).error(), "400 validation_failed");
    assert_ne!(doors.file(&json!({"id": "keys", "isPublic": true})).code, Some(0));

    assert_eq!(doors.client("keys"), before);
    assert_eq!(doors.entries("keys"), ["CLIENT_CREATED"]);
}

#[test]
fn claims_of_a_client_have_an_entry_of_their_own_in_the_audit_log() {
    let mut doors = Doors::open();
    for id in ["terminal", "api", "file"] {
        let line = format!("client create {id} --id {id} --callback https://a.example.com/cb");
        doors.terminal(&line).expect_success();
    }
    let claims = json!([{"name": "tenant", "value": "acme"}]);

    doors.terminal("client claims terminal tenant=acme").expect_success();
    doors.api("api/claims", &claims).ok();
    doors.file(&json!({"id": "file", "claims": claims})).expect_success();

    for id in ["terminal", "api", "file"] {
        assert_eq!(doors.client(id)["claims"], claims, "{id}");
        assert_eq!(doors.entries(id), ["CLIENT_CREATED", "CLIENT_CLAIMS_CHANGED"], "{id}");
    }
}

#[test]
fn what_is_the_same_is_no_change() {
    let mut doors = Doors::open();
    let line = "client create Web --id web --callback https://a.example.com/cb";
    doors.terminal(line).expect_success();

    doors.terminal("client update web --name Web").expect_success();
    let body = json!({"name": "Web", "callbackURLs": ["https://a.example.com/cb"]});
    doors.api("web", &body).ok();
    doors.file(&json!({"id": "web", "name": "Web"})).expect_success();

    assert_eq!(doors.entries("web"), ["CLIENT_CREATED"]);
}

/// Also that a client gets an algorithm of its profile, and that other doors leave the profile alone.
#[test]
fn a_client_is_held_to_a_profile_and_to_bound_tokens() {
    let mut doors = Doors::open();
    for id in ["terminal", "api", "file"] {
        let line = format!("client create {id} --id {id} --callback https://a.example.com/cb");
        doors.terminal(&line).expect_success();
    }
    let callbacks = json!(["https://a.example.com/cb"]);
    let body = json!({
        "name": "api", "callbackURLs": callbacks, "securityProfile": "fapi2",
        "dpopBoundAccessTokens": true, "tlsClientCertificateBoundAccessTokens": true,
    });

    doors.terminal("client update terminal --profile fapi2 --dpop --mtls").expect_success();
    doors.api("api", &body).ok();
    let entry = json!({
        "id": "file", "securityProfile": "fapi2", "dpopBoundAccessTokens": true,
        "tlsClientCertificateBoundAccessTokens": true,
    });
    doors.file(&entry).expect_success();
    // A program of Pocket ID does not know these fields.
    doors.api("api", &json!({"name": "api", "callbackURLs": callbacks})).ok();

    for id in ["terminal", "api", "file"] {
        let client = doors.client(id);
        let told = ["securityProfile", "dpopBoundAccessTokens", "idTokenSignedResponseAlg"];
        let told = told.map(|name| &client[name]);
        assert_eq!(told, [&json!("fapi2"), &json!(true), &json!("ES256")], "{id}");
        assert_eq!(client["tlsClientCertificateBoundAccessTokens"], true, "{id}");
        assert_eq!(client["pkceEnabled"], true, "{id}");
    }
    let wide = json!({"id": "file", "callbackURLs": ["https://*/cb"]});
    assert_eq!(doors.file(&wide).code, Some(1));

    doors.file(&json!({"id": "file", "securityProfile": null})).expect_success();
    let body = json!({"name": "api", "callbackURLs": callbacks, "securityProfile": ""});
    doors.api("api", &body).ok();
    for id in ["api", "file"] {
        assert_eq!(doors.client(id)["securityProfile"], Value::Null, "{id}");
    }
}

/// RFC 8705 §2.1, §2.2: the certificates of an authority by one name, and those in the JWK Set.
#[test]
fn a_client_is_known_by_its_certificates() {
    let mut doors = Doors::open();
    let folder = tempfile::tempdir().expect("a folder");
    new_authority(folder.path(), "ca");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("a file");
    new_client_certificate(folder.path(), None, "own", &[]);
    let at = |name: &str| folder.path().join(name).display().to_string();
    for id in ["terminal", "api", "file"] {
        let line = format!("client create {id} --id {id} --callback https://a.example.com/cb");
        doors.terminal(&line).expect_success();
    }
    let callbacks = json!(["https://a.example.com/cb"]);
    let body = |credentials: Value| json!({"name": "api", "callbackURLs": callbacks, "credentials": credentials});
    let tls = json!({"sanDns": "App.example.com", "certificateAuthorities": read("ca.pem")});

    doors
        .terminal(&format!(
            "client update terminal --tls-subject dns=app.example.com --tls-ca {} --jwks {}",
            at("ca.pem"),
            at("own.pem")
        ))
        .expect_success();
    let jwks = doors.client("terminal")["credentials"]["jwks"].clone();
    assert_eq!(jwks["keys"][0]["kty"], "EC");
    assert_eq!(jwks["keys"][0]["x5c"].as_array().map(Vec::len), Some(1));
    doors.api("api", &body(json!({"tlsClientAuth": tls, "jwks": jwks}))).ok();
    doors.file(&json!({"id": "file", "tlsClientAuth": tls, "jwks": jwks})).expect_success();
    // A program of Pocket ID does not know the fields.
    doors.api("api", &json!({"name": "api", "callbackURLs": callbacks})).ok();

    for id in ["terminal", "api", "file"] {
        let credentials = doors.client(id)["credentials"].clone();
        assert_eq!(credentials["tlsClientAuth"]["sanDns"], "app.example.com", "{id}");
        let authorities = &credentials["tlsClientAuth"]["certificateAuthorities"];
        assert_eq!(*authorities, json!(read("ca.pem")), "{id}");
        assert_eq!(credentials["jwks"], jwks, "{id}");
    }
    assert_ne!(doors.terminal("client update terminal --public").code, Some(0));

    // Its own certificates are a method of their own, and need some.
    doors.terminal("client update terminal --tls-self-signed").expect_success();
    doors.api("api", &body(json!({"tlsClientAuth": {"selfSigned": true}}))).ok();
    doors.file(&json!({"id": "file", "tlsClientAuth": {"selfSigned": true}})).expect_success();
    for id in ["terminal", "api", "file"] {
        let own = doors.client(id)["credentials"]["tlsClientAuth"].clone();
        assert_eq!(own, json!({"selfSigned": true}), "{id}");
    }
    assert_ne!(doors.terminal("client update terminal --no-jwks").code, Some(0));

    doors.terminal("client update terminal --no-tls-subject --no-jwks").expect_success();
    doors.api("api", &body(json!({"tlsClientAuth": {}, "jwks": {}}))).ok();
    doors.file(&json!({"id": "file", "tlsClientAuth": null, "jwks": null})).expect_success();
    for id in ["terminal", "api", "file"] {
        let credentials = doors.client(id)["credentials"].clone();
        assert_eq!(credentials.get("tlsClientAuth"), None, "{id}");
        assert_eq!(credentials.get("jwks"), None, "{id}");
    }
}

#[test]
fn certificates_that_name_no_client_are_refused() {
    let mut doors = Doors::open();
    let folder = tempfile::tempdir().expect("a folder");
    new_authority(folder.path(), "ca");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("a file");
    new_client_certificate(folder.path(), None, "own", &[]);
    for id in ["terminal", "api", "file"] {
        let line = format!("client create {id} --id {id} --callback https://a.example.com/cb");
        doors.terminal(&line).expect_success();
    }
    let line = format!("client update terminal --jwks {}", folder.path().join("own.pem").display());
    doors.terminal(&line).expect_success();
    let jwks = doors.client("terminal")["credentials"]["jwks"].clone();
    let callbacks = json!(["https://a.example.com/cb"]);
    let body = |credentials: Value| json!({"name": "api", "callbackURLs": callbacks, "credentials": credentials});
    let (ca, key) = (read("ca.pem"), read("ca.key"));
    for bad in [
        json!({"certificateAuthorities": ca}),
        json!({"certificateAuthorities": ca, "selfSigned": true}),
        json!({"sanDns": "a.example.com", "selfSigned": true}),
        json!({"selfSigned": true}),
        json!({"sanDns": "a.example.com"}),
        json!({"sanDns": "a.example.com", "sanIp": "192.0.2.1", "certificateAuthorities": ca}),
        json!({"sanDns": "*.example.com", "certificateAuthorities": ca}),
        json!({"sanIp": "192.0.2", "certificateAuthorities": ca}),
        json!({"sanUri": "x y", "certificateAuthorities": ca}),
        json!({"sanEmail": "x", "certificateAuthorities": ca}),
        json!({"subjectDn": "x", "certificateAuthorities": ca}),
        json!({"subjectDn": "", "certificateAuthorities": ca}),
        json!({"subjectDn": format!("CN={}", "x".repeat(1_024)), "certificateAuthorities": ca}),
        json!({"sanDns": "a.example.com", "certificateAuthorities": "x"}),
        json!({"sanDns": "a.example.com", "certificateAuthorities": format!("{ca}{key}")}),
        json!({"sanDns": "a.example.com", "certificateAuthorities": ca.repeat(9)}),
        json!({"sanDns": "a.example.com", "certificateAuthorities": ca.repeat(200)}),
        json!({"sanDns": "a.example.com", "certificateAuthorities": ca, "what": 1}),
        json!("x"),
    ] {
        let answer = doors.api("api", &body(json!({"tlsClientAuth": bad})));
        assert_eq!(answer.error(), "400 validation_failed", "{bad}");
        let file = doors.file(&json!({"id": "file", "tlsClientAuth": bad}));
        assert_ne!(file.code, Some(0), "{bad}");
    }
    let mut other = jwks.clone();
    other["keys"][0]["x5c"] = json!(["YQ=="]);
    assert_eq!(doors.api("api", &body(json!({"jwks": other}))).error(), "400 validation_failed");
    new_client_certificate(folder.path(), None, "other", &[]);
    let lines = read("other.pem");
    let base64: String = lines.lines().filter(|line| !line.starts_with('-')).collect();
    other["keys"][0]["x5c"] = json!([base64]);
    assert_eq!(doors.api("api", &body(json!({"jwks": other}))).error(), "400 validation_failed");
}

/// RFC 8693: which tokens a client may exchange.
#[test]
fn a_client_is_allowed_to_exchange_tokens() {
    let mut doors = Doors::open();
    let (orders, stock) = ("https://orders.example.com", "https://stock.example.com");
    for (resource, name) in [(orders, "Orders"), (stock, "Stock")] {
        doors.terminal(&format!("api create {resource} --name {name}")).expect_success();
    }
    for permission in ["read", "write"] {
        doors.terminal(&format!("api permission add {stock} {permission}")).expect_success();
    }
    for id in ["terminal", "api", "file"] {
        let line = format!("client create {id} --id {id} --callback https://a.example.com/cb");
        doors.terminal(&line).expect_success();
    }
    let rules = json!([
        {"subjectApi": orders, "target": stock, "scope": "read write", "acceptsBoundTokens": true},
        {"subjectClient": "api", "target": stock, "scope": "", "acceptsBoundTokens": false},
    ]);
    let callbacks = json!(["https://a.example.com/cb"]);
    let body =
        |rules: &Value| json!({"name": "api", "callbackURLs": callbacks, "tokenExchanges": rules});

    let line = "client exchange allow terminal --to https://stock.example.com";
    let first = "--from-api https://orders.example.com --permission write";
    doors.terminal(&format!("{line} {first}")).expect_success();
    // The second call replaces the first.
    let all = format!("{line} {first} --permission read --checks-proofs");
    doors.terminal(&all).expect_success();
    doors.terminal(&format!("{line} --from-client api")).expect_success();
    doors.api("api", &body(&rules)).ok();
    doors.file(&json!({"id": "file", "tokenExchanges": rules})).expect_success();
    // A program of Pocket ID does not know the field.
    doors.api("api", &json!({"name": "api", "callbackURLs": callbacks})).ok();

    for id in ["terminal", "api", "file"] {
        let mut told = doors.client(id)["tokenExchanges"].clone();
        let list = told.as_array_mut().expect("a list");
        list.sort_by_key(|rule| rule.get("subjectApi").is_none());
        assert_eq!(told, rules, "{id}");
    }
    let listed = doors.terminal("client exchange list terminal").ok();
    assert!(listed.contains(&format!("{orders}\t{stock}\talso read write\tyes")));
    assert_ne!(doors.terminal(&format!("{line} --from-api https://no.example.com")).code, Some(0));
    assert_ne!(doors.terminal(&format!("{line} --from-client nobody")).code, Some(0));
    assert_eq!(doors.terminal(line).code, Some(2));

    let refuse = format!("client exchange refuse terminal --to {stock} --from-api {orders}");
    doors.terminal(&refuse).expect_success();
    assert_eq!(doors.terminal(&refuse).code, Some(1));
    doors.terminal(&format!("{refuse} --if-present")).expect_success();
    assert_eq!(doors.client("terminal")["tokenExchanges"].as_array().map(Vec::len), Some(1));
    doors.api("api", &body(&json!([]))).ok();
    doors.file(&json!({"id": "file", "tokenExchanges": []})).expect_success();
    for id in ["api", "file"] {
        assert_eq!(doors.client(id)["tokenExchanges"], json!([]), "{id}");
    }
}

#[test]
fn exchanges_that_mean_no_tokens_are_refused() {
    let mut doors = Doors::open();
    let (orders, stock) = ("https://orders.example.com", "https://stock.example.com");
    for id in ["api", "file"] {
        let line = format!("client create {id} --id {id} --callback https://a.example.com/cb");
        doors.terminal(&line).expect_success();
    }
    let callbacks = json!(["https://a.example.com/cb"]);
    let body =
        |rules: &Value| json!({"name": "api", "callbackURLs": callbacks, "tokenExchanges": rules});
    let one = json!({"subjectApi": orders, "target": stock});
    for bad in [
        json!([{"target": stock}]),
        json!([{"subjectApi": orders}]),
        json!([{"subjectApi": orders, "subjectClient": "api", "target": stock}]),
        json!([{"subjectApi": "orders", "target": stock}]),
        json!([{"subjectApi": orders, "target": "stock"}]),
        json!([{"subjectClient": "a b", "target": stock}]),
        json!([{"subjectApi": orders, "target": stock, "scope": "a\"b"}]),
        json!([{"subjectApi": orders, "target": stock, "what": 1}]),
        json!([one, one]),
        json!(["x"]),
        Value::from(
            (0..51)
                .map(|n| json!({"subjectClient": format!("c{n}"), "target": stock}))
                .collect::<Vec<_>>(),
        ),
    ] {
        assert_eq!(doors.api("api", &body(&bad)).error(), "400 validation_failed", "{bad}");
        let file = doors.file(&json!({"id": "file", "tokenExchanges": bad}));
        assert_ne!(file.code, Some(0), "{bad}");
    }
}
