//! A program that manages accounts, such as an HR system.

use hyper::Method;
use serde_json::{Value, json};

use crate::support::{
    agent::{Agent, Answer},
    op::TestOp,
};

/// A program with a token.
pub(super) struct Program {
    pub(super) agent: Agent,
    pub(super) token: String,
}

impl Program {
    /// A program with a new token of this name.
    pub(super) fn new(op: &TestOp, name: &str) -> Self {
        let token = op.beside(&format!("scim token create {name}")).ok().trim().to_owned();
        Self::with_token(op, &token)
    }

    pub(super) fn with_token(op: &TestOp, token: &str) -> Self {
        let agent = op.agent().with_header("authorization", &format!("Bearer {token}"));
        Self { agent, token: token.to_owned() }
    }

    /// The same program with one more header.
    pub(super) fn with(&self, name: &'static str, value: &str) -> Self {
        Self { agent: self.agent.with_header(name, value), token: self.token.clone() }
    }

    pub(super) fn ask(&self, method: Method, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut agent = self.agent.clone();
        let kind = (!body.is_empty()).then_some("application/scim+json");
        agent.send(method, &format!("/scim/v2{path}"), kind, body.into())
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &json!(null))
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, body)
    }

    pub(super) fn put(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::PUT, path, body)
    }

    pub(super) fn delete(&self, path: &str) -> Answer {
        self.ask(Method::DELETE, path, &json!(null))
    }

    /// Sends operations.
    pub(super) fn patch(&self, path: &str, operations: &Value) -> Answer {
        let schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
        let body = json!({ "schemas": schemas, "Operations": operations });
        self.ask(Method::PATCH, path, &body)
    }

    /// Creates a resource. Returns its path.
    #[track_caller]
    pub(super) fn create(&self, kind: &str, body: &Value) -> String {
        let made = self.post(&format!("/{kind}"), body);
        assert_eq!(made.status, 201, "{}", made.text());
        format!("/{kind}/{}", made.json()["id"].as_str().expect("an id"))
    }

    /// The names of the resources that match.
    #[track_caller]
    pub(super) fn find(&self, kind: &str, filter: &str) -> Vec<String> {
        let query =
            form_urlencoded::Serializer::new(String::new()).append_pair("filter", filter).finish();
        let found = self.get(&format!("/{kind}?{query}")).ok().json();
        let resources = found["Resources"].as_array().expect("a list");
        assert_eq!(found["totalResults"], resources.len());
        let names =
            resources.iter().map(|one| one["userName"].as_str().or(one["displayName"].as_str()));
        names.map(|name| name.expect("a name").to_owned()).collect()
    }
}

/// The status and the kind of an error. Checks its form (RFC 7644 §3.12).
#[track_caller]
pub(super) fn error(answer: &Answer) -> String {
    let body = answer.json();
    assert_eq!(answer.header("content-type"), "application/scim+json");
    assert_eq!(body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
    assert_eq!(body["status"], answer.status.to_string());
    assert!(body["detail"].as_str().is_some_and(|detail| detail.ends_with('.')), "{body}");
    format!("{} {}", answer.status, body["scimType"].as_str().unwrap_or_default())
}

/// The id in a path.
pub(super) fn id(path: &str) -> &str {
    path.rsplit_once('/').expect("a path").1
}
