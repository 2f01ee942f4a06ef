//! Members of bodies that have the wrong type: each is refused, and nothing is changed.
//!
//! The members are those of `docs/openapi.json`, so that a new one is tried, too. Whoever sends a member means
//! something by it: one that is dropped, or read as its default, does something else than was asked for.

use std::{collections::BTreeSet, fs, path::PathBuf};

use hyper::Method;
use serde_json::{Value, json};

use crate::support::everything::Everything;

use super::every_route::good_bodies;

/// Bodies with more members than the one of `every_route.txt`, so that the members within them are tried in good
/// company.
const WHOLE: &[(&str, &str)] = &[
    ("POST /api/oidc/client-requests/{id}/approve", r#"{"revision": "x"}"#),
    ("POST /api/oidc/clients", CLIENT),
    ("PUT /api/oidc/clients/{id}", CLIENT),
    ("POST /api/oidc/register", r#"{"redirect_uris": ["http://127.0.0.1/callback"]}"#),
    ("POST /api/oidc/registration-tokens", r#"{"name": "more"}"#),
    (
        "POST /api/protected-hosts",
        r#"{"host": "docs.example.org", "headers": {"user": "Remote-User"}}"#,
    ),
    ("PUT /api/protected-hosts/{id}", r#"{"host": "wiki.example.org"}"#),
    ("POST /api/services", SERVICE),
    (
        "PUT /api/services/{id}",
        r#"{"federatedIdentities": [{"issuer": "https://issuer.example.org", "subject": "other"}]}"#,
    ),
    (
        "PUT /api/user-groups/{id}/users",
        r#"{"userIds": ["{user}"], "memberships": [{"userId": "{user}"}]}"#,
    ),
    (
        "PUT /api/users/{id}/user-groups",
        r#"{"userGroupIds": ["{group}"], "memberships": [{"userGroupId": "{group}"}]}"#,
    ),
];

const CLIENT: &str = r#"{
    "name": "Whole", "callbackURLs": ["https://whole.example.org/callback"],
    "credentials": {
        "federatedIdentities": [{"issuer": "https://issuer.example.org", "subject": "whole"}],
        "tlsClientAuth": {"subjectDn": ""}
    }
}"#;

const SERVICE: &str = r#"{
    "username": "ci-whole", "clientIds": ["{client}"],
    "federatedIdentities": [{"issuer": "https://issuer.example.org", "subject": "ci"}]
}"#;

/// Members that take anything, with reasons. The operations are all of that path, or all.
const FREE: &[(&str, &str, &str)] = &[
    ("", "clientExtensionResults", "browsers send any form, and none is used"),
    ("", "response.transports", "browsers send any form, and an unknown one is no transport"),
    (
        "POST /api/webauthn/reauthenticate",
        "*",
        "anything that is no assertion stands for the session (Pocket ID 2.14)",
    ),
    // The client is saved, and then its logo is downloaded (Pocket ID 2.14).
    ("POST /api/oidc/clients", "logoUrl", "the answer tells of the logo"),
    ("POST /api/oidc/clients", "darkLogoUrl", "the answer tells of the logo"),
    ("PUT /api/oidc/clients/{id}", "logoUrl", "the answer tells of the logo"),
    ("PUT /api/oidc/clients/{id}", "darkLogoUrl", "the answer tells of the logo"),
    ("POST /api/oidc/register", "client_id", "the server chooses it (RFC 7591 §3.2.1)"),
    ("POST /api/oidc/register", "client_name", "the answer has a shorter one (RFC 7591 §3.2.1)"),
    ("POST /api/oidc/register", "client_secret", "the server chooses it (RFC 7591 §3.2.1)"),
    ("PUT /api/oidc/clients/{id}", "id", "a client keeps its id (Pocket ID 2.14)"),
    ("PUT /api/users/me", "id", "a user keeps the id (Pocket ID 2.14)"),
    ("PUT /api/users/{id}", "id", "a user keeps the id (Pocket ID 2.14)"),
    ("PUT /api/users/me", "userGroupIds[0]", "groups are given to new users only (Pocket ID 2.14)"),
    (
        "PUT /api/users/{id}",
        "userGroupIds[0]",
        "groups are given to new users only (Pocket ID 2.14)",
    ),
    // Malformed ids are ignored as unknown ones are (Pocket ID 2.14).
    ("PUT /api/api-access/{clientId}", "clientPermissionIds[0]", "ignored"),
    ("PUT /api/api-access/{clientId}", "userDelegatedPermissionIds[0]", "ignored"),
    ("PUT /api/apis/{id}/cimd-access", "permissionIds[0]", "ignored"),
    ("PUT /api/apis/{id}/clients/{clientId}", "clientPermissionIds[0]", "ignored"),
    ("PUT /api/apis/{id}/clients/{clientId}", "userDelegatedPermissionIds[0]", "ignored"),
    ("PUT /api/oidc/clients/{id}/allowed-user-groups", "userGroupIds[0]", "ignored"),
    ("POST /api/signup-tokens", "userGroupIds[0]", "ignored"),
    ("PUT /api/user-groups/{id}/allowed-oidc-clients", "oidcClientIds[0]", "ignored"),
    ("PUT /api/user-groups/{id}/users", "userIds[0]", "ignored"),
    ("POST /api/users", "userGroupIds[0]", "ignored"),
    ("PUT /api/users/{id}/user-groups", "userGroupIds[0]", "ignored"),
];

/// Requests whose good body is refused here, so that little is learnt about their members.
const REFUSED: &[(&str, &str)] = &[
    ("POST /api/api-keys/{id}/renew", "its key is good for long"),
    ("POST /api/oidc/client-requests/{id}/approve", "an approval names a revision that was read"),
    ("POST /api/oidc/interactions/{id}/complete", "it was completed by the cases"),
    ("PUT /api/oidc/register/{id}", "it needs the token of the registration"),
    ("POST /api/one-time-access-email", "it is turned off"),
    ("POST /api/signup", "it is turned off"),
    ("POST /api/signup/setup", "there is an administrator"),
    ("POST /api/ssh/certificates", "it needs a token for certificates"),
    ("POST /api/users/invite", "there is no mail server"),
    ("POST /api/users/me/verify-email", "the token is unknown"),
    ("POST /api/users/{id}/one-time-access-email", "it is turned off"),
    ("POST /api/webauthn/login/finish", "an authenticator answers"),
    ("POST /api/webauthn/register/finish", "an authenticator answers"),
];

/// More characters than any text may have, and fewer than a body may have.
const LONG: usize = 12_000;

/// A body that has one wrong member.
struct Case {
    /// The member, such as `credentials.federatedIdentities[0].issuer`.
    member: String,
    body: Value,
}

/// The requests with a JSON body.
fn requests() -> Vec<(Method, String, Value)> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/openapi.json");
    let document: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let mut all = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            if schema.is_object() {
                let method = method.to_uppercase().parse().unwrap();
                all.push((method, path.clone(), schema.clone()));
            }
        }
    }
    all
}

/// The types that a schema takes, in the names of JSON Schema; none for any.
fn types(schema: &Value) -> BTreeSet<&str> {
    match &schema["type"] {
        Value::String(name) => [name.as_str()].into(),
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ if schema["enum"].is_array() => ["string"].into(),
        _ => schema["anyOf"].as_array().into_iter().flatten().flat_map(types).collect(),
    }
}

/// Values that are of no type that the schema takes. A `null` is as if the member was absent (Pocket ID 2.14).
fn wrong_types(schema: &Value) -> Vec<Value> {
    let types = types(schema);
    let is_any = types.is_empty();
    let takes = |name| types.contains(name);
    let mut wrong = Vec::new();
    wrong.extend((!takes("string")).then(|| json!("x")));
    wrong.extend((!takes("number") && !takes("integer")).then(|| json!(7)));
    wrong.extend((!takes("number")).then(|| json!(1.5)));
    wrong.extend((!takes("boolean")).then_some(json!(true)));
    wrong.extend((!takes("array")).then(|| json!(["x"])));
    wrong.extend((!takes("array")).then(|| json!([])));
    wrong.extend((!takes("object") && !is_any).then(|| json!({})));
    wrong.extend((!takes("object")).then(|| json!({ "keys": 7 })));
    wrong.extend((!takes("object")).then(|| json!({ "keys": [7] })));
    wrong
}

/// Texts that nothing takes: PostgreSQL stores no text with a NUL, and nothing is that long.
fn wrong_texts(schema: &Value) -> Vec<Value> {
    let texts = ["x\0y".to_owned(), "x".repeat(LONG)];
    let is_text = types(schema).contains("string");
    texts.into_iter().filter(|_| is_text).map(Value::from).collect()
}

/// A step to a member.
#[derive(Clone)]
enum Step {
    Name(String),
    First,
}

fn cases(name: &str, schema: &Value, good: &Value) -> Vec<Case> {
    let mut found = Vec::new();
    collect(schema, &mut Vec::new(), good, &mut found);
    let is_free = |member: &str, (of, free, _): &(&str, &str, &str)| {
        (of.is_empty() || *of == name) && (*free == "*" || *free == member)
    };
    found.retain(|case| !FREE.iter().any(|free| is_free(&case.member, free)));
    found
}

fn collect(schema: &Value, at: &mut Vec<Step>, good: &Value, found: &mut Vec<Case>) {
    let member = shown(at);
    let wrong = wrong_types(schema).into_iter().chain(wrong_texts(schema));
    found.extend(wrong.map(|wrong| {
        let mut body = good.clone();
        put(&mut body, at, wrong);
        Case { member: member.clone(), body }
    }));
    for schema in schema["anyOf"].as_array().into_iter().flatten() {
        collect_inner(schema, at, good, found);
    }
    collect_inner(schema, at, good, found);
}

fn collect_inner(schema: &Value, at: &mut Vec<Step>, good: &Value, found: &mut Vec<Case>) {
    let inner = [(Step::First, &schema["items"])].into_iter().filter(|(_, it)| it.is_object());
    let named = schema["properties"].as_object().into_iter().flatten();
    let named = named.map(|(name, schema)| (Step::Name(name.clone()), schema));
    for (step, schema) in inner.chain(named) {
        at.push(step);
        collect(schema, at, good, found);
        at.pop();
    }
}

fn shown(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Name(name) if text.is_empty() => text.push_str(name),
            Step::Name(name) => text.push_str(&format!(".{name}")),
            Step::First => text.push_str("[0]"),
        }
    }
    text
}

fn put(body: &mut Value, steps: &[Step], wrong: Value) {
    let mut place = body;
    for step in steps {
        place = match step {
            Step::Name(name) => {
                if !place.is_object() {
                    *place = json!({});
                }
                &mut place[name.as_str()]
            }
            Step::First => {
                if place.as_array().is_none_or(Vec::is_empty) {
                    *place = json!([null]);
                }
                &mut place[0]
            }
        };
    }
    *place = wrong;
}

/// A good body for a request; an empty one where none can succeed.
fn good_body(all: &Everything, name: &str, schema: &Value) -> Value {
    let whole = WHOLE.iter().find(|(of, _)| *of == name).map(|(_, body)| (*body).to_owned());
    let body = whole.or_else(|| good_bodies().remove(name)).unwrap_or_default();
    let empty = if types(schema).contains("array") { json!([]) } else { json!({}) };
    serde_json::from_str(&all.fill(&body)).unwrap_or(empty)
}

#[test]
fn a_member_of_a_wrong_type_is_refused_and_changes_nothing() {
    let mut all = Everything::new();
    let (mut faults, mut tried) = (Vec::new(), 0);
    for (method, path, schema) in requests() {
        let name = format!("{method} {path}");
        let good = good_body(&all, &name, &schema);
        let filled = all.fill_path(&path);
        let before = all.root.agent.get("/api/configuration").ok().json();
        for Case { member, body } in cases(&name, &schema, &good) {
            let answer = all.root.agent.json(method.clone(), &filled, &body);
            tried += 1;
            if !matches!(answer.status, 400..=499) {
                let body: String = body.to_string().chars().take(400).collect();
                faults.push(format!("{name}, {member}: {body} was answered {}", answer.status));
            }
        }
        let after = all.root.agent.get("/api/configuration").ok().json();
        if before != after {
            faults.push(format!("{name} changed something"));
        }
        let answer = all.root.agent.json(method, &filled, &good);
        let is_refused = REFUSED.iter().any(|(refused, _)| *refused == name);
        if is_refused == (answer.status < 300) {
            faults.push(format!("{name} was answered {} well: {good}", answer.error()));
        }
    }
    assert!(tried > 1_000, "only {tried} members were tried");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// The members of the configuration file are those of its schema. Nothing is applied.
#[test]
fn a_member_of_the_configuration_that_has_a_wrong_type_is_refused() {
    let mut all = Everything::new();
    let agent = &mut all.root.agent;
    let good = agent.get("/api/configuration").ok().json();
    let schema = agent.get("/api/configuration/schema").ok().json();
    agent.post("/api/configuration/diff", &good).ok();
    let cases = cases("configuration", &schema, &good);
    assert!(cases.len() > 500, "only {} cases", cases.len());
    let mut faults = Vec::new();
    for Case { member, body } in cases {
        let answer = agent.post("/api/configuration/diff", &body);
        if !matches!(answer.status, 400..=499) {
            faults.push(format!("{member} was answered {}", answer.text()));
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
