//! The contract of a route: its callers, its body, its answers. `docs/openapi.json` is generated
//! from it.

use std::any::type_name;

/// The callers that an endpoint serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Who {
    /// Administrators, in a browser or with an API key.
    Administrators,
    /// Everyone.
    Anyone,
    /// Applications that authenticate with a secret or an assertion.
    Applications,
    /// Users signed in at a browser. API keys are refused.
    Browsers,
    /// Programs with a SCIM token.
    ScimTokens,
    /// Applications with an access token.
    Tokens,
    /// Users, in a browser or with an API key.
    Users,
}

/// A JSON type that can be described. Only tests derive the schemas, so the program does not
/// contain them.
#[cfg(test)]
pub(in crate::server) trait Described: schemars::JsonSchema {}
#[cfg(test)]
impl<T: schemars::JsonSchema> Described for T {}

/// A JSON type that can be described.
#[cfg(not(test))]
pub(in crate::server) trait Described {}
#[cfg(not(test))]
impl<T> Described for T {}

/// A JSON type.
#[derive(Clone, Copy)]
pub(in crate::server) struct JsonShape {
    pub(super) name: fn() -> &'static str,
    #[cfg(test)]
    pub(in crate::server) schema: fn(&mut schemars::SchemaGenerator) -> schemars::Schema,
}

impl JsonShape {
    pub(super) fn of<T: Described>() -> Self {
        Self {
            name: type_name::<T>,
            #[cfg(test)]
            schema: |generator| generator.subschema_for::<T>(),
        }
    }
}

/// The body that a route accepts.
#[cfg_attr(not(test), expect(dead_code, reason = "only the document reads all of it"))]
#[derive(Clone, Copy)]
pub(in crate::server) enum TakenBody {
    /// A form with one file.
    File,
    /// A form with these fields. The optional ones are lists that forms share; a field may be in
    /// several.
    Form { required: &'static [&'static str], optional: &'static [&'static [&'static str]] },
    /// JSON.
    Json { shape: JsonShape, is_optional: bool },
    /// A text of one of these media types.
    Media(&'static [&'static str]),
    /// No body.
    Nothing,
}

/// The content of an answer.
#[derive(Clone, Copy)]
pub(in crate::server) enum AnswerContent {
    /// No body.
    Empty,
    /// JSON.
    Json(JsonShape),
    /// JSON, or bytes of one of these media types if the request asks for it.
    JsonOr(JsonShape, &'static [&'static str]),
    /// Bytes of one of these media types.
    Media(&'static [&'static str]),
}

/// A query parameter.
#[cfg_attr(not(test), expect(dead_code, reason = "only the document reads it"))]
#[derive(Debug, Clone, Copy)]
pub(in crate::server) struct QueryParameter {
    pub(in crate::server) name: &'static str,
    pub(in crate::server) is_required: bool,
}

/// The contract of a route.
pub(in crate::server) struct Contract {
    pub(in crate::server) who: Who,
    pub(in crate::server) taken: TakenBody,
    /// The successful answers. Without any, it is an empty `204`.
    pub(super) given: Vec<(u16, AnswerContent)>,
    /// The errors beside those that follow from the other properties of the route.
    pub(super) refused: &'static [u16],
    pub(in crate::server) asked: Vec<QueryParameter>,
    pub(in crate::server) is_list: bool,
}

impl Contract {
    /// The contract with the strict defaults: administrators only, no body, an empty answer.
    pub(super) fn strict() -> Self {
        Self {
            who: Who::Administrators,
            taken: TakenBody::Nothing,
            given: Vec::new(),
            refused: &[],
            asked: Vec::new(),
            is_list: false,
        }
    }

    /// The successful answers.
    pub(in crate::server) fn given(&self) -> &[(u16, AnswerContent)] {
        match &*self.given {
            [] => &[(204, AnswerContent::Empty)],
            given => given,
        }
    }
}
