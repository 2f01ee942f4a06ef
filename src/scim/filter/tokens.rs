//! Splits a filter into its words.

use super::super::{ScimErrorType, ScimFault};

/// A piece of a filter.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// One of `()[]`.
    Mark(char),
    /// A text in quotes, as JSON has it.
    Text(String),
    /// A name, a comparison, a number and the like.
    Word(String),
}

/// Splits a filter.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, ScimFault> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        match first {
            ' ' | '\t' => rest = &rest[1..],
            '(' | ')' | '[' | ']' => {
                found.push(Token::Mark(first));
                rest = &rest[1..];
            }
            '"' => {
                let end = end_of_text(rest).ok_or_else(|| fault("a text does not end"))?;
                let text: Result<String, _> = serde_json::from_str(&rest[..end]);
                let text = text.map_err(|_| fault("a text is not as in JSON"))?;
                // Nothing has one, and PostgreSQL refuses it.
                if text.contains('\0') {
                    return Err(fault("a text has a NUL"));
                }
                found.push(Token::Text(text));
                rest = &rest[end..];
            }
            _ => {
                let is_end = |c: char| matches!(c, ' ' | '\t' | '(' | ')' | '[' | ']' | '"');
                let end = rest.find(is_end).unwrap_or(rest.len());
                found.push(Token::Word(rest[..end].to_owned()));
                rest = &rest[end..];
            }
        }
    }
    Ok(found)
}

/// The length of the text in quotes that a filter begins with.
fn end_of_text(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    for (place, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return Some(place + 1),
            _ => {}
        }
    }
    None
}

pub(super) fn fault(why: &str) -> ScimFault {
    ScimFault::new(ScimErrorType::InvalidFilter, format!("The filter cannot be read: {why}."))
}
