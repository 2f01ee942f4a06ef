//! JSON Schemas of bodies and answers (JSON Schema 2020-12, which OpenAPI 3.1 uses).

use std::borrow::Cow;

use schemars::{
    JsonSchema, Schema, SchemaGenerator,
    generate::{Contract, SchemaSettings},
    json_schema,
};
use serde_json::{Map, Value};

use crate::{
    model::Timestamp,
    server::{
        http::{api_error::ErrorBody, duration::Duration, response::OAuthErrorBody},
        route::JsonShape,
    },
};

/// The schemas of a document. Bodies stand where they are used; the objects of answers are shared,
/// and have names.
pub(super) struct Schemas {
    answers: SchemaGenerator,
    bodies: SchemaGenerator,
}

impl Schemas {
    pub(super) fn new() -> Self {
        let settings = |contract: Contract, is_inline: bool| {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.contract = contract;
                settings.inline_subschemas = is_inline;
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
            })
        };
        Self {
            answers: settings(Contract::Serialize, false).into_generator(),
            bodies: settings(Contract::Deserialize, true).into_generator(),
        }
    }

    /// The schema of an answer.
    pub(super) fn answer(&mut self, shape: JsonShape) -> Value {
        (shape.schema)(&mut self.answers).to_value()
    }

    /// The schema of a body.
    pub(super) fn body(&mut self, shape: JsonShape) -> Value {
        (shape.schema)(&mut self.bodies).to_value()
    }

    /// The schemas of errors: of the API, and of the protocol endpoints.
    pub(super) fn error(&mut self) -> [Value; 2] {
        let of_api = self.answers.subschema_for::<ErrorBody<'static>>().to_value();
        [of_api, self.answers.subschema_for::<OAuthErrorBody<'static>>().to_value()]
    }

    /// The named objects.
    pub(super) fn into_components(mut self) -> Map<String, Value> {
        self.answers.take_definitions(true)
    }
}

impl JsonSchema for Timestamp {
    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

impl JsonSchema for Duration {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Seconds as a number, or a text such as `1h30m`.",
            "type": ["number", "string"],
        })
    }
}
