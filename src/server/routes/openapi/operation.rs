//! One operation: what its row, its types and its comment say.

use std::collections::BTreeSet;

use hyper::StatusCode;
use serde_json::{Map, Value, json};

use super::{comments, names, schemas::Schemas};
use crate::server::{
    audience::Audience,
    route::{AnswerContent, Route, TakenBody, Who},
};

/// The optional fields of a form, by name.
fn others(required: &[&'static str], optional: &[&[&'static str]]) -> BTreeSet<&'static str> {
    let all = optional.iter().flat_map(|fields| fields.iter().copied());
    all.filter(|name| !required.contains(name)).collect()
}

/// The query parameters of lists.
const OF_LISTS: [&str; 4] = ["pagination", "sort", "filters", "search"];
/// The statuses that any operation may refuse a request with.
const REFUSALS: [u16; 14] = [400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 500, 502, 503, 504];

/// Describes an operation.
pub(super) fn operation(row: &Route, method: &str, schemas: &mut Schemas) -> Value {
    let comment = comments::of(row.handler());
    let mut described = json!({
        "operationId": names::operation_id(method, row.name()),
        "tags": [names::tag(row)],
        "summary": comment.summary,
        "responses": responses(row, schemas),
        "security": security(row.contract().who),
    });
    if comment.text.trim_end_matches('.') != comment.summary {
        described["description"] = comment.text.into();
    }
    let parameters = parameters(row, method);
    if !parameters.is_empty() {
        described["parameters"] = parameters.into();
    }
    if let Some(body) = body(row, method, schemas) {
        described["requestBody"] = body;
    }
    described
}

/// The shared answers to requests that are refused.
pub(super) fn refusals([of_api, of_protocol]: &[Value; 2]) -> Value {
    let mut all = Map::new();
    for status in REFUSALS {
        all.insert(status.to_string(), refusal(status, of_api));
        if matches!(status, 400 | 401 | 403 | 408 | 413 | 429 | 500 | 503 | 504) {
            all.insert(format!("OAuth{status}"), refusal(status, of_protocol));
        }
    }
    all.into()
}

fn refusal(status: u16, schema: &Value) -> Value {
    let mut described = json!({
        "description": reason(status),
        "content": { "application/json": { "schema": schema } },
    });
    if matches!(status, 429 | 503) {
        let seconds = json!({ "description": "Seconds to wait.", "schema": { "type": "integer" } });
        described["headers"] = json!({ "Retry-After": seconds });
    }
    described
}

fn reason(status: u16) -> String {
    let status = StatusCode::from_u16(status).expect("a status");
    status.canonical_reason().expect("a known status").to_owned()
}

/// The callers that are let in. OpenAPI 3.1 has a place for the role that a scheme has to prove.
fn security(who: Who) -> Value {
    match who {
        Who::Administrators => {
            json!([{ "apiKey": ["administrator"] }, { "session": ["administrator"] }])
        }
        Who::Anyone => json!([]),
        Who::Applications => json!([{ "clientSecret": [] }, {}]),
        Who::Browsers => json!([{ "session": [] }]),
        Who::ScimTokens => unreachable!("SCIM describes itself"),
        Who::Tokens => json!([{ "accessToken": [] }]),
        Who::Users => json!([{ "apiKey": [] }, { "session": [] }]),
    }
}

fn responses(row: &Route, schemas: &mut Schemas) -> Value {
    let mut all = Map::new();
    if row.audience() == Audience::Person {
        let page = json!({ "text/html": {} });
        all.insert("200".into(), json!({ "description": "A page.", "content": page }));
        for status in [302, 303] {
            let location = json!({ "Location": { "schema": { "type": "string" } } });
            let described = json!({ "description": reason(status), "headers": location });
            all.insert(status.to_string(), described);
        }
        let fault = json!({ "description": "A page that explains the error.", "content": page });
        all.insert("default".into(), fault);
        return all.into();
    }
    for (status, content) in row.contract().given() {
        let mut described = json!({ "description": reason(*status) });
        match content {
            AnswerContent::Empty => {}
            AnswerContent::Json(shape) => {
                let schema = schemas.answer(*shape);
                described["content"] = json!({ "application/json": { "schema": schema } });
            }
            AnswerContent::JsonOr(shape, types) => {
                let json = json!({ "schema": schemas.answer(*shape) });
                let types = types.iter().map(|name| ((*name).to_owned(), json!({})));
                let json = std::iter::once(("application/json".to_owned(), json));
                described["content"] = json.chain(types).collect::<Map<_, _>>().into();
            }
            AnswerContent::Media(types) => {
                let types = types.iter().map(|name| ((*name).to_owned(), json!({})));
                described["content"] = types.collect::<Map<_, _>>().into();
            }
        }
        all.insert(status.to_string(), described);
    }
    let prefix = if row.audience() == Audience::Application { "OAuth" } else { "" };
    for status in row.refusals() {
        let shared = json!({ "$ref": format!("#/components/responses/{prefix}{status}") });
        all.insert(status.to_string(), shared);
    }
    all.into()
}

fn parameters(row: &Route, method: &str) -> Vec<Value> {
    let text = json!({ "type": "string" });
    let mut all = Vec::new();
    for part in row.name().split('/') {
        if let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            let schema = json!({ "type": "string", "minLength": 1 });
            all.push(json!({ "name": name, "in": "path", "required": true, "schema": schema }));
        }
    }
    for asked in &row.contract().asked {
        let (name, required) = (asked.name, asked.is_required);
        all.push(json!({ "name": name, "in": "query", "required": required, "schema": text }));
    }
    if row.contract().is_list {
        let names =
            OF_LISTS.map(|name| json!({ "$ref": format!("#/components/parameters/{name}") }));
        all.extend(names);
    }
    if let (TakenBody::Form { required, optional }, "GET") = (row.contract().taken, method) {
        let names = required.iter().map(|name| (*name, true));
        let optional = others(required, optional).into_iter().map(|name| (name, false));
        for (name, required) in names.chain(optional) {
            all.push(json!({ "name": name, "in": "query", "required": required, "schema": text }));
        }
    }
    all
}

/// The query parameters of lists (Pocket ID 2.14), such as `pagination[page]=2`.
pub(super) fn of_lists() -> Value {
    let nested = |name: &str, description: &str, schema: Value| {
        json!({
            "name": name, "in": "query", "style": "deepObject", "explode": true,
            "description": description, "schema": schema,
        })
    };
    let object = |properties: Value| json!({ "type": "object", "properties": properties });
    let text = json!({ "type": "string" });
    let number = json!({ "type": "integer", "minimum": 1 });
    let direction = json!({ "enum": ["asc", "desc"] });
    let limit = json!({ "type": "integer", "minimum": 1, "maximum": 100, "default": 20 });
    let all = [
        nested("pagination", "The page.", object(json!({ "page": number, "limit": limit }))),
        nested("sort", "The order.", object(json!({ "column": text, "direction": direction }))),
        nested(
            "filters",
            "Values of fields, such as `filters[disabled]=true`.",
            json!({ "type": "object", "additionalProperties": text }),
        ),
        json!({
            "name": "search", "in": "query", "schema": text,
            "description": "A part of a name. Not every list is searched.",
        }),
    ];
    OF_LISTS.into_iter().map(str::to_owned).zip(all).collect::<Map<_, _>>().into()
}

fn body(row: &Route, method: &str, schemas: &mut Schemas) -> Option<Value> {
    let (required, media, schema) = match row.contract().taken {
        TakenBody::Nothing => return None,
        TakenBody::Form { .. } if method == "GET" => return None,
        TakenBody::Form { required, optional } => {
            let names = required.iter().copied().chain(others(required, optional));
            let properties: Map<_, _> =
                names.map(|name| (name.to_owned(), json!({ "type": "string" }))).collect();
            let schema =
                json!({ "type": "object", "properties": properties, "required": required });
            (true, "application/x-www-form-urlencoded", schema)
        }
        TakenBody::File => {
            let file = json!({ "type": "string", "format": "binary" });
            let schema = json!({
                "type": "object", "properties": { "file": file }, "required": ["file"],
            });
            (true, "multipart/form-data", schema)
        }
        TakenBody::Media(types) => {
            let types = types.iter().map(|name| ((*name).to_owned(), json!({})));
            let content: Map<_, _> = types.collect();
            return Some(json!({ "required": true, "content": content }));
        }
        TakenBody::Json { shape, is_optional } => {
            (!is_optional, "application/json", schemas.body(shape))
        }
    };
    Some(json!({ "required": required, "content": { media: { "schema": schema } } }))
}
