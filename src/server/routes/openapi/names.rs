//! Names of operations and their groups.

use std::mem;

use serde_json::{Map, Value};

use crate::server::{audience::Audience, route::Route};

/// The unique name of an operation: `GET /api/users/{id}` is `getApiUsersById`.
pub(super) fn operation_id(method: &str, path: &str) -> String {
    let mut id = method.to_ascii_lowercase();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let name = part.trim_matches(['{', '}']);
        id.push_str(if name.len() < part.len() { "By" } else { "" });
        for word in name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
        {
            id.push_str(&word[..1].to_ascii_uppercase());
            id.push_str(&word[1..]);
        }
    }
    id
}

/// The group of an operation.
pub(super) fn tag(row: &Route) -> &'static str {
    let mut parts = row.name().trim_start_matches("/api/").split('/');
    if row.audience() != Audience::Script {
        return "openid-connect";
    }
    match (parts.next().unwrap_or_default(), parts.next().unwrap_or_default()) {
        ("oidc", "interactions") => "interactions",
        ("oidc", "device") => "device",
        ("oidc", _) => "clients",
        ("api-access" | "apis", _) => "apis",
        ("api-keys", _) => "api-keys",
        ("application-configuration" | "application-images", _) => "application",
        ("audit-logs", _) => "audit-logs",
        ("backups", _) => "backups",
        ("configuration", _) => "configuration",
        ("custom-claims", _) => "custom-claims",
        ("device-bound-session", _) => "device-bound-session",
        ("device-login", _) => "device-login",
        ("one-time-access-email" | "one-time-access-token", _) => "one-time-access",
        ("protected-hosts", _) => "protected-hosts",
        ("recipes", _) => "recipes",
        ("scim", _) => "scim",
        ("services", _) => "services",
        ("signing-keys", _) => "signing-keys",
        ("signup" | "signup-tokens", _) => "signup",
        (
            "ssh"
            | "ssh-accounts"
            | "ssh-authority"
            | "ssh-ca-keys"
            | "ssh-certificates"
            | "ssh-host-certificates"
            | "ssh-users",
            _,
        ) => "ssh",
        ("user-groups", _) => "user-groups",
        ("users", _) => "users",
        ("webauthn", _) => "webauthn",
        ("webhooks", _) => "webhooks",
        ("" | "doctor" | "openapi.json" | "qr-code" | "version", _) => "server",
        other => panic!("{other:?} has no group"),
    }
}

/// Renames the objects of a document: `UserView` is how the code calls the JSON of a user, which a
/// program knows as `User`.
pub(super) fn rename_views(document: &mut Value) {
    let schemas = document["components"]["schemas"].as_object_mut().expect("objects");
    let renamed: Map<_, _> = mem::take(schemas)
        .into_iter()
        .map(|(name, schema)| (name.replace("View", ""), schema))
        .collect();
    *schemas = renamed;
    rename_references(document);
}

fn rename_references(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(text) if name == "$ref" => *text = text.replace("View", ""),
                    field => rename_references(field),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(rename_references),
        _ => {}
    }
}

#[test]
fn a_name_has_the_method_and_the_path() {
    assert_eq!(operation_id("GET", "/api/users/{id}/groups"), "getApiUsersByIdGroups");
    assert_eq!(operation_id("GET", "/.well-known/jwks.json"), "getWellKnownJwksJson");
    assert_eq!(operation_id("DELETE", "/api/x/{id}/y/{secret_id}"), "deleteApiXByIdYBySecretId");
}
