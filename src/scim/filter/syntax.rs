//! The parts of a filter.

use crate::scim::AttributePath;

/// The longest filter or path, in bytes.
pub const MAX_FILTER: usize = 8 * 1024;
/// The most comparisons in a filter.
pub(super) const MAX_TERMS: usize = 200;
/// The deepest nesting of a filter.
pub(super) const MAX_DEPTH: usize = 20;

/// A filter.
#[derive(Debug, Clone, PartialEq)]
pub enum ScimFilter {
    /// All of them match.
    And(Vec<ScimFilter>),
    /// An attribute is compared with a value.
    Compare(AttributePath, Comparison, Literal),
    /// It does not match.
    Not(Box<ScimFilter>),
    /// One of them matches.
    Or(Vec<ScimFilter>),
    /// An attribute has a value.
    Present(AttributePath),
    /// A value of a multi-valued attribute matches as a whole: `emails[type eq "work"]`.
    Value(AttributePath, Box<ScimFilter>),
}

/// A comparison (RFC 7644 §3.4.2.2, table 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `co`
    Contains,
    /// `ew`
    EndsWith,
    /// `eq`
    Equal,
    /// `gt`
    Greater,
    /// `ge`
    GreaterOrEqual,
    /// `lt`
    Less,
    /// `le`
    LessOrEqual,
    /// `ne`
    NotEqual,
    /// `sw`
    StartsWith,
}

/// The value that an attribute is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `true` or `false`
    Flag(bool),
    /// No value.
    Null,
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

impl ScimFilter {
    /// Whether it names this attribute, so that its values have to be known.
    pub fn names(&self, name: &str) -> bool {
        match self {
            Self::And(all) | Self::Or(all) => all.iter().any(|one| one.names(name)),
            Self::Not(one) => one.names(name),
            Self::Compare(path, ..) | Self::Present(path) | Self::Value(path, _) => {
                path.name == name
            }
        }
    }
}
