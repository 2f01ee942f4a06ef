//! Errors of the SCIM server (RFC 7644 §3.12).

/// The kind of an error, which programs understand (RFC 7644 §3.12, table 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScimErrorType {
    /// The filter cannot be read, or compares what cannot be compared.
    InvalidFilter,
    /// The path of a PATCH operation cannot be read.
    InvalidPath,
    /// The body is not what the endpoint takes.
    InvalidSyntax,
    /// A value is missing, or not one that the attribute can have.
    InvalidValue,
    /// The attribute or the resource cannot be changed.
    Mutability,
    /// The path of a PATCH operation leads to no value.
    NoTarget,
    /// The filter is too much work.
    TooMany,
    /// Another resource has this value.
    Uniqueness,
}

impl ScimErrorType {
    /// The name of the kind.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::InvalidPath => "invalidPath",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidValue => "invalidValue",
            Self::Mutability => "mutability",
            Self::NoTarget => "noTarget",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
        }
    }
}

/// A request that breaks a rule of SCIM: `400` with a kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct ScimFault {
    /// The kind.
    pub kind: ScimErrorType,
    /// The sentence for the person who sets the program up.
    pub detail: String,
}

impl ScimFault {
    /// The longest part of the input in a sentence, in characters.
    const SHOWN: usize = 60;

    /// Creates a fault.
    pub fn new(kind: ScimErrorType, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    /// A value is missing or impossible.
    pub fn value(detail: impl Into<String>) -> Self {
        Self::new(ScimErrorType::InvalidValue, detail)
    }

    /// The body is not what the endpoint takes.
    pub fn syntax(detail: impl Into<String>) -> Self {
        Self::new(ScimErrorType::InvalidSyntax, detail)
    }

    /// The beginning of a text from outside, for a sentence.
    pub fn shown(text: &str) -> String {
        text.chars().filter(|c| !c.is_control()).take(Self::SHOWN).collect()
    }
}
