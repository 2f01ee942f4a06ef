//! Values from outside.

use std::fmt;

use serde_json::Value;

use super::ScimFault;

/// The longest `externalId`, in bytes.
const MAX_EXTERNAL_ID: usize = 512;

/// The id that a program gave to a user or a group (RFC 7643 §3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalId(String);

impl ExternalId {
    /// Reads an id.
    pub fn parse(text: &str) -> Result<Self, ScimFault> {
        let is_sound =
            (1..=MAX_EXTERNAL_ID).contains(&text.len()) && !text.chars().any(char::is_control);
        let fault =
            || format!("externalId has 1 to {MAX_EXTERNAL_ID} bytes and no control characters.");
        is_sound.then(|| Self(text.to_owned())).ok_or_else(|| ScimFault::value(fault()))
    }
}

impl fmt::Display for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text.
pub(super) fn text(name: &str, value: &Value) -> Result<String, ScimFault> {
    let text = value.as_str().map(str::to_owned);
    text.ok_or_else(|| ScimFault::value(format!("{name} is a text.")))
}

/// A flag. Microsoft Entra sends it as a text.
pub(super) fn flag(name: &str, value: &Value) -> Result<bool, ScimFault> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(ScimFault::value(format!("{name} is true or false."))),
    }
}
