//! The JSON schema of the file, for editors (JSON Schema 2020-12).

use serde_json::{Map, Value, json};

use super::{
    Kind,
    secret::STORED_SECRET,
    settings,
    shape::{Field, IMAGE, REFERENCE, Shape},
};
use crate::model::ConfigKey;

/// Builds the schema.
pub fn schema() -> Value {
    let sections = Kind::ALL.iter().map(|kind| {
        let section = match kind {
            Kind::Setting => json!({
                "type": ["object", "null"],
                "properties": ConfigKey::ALL.iter().map(setting).collect::<Map<_, _>>(),
                "additionalProperties": false,
            }),
            kind => json!({ "type": ["array", "null"], "items": object(kind.fields()) }),
        };
        (kind.section().to_owned(), section)
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of pocketid",
        "type": "object",
        "properties": sections.collect::<Map<_, _>>(),
        "additionalProperties": false,
    })
}

fn setting(key: &ConfigKey) -> (String, Value) {
    let mut schema = nullable(&of(&settings::shape(*key)));
    schema["description"] = key.description().into();
    (key.name().to_owned(), schema)
}

fn object(fields: &[Field]) -> Value {
    let properties = fields.iter().map(|field| {
        let mut schema = of(&field.shape);
        schema["description"] = field.description.into();
        (field.name.to_owned(), schema)
    });
    let required = fields.iter().filter(|field| field.required).map(|field| field.name);
    json!({
        "type": "object",
        "properties": properties.collect::<Map<_, _>>(),
        "required": required.collect::<Vec<_>>(),
        "additionalProperties": false,
    })
}

fn of(shape: &Shape) -> Value {
    match shape {
        Shape::Choice(words) => json!({ "enum": words }),
        Shape::ClientSecret => json!({ "anyOf": [reference(), object(STORED_SECRET)] }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Image => one_of(IMAGE),
        Shape::Integer { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Shape::Json(_) => json!({ "type": "object" }),
        Shape::List(shape, max) => json!({ "type": "array", "items": of(shape), "maxItems": max }),
        Shape::Object(fields) => object(fields),
        Shape::Optional(shape) => nullable(&of(shape)),
        Shape::Reference => reference(),
        Shape::Set(shape, max, _) => {
            json!({ "type": "array", "items": of(shape), "maxItems": max, "uniqueItems": true })
        }
        Shape::Text(_) => json!({ "type": "string" }),
    }
}

fn reference() -> Value {
    one_of(REFERENCE)
}

/// A mapping with exactly one of these entries.
fn one_of(fields: &[Field]) -> Value {
    let mut schema = object(fields);
    schema["minProperties"] = 1.into();
    schema["maxProperties"] = 1.into();
    schema
}

fn nullable(schema: &Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }] })
}
