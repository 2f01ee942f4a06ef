//! Shapes: the types of values in the file.

use serde_json::Value;

use crate::{crypto::Secret, model::text::TextError};

/// Validates a text, and returns its canonical form.
pub type Read = fn(&str) -> Result<String, TextError>;

/// Validates a JSON value, and returns its canonical form.
pub type ReadJson = fn(&Value) -> Result<Value, &'static str>;

/// The type of a value.
#[derive(Debug, Clone, Copy)]
pub enum ValueShape {
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A client secret: a reference, or its stored form.
    ClientSecret,
    /// `true` or `false`.
    Flag,
    /// An image: a file, or its bytes.
    Image,
    /// A whole number.
    Integer {
        min: i64,
        max: i64,
    },
    /// A JWK Set or the like, checked by a function.
    Json(ReadJson),
    /// An ordered list, with its maximum length.
    List(&'static ValueShape, usize),
    /// A mapping of fields.
    Object(&'static [Field]),
    /// A value that may be null.
    Optional(&'static ValueShape),
    /// A reference to a secret outside the file.
    Reference,
    /// An unordered set without duplicates, with its maximum size. Items are identified by a field,
    /// or compared as a whole.
    Set(&'static ValueShape, usize, Option<&'static str>),
    Text(Read),
}

/// An entry of a mapping.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub name: &'static str,
    pub shape: ValueShape,
    /// Whether the field is required.
    pub required: bool,
    pub description: &'static str,
}

/// Resolves references.
pub trait Sources {
    /// The value of an environment variable.
    fn variable(&self, name: &str) -> Result<Secret, String>;
    /// The bytes of a file, up to `max`.
    fn file(&self, path: &str, max: usize) -> Result<Vec<u8>, String>;
}

impl ValueShape {
    /// The name of the shape, for messages.
    pub fn what(&self) -> String {
        match self {
            Self::Choice(words) => format!("one of {}", words.join(", ")),
            Self::ClientSecret | Self::Reference => "{env: NAME} or {file: PATH}".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Image => "{file: PATH}".to_owned(),
            Self::Integer { min, max } => format!("a whole number from {min} to {max}"),
            Self::Json(_) | Self::Object(_) => "a mapping".to_owned(),
            Self::List(..) | Self::Set(..) => "a list".to_owned(),
            Self::Optional(shape) => shape.what(),
            Self::Text(_) => "text".to_owned(),
        }
    }
}

/// The identity of a set item.
pub fn name_of(value: &Value, key: Option<&str>) -> String {
    let part = key.and_then(|key| value.get(key)).unwrap_or(value);
    let name = part.as_str().map_or_else(|| part.to_string(), str::to_owned);
    // A client may have access to an API both for its users and for itself.
    match value.get("subjectType").and_then(Value::as_str) {
        Some(subject) => format!("{name} ({subject})"),
        None => name,
    }
}

/// Sorts the items of a set for comparison.
pub fn sorted(mut values: Vec<Value>, key: Option<&str>) -> Vec<Value> {
    values.sort_by_cached_key(|value| name_of(value, key));
    values
}

fn any(text: &str) -> Result<String, TextError> {
    Ok(text.to_owned())
}

const fn optional(name: &'static str, read: Read, description: &'static str) -> Field {
    Field { name, shape: ValueShape::Text(read), required: false, description }
}

/// A reference to a secret.
pub const REFERENCE: &[Field] = &[
    optional("env", any, "Name of the environment variable."),
    optional("file", any, "Path of the file."),
];

/// An image.
pub const IMAGE: &[Field] = &[
    optional("file", any, "Path of the file, relative to this one or absolute."),
    optional("base64", any, "The bytes in base64."),
];
