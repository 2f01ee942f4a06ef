//! What the parts of a file may be.

use serde_json::Value;

use crate::{crypto::Secret, model::text::TextError};

/// How a text is read: into its one form.
pub type Read = fn(&str) -> Result<String, TextError>;

/// How a tree is read: into its one form.
pub type ReadJson = fn(&Value) -> Result<Value, &'static str>;

/// What a part may be.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A secret of a client: a reference, or what is stored of it.
    ClientSecret,
    /// `true` or `false`.
    Flag,
    /// A picture in a file, or its bytes.
    Image,
    /// A whole number.
    Integer {
        min: i64,
        max: i64,
    },
    /// A JWK Set or the like, checked by a function.
    Json(ReadJson),
    /// Things in an order.
    List(&'static Shape, usize),
    /// A mapping of fields.
    Object(&'static [Field]),
    /// What may be nothing.
    Optional(&'static Shape),
    /// A secret that stands elsewhere.
    Reference,
    /// Things in no order, each once: told apart by a field, or as a whole.
    Set(&'static Shape, usize, Option<&'static str>),
    Text(Read),
}

/// An entry of a mapping.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub name: &'static str,
    pub shape: Shape,
    /// Whether it has to be there.
    pub required: bool,
    pub description: &'static str,
}

/// Where references lead.
pub trait Sources {
    /// The value of a variable.
    fn variable(&self, name: &str) -> Result<Secret, String>;
    /// The bytes of a file, at most so many.
    fn file(&self, path: &str, max: usize) -> Result<Vec<u8>, String>;
}

impl Shape {
    /// What it is, for people.
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
            Self::Text(_) => "a text".to_owned(),
        }
    }
}

/// What tells a thing of a set apart.
pub fn name_of(value: &Value, key: Option<&str>) -> String {
    let part = key.and_then(|key| value.get(key)).unwrap_or(value);
    let name = part.as_str().map_or_else(|| part.to_string(), str::to_owned);
    // A client may be let use an API on two behalves.
    match value.get("subjectType").and_then(Value::as_str) {
        Some(subject) => format!("{name} ({subject})"),
        None => name,
    }
}

/// The things of a set in the order in which they are compared.
pub fn sorted(mut values: Vec<Value>, key: Option<&str>) -> Vec<Value> {
    values.sort_by_cached_key(|value| name_of(value, key));
    values
}

fn any(text: &str) -> Result<String, TextError> {
    Ok(text.to_owned())
}

const fn optional(name: &'static str, read: Read, description: &'static str) -> Field {
    Field { name, shape: Shape::Text(read), required: false, description }
}

/// Where a secret stands.
pub const REFERENCE: &[Field] = &[
    optional("env", any, "The variable that holds it."),
    optional("file", any, "The file that holds it."),
];

/// A picture.
pub const IMAGE: &[Field] = &[
    optional("file", any, "The file, beside this one or at an absolute path."),
    optional("base64", any, "The bytes."),
];
