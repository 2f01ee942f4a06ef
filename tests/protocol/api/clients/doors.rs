//! A rule about clients holds behind every door: the terminal, the REST API and a configuration file.

use serde_json::{Value, json};

use super::{administrator, put};
use crate::support::{
    agent::{Agent, Answer},
    cli::{Cli, Ran},
    op::TestOp,
};

struct Doors {
    op: TestOp,
    root: Agent,
    cli: Cli,
}

impl Doors {
    fn open() -> Self {
        let op = TestOp::start();
        let (root, cli) = (administrator(&op), op.cli());
        Self { op, root, cli }
    }

    fn terminal(&self, line: &str) -> Ran {
        self.cli.run(line)
    }

    fn file(&self, client: &Value) -> Ran {
        self.cli.write("clients.yaml", json!({ "clients": [client] }).to_string());
        self.cli.run("apply --yes -f clients.yaml")
    }

    fn api(&mut self, path: &str, body: &Value) -> Answer {
        put(&mut self.root, &format!("/api/oidc/clients/{path}"), body)
    }

    fn client(&mut self, id: &str) -> Value {
        self.root.get(&format!("/api/oidc/clients/{id}")).ok().json()
    }

    /// What the newest entries of the audit log say was done with a client.
    fn entries(&self, id: &str) -> Vec<String> {
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
        "dpopBoundAccessTokens": true,
    });

    doors.terminal("client update terminal --profile fapi2 --dpop").expect_success();
    doors.api("api", &body).ok();
    let entry = json!({"id": "file", "securityProfile": "fapi2", "dpopBoundAccessTokens": true});
    doors.file(&entry).expect_success();
    // A program of Pocket ID does not know these fields.
    doors.api("api", &json!({"name": "api", "callbackURLs": callbacks})).ok();

    for id in ["terminal", "api", "file"] {
        let client = doors.client(id);
        let told = ["securityProfile", "dpopBoundAccessTokens", "idTokenSignedResponseAlg"];
        let told = told.map(|name| &client[name]);
        assert_eq!(told, [&json!("fapi2"), &json!(true), &json!("ES256")], "{id}");
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
