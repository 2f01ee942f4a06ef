//! The JSON schema of the file, for editors (JSON Schema 2020-12).

use serde_json::{Map, Value, json};

use super::{
    EntityKind,
    secret::STORED_SECRET,
    settings,
    shape::{Field, IMAGE, REFERENCE, ValueShape},
};
use crate::model::ConfigKey;

/// Builds the schema.
pub fn schema() -> Value {
    let sections = EntityKind::ALL.iter().map(|kind| {
        let section = match kind {
            EntityKind::Setting => json!({
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

fn of(shape: &ValueShape) -> Value {
    match shape {
        ValueShape::Choice(words) => json!({ "enum": words }),
        ValueShape::ClientSecret => json!({ "anyOf": [reference(), object(STORED_SECRET)] }),
        ValueShape::Flag => json!({ "type": "boolean" }),
        ValueShape::Image => one_of(IMAGE),
        ValueShape::Integer { min, max } => {
            json!({ "type": "integer", "minimum": min, "maximum": max })
        }
        ValueShape::Json(_) => json!({ "type": "object" }),
        ValueShape::List(shape, max) => {
            json!({ "type": "array", "items": of(shape), "maxItems": max })
        }
        ValueShape::Object(fields) => object(fields),
        ValueShape::Optional(shape) => nullable(&of(shape)),
        ValueShape::Reference => reference(),
        ValueShape::Set(shape, max, _) => {
            json!({ "type": "array", "items": of(shape), "maxItems": max, "uniqueItems": true })
        }
        ValueShape::Text(_) => json!({ "type": "string" }),
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
