//! Faults in a recipe, with their positions.

use std::fmt;

/// A fault in a recipe file. Lines and columns are counted from 1.
#[derive(Debug, PartialEq, Eq)]
pub struct RecipeFault {
    place: Option<(usize, usize)>,
    what: String,
}

impl RecipeFault {
    /// A fault without a position.
    pub fn of_file(what: impl Into<String>) -> Self {
        Self { place: None, what: what.into() }
    }

    /// A fault at the first occurrence of `needle`.
    pub fn at(text: &str, needle: &str, what: impl Into<String>) -> Self {
        let place = text.find(needle).map(|start| {
            let before = &text[..start];
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
            (line, column)
        });
        Self { place, what: what.into() }
    }

    /// A fault in a quoted value.
    pub fn in_value(text: &str, value: &str, what: impl Into<String>) -> Self {
        let quoted = ['"', '\''].map(|quote| format!("{quote}{value}{quote}"));
        let needle = quoted.iter().find(|quoted| text.contains(*quoted));
        Self::at(text, needle.map_or(value, String::as_str), what)
    }

    /// Converts a parser error. The parser gives no position for an unknown word.
    pub fn of_toml(text: &str, error: &basic_toml::Error) -> Self {
        let what = error.to_string();
        // The parser appends the position to its message.
        let what = one_line(what.split(" at line ").next().unwrap_or(&what));
        if what.starts_with("missing field") {
            return Self::of_file(what);
        }
        let word = what.strip_prefix("unknown ").and_then(|rest| rest.split('`').nth(1));
        // The parser has no position for a value that one of our types rejects.
        let has_place = word.is_some() || error.line_col().is_some_and(|place| place != (0, 0));
        if !has_place && let Some((what, key)) = what.rsplit_once(" for key `") {
            return Self::of_word(text, key.trim_end_matches('`'), what.to_owned());
        }
        match (word, error.line_col()) {
            (Some(word), _) => Self::of_word(text, word, what.clone()),
            (None, place) => {
                Self { place: place.map(|(line, column)| (line + 1, column + 1)), what }
            }
        }
    }

    /// A fault at a key at the start of a line, or else at a value.
    fn of_word(text: &str, word: &str, what: String) -> Self {
        let line = text.lines().position(|line| line.trim_start().starts_with(word));
        match line {
            Some(line) => Self { place: Some((line + 1, 1)), what },
            None => Self::in_value(text, word, what),
        }
    }
}

impl fmt::Display for RecipeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.place {
            write!(f, "line {line}, column {column}: ")?;
        }
        f.write_str(&self.what)
    }
}

/// Joins a text into one line.
pub fn one_line(text: impl fmt::Display) -> String {
    text.to_string().replace(['\n', '\r'], " ")
}
