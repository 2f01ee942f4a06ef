//! draft-ietf-oauth-identity-assertion-authz-grant-04: a client that signed a user in gets an assertion
//! for an authorization server elsewhere.

mod bound;
mod doors;
mod ends;
mod issued;
mod refused;

use pocketid::model::Client;
use serde_json::Value;

use crate::support::{
    agent::Answer,
    flow::Person,
    op::{TestClient, TestOp},
};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ID_JAG: &str = "urn:ietf:params:oauth:token-type:id-jag";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const REFRESH_TOKEN: &str = "urn:ietf:params:oauth:token-type:refresh_token";
const CHAT: &str = "https://auth.chat.example";
const API: &str = "https://api.chat.example/";

/// A wiki that shows its users what is in a chat elsewhere.
struct Scene {
    op: TestOp,
    wiki: TestClient,
    alice: Person,
}

impl Scene {
    fn open() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Client)) -> Self {
        let op = TestOp::with_settings(&[
            ("TRUST_PROXY", "127.0.0.1"),
            ("CLIENT_CERTIFICATE_HEADER", "X-Client-Certificate"),
        ]);
        let wiki = op.client_with("https://wiki.example.com/callback", change);
        allow(&op, &wiki, CHAT, "chat.read chat.write", API);
        let alice = op.person("alice");
        Self { op, wiki, alice }
    }

    fn sign_in(&mut self, scope: &str) -> Value {
        let code = self.alice.code(&self.wiki, &[("scope", scope)]);
        self.op.redeem(&self.wiki, &code).ok().json()
    }

    fn id_token(&mut self) -> String {
        text(&self.sign_in("openid"), "id_token")
    }

    fn ask(&self, subject_token: &str, more: &[(&str, &str)]) -> Answer {
        self.op.token(&self.wiki, &fields(subject_token, more))
    }

    /// The claims of an assertion.
    fn claims(&self, subject_token: &str, more: &[(&str, &str)]) -> Value {
        let answer = self.ask(subject_token, more).ok().json();
        self.op.verified(&text(&answer, "access_token")).1
    }
}

/// Lets a client get assertions for a server.
fn allow(op: &TestOp, client: &TestClient, audience: &str, scope: &str, resources: &str) {
    op.execute(&format!(
        "INSERT INTO identity_assertions
            (client_id, audience, audience_client_id, scope, resources)
         VALUES ('{}', '{audience}', 'wiki-there', '{scope}', '{resources}')",
        client.id
    ));
}

/// The usual request; an empty value leaves a parameter out.
fn fields<'a>(subject_token: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("grant_type", GRANT),
        ("requested_token_type", ID_JAG),
        ("audience", CHAT),
        ("subject_token", subject_token),
        ("subject_token_type", ID_TOKEN),
    ];
    let is_replaced = |name: &str| more.iter().any(|(other, _)| *other == name);
    let kept = usual.into_iter().filter(|(name, _)| !is_replaced(name));
    kept.chain(more.iter().copied().filter(|(_, value)| !value.is_empty())).collect()
}

/// The parameters for a refresh token in place of an ID token.
const BY_REFRESH: &[(&str, &str)] = &[("subject_token_type", REFRESH_TOKEN)];

fn text(json: &Value, name: &str) -> String {
    json[name].as_str().unwrap_or_else(|| panic!("no {name}: {json}")).to_owned()
}
