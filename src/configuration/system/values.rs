//! The values of a file entry, as the types of operations.

use std::str::FromStr;

use serde_json::Value;

use crate::{configuration::document::Entity, operations::Change, store::StoreError};

/// Parses a text that the document has already validated.
pub fn parse<T: FromStr>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| unchecked("checked text"))
}

/// An error for a value that the document should have rejected.
pub fn unchecked(expected: &'static str) -> StoreError {
    StoreError::Corrupt { column: 0, expected }
}

/// A boolean that the file may omit.
pub fn flag(entry: &Entity, name: &str) -> Option<bool> {
    entry.get(name).and_then(Value::as_bool)
}

/// A text that the file may omit, but not leave empty.
pub fn required<T: FromStr>(entry: &Entity, name: &str) -> Result<Change<T>, StoreError> {
    Ok(entry.text(name).map(parse).transpose()?.into())
}

/// A text that the file may omit, or clear with `null`.
pub fn optional<T: FromStr>(entry: &Entity, name: &str) -> Result<Change<Option<T>>, StoreError> {
    match entry.get(name) {
        None => Ok(Change::Keep),
        Some(value) => Ok(Change::Set(value.as_str().map(parse).transpose()?)),
    }
}
