//! `docs/openapi.json`, generated from the table and from the types that handlers read and write.

mod comments;
mod names;
mod operation;
mod schemas;

use std::{collections::BTreeMap, path::Path};

use serde::Serialize as _;
use serde_json::{Map, Value, json};

use self::{operation::operation, schemas::Schemas};
use super::ROUTER;
use crate::server::{audience::Audience, openapi, route::Route};

/// Pages that are described all the same: applications send browsers there by a standard.
const DESCRIBED_PAGES: [&str; 2] = ["/api/oidc/end-session", "/authorize"];
/// The parts of pages.
const PARTS_OF_PAGES: [&str; 2] = ["/assets/", "/favicon.ico"];

const ABOUT: &str = "Applications sign users in at the endpoints of OpenID Connect. Programs administer the server \
    with an API key in `X-API-Key`. The pages of the server use a session cookie. A field of a body that is `null` \
    counts as absent, and unknown fields are ignored. Timestamps are RFC 3339 in UTC.";

fn document() -> Value {
    let mut schemas = Schemas::new();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for row in described() {
        for method in row.methods() {
            let described = operation(row, method, &mut schemas);
            paths.entry(row.name()).or_default().insert(method.to_ascii_lowercase(), described);
        }
    }
    let error = schemas.error();
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "pocketid",
            "description": ABOUT,
            "version": openapi::API_VERSION,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": schemas.into_components(),
            "parameters": operation::of_lists(),
            "responses": operation::refusals(&error),
            "securitySchemes": {
                "accessToken": { "type": "http", "scheme": "bearer", "description": "An access token." },
                "apiKey": { "type": "apiKey", "in": "header", "name": "X-API-KEY" },
                "clientSecret": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "The id and the secret of a client. Both may be in the form instead, \
                        or a signed assertion.",
                },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "__Host-access_token",
                    "description": "The session of a browser. The name is `pocketid_access_token` on http.",
                },
            },
        },
    });
    names::rename_views(&mut document);
    document
}

/// The rows that the document describes: all but pages and their parts.
fn described() -> impl Iterator<Item = &'static Route> {
    ROUTER.rows().iter().filter(|row| match row.audience() {
        Audience::Person => DESCRIBED_PAGES.contains(&row.name()),
        Audience::Application => true,
        // SCIM describes itself, at `/scim/v2/Schemas` (RFC 7643 §7).
        Audience::Scim => false,
        Audience::Script => !PARTS_OF_PAGES.iter().any(|part| row.name().starts_with(part)),
    })
}

/// One space for each level: the program contains the text.
fn printed(document: &Value) -> String {
    let mut text = Vec::new();
    let format = serde_json::ser::PrettyFormatter::with_indent(b" ");
    let mut writer = serde_json::Serializer::with_formatter(&mut text, format);
    document.serialize(&mut writer).expect("a document");
    text.push(b'\n');
    String::from_utf8(text).expect("JSON is text")
}

#[test]
fn the_reference_of_the_endpoints_as_openapi_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/openapi.json");
    let generated = printed(&document());
    if std::env::var_os("UPDATE_REST_API").is_some() {
        std::fs::write(&path, &generated).expect("the folder can be written");
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(generated == committed, "run `make generate`");
}

/// A reference without an object would make the document useless for programs.
#[test]
fn each_reference_leads_to_an_object_and_each_object_is_referred_to() {
    let document = document();
    let (text, mut referred) = (document.to_string(), Vec::new());
    for rest in text.split("\"$ref\":\"#").skip(1) {
        let pointer = rest.split('"').next().expect("a string ends");
        assert!(document.pointer(pointer).is_some(), "{pointer}");
        referred.push(pointer);
    }
    for kind in ["parameters", "responses", "schemas"] {
        for name in document["components"][kind].as_object().expect("a map").keys() {
            let pointer = format!("/components/{kind}/{name}");
            assert!(referred.contains(&&*pointer), "{pointer}");
        }
    }
}

#[test]
fn each_operation_has_a_name_of_its_own_and_a_sentence() {
    let mut seen = std::collections::BTreeSet::new();
    for path in document()["paths"].as_object().expect("paths").values() {
        for operation in path.as_object().expect("operations").values() {
            let id = operation["operationId"].as_str().expect("a name");
            assert!(seen.insert(id.to_owned()), "{id}");
            let summary = operation["summary"].as_str().expect("a sentence");
            let is_sentence = summary.starts_with(char::is_uppercase) && summary.len() > 10;
            assert!(is_sentence, "{id}: {summary}");
        }
    }
}
