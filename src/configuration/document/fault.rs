//! Faults in a configuration file, with their positions.

use saphyr_parser::Marker;

/// A place in a file, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

impl Position {
    /// The start of a file.
    pub const START: Self = Self { line: 1, column: 1 };

    pub fn of(marker: Marker) -> Self {
        Self { line: marker.line(), column: marker.col() + 1 }
    }
}

/// One fault in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentFault {
    pub at: Position,
    pub message: String,
    pub hint: Option<String>,
}

impl DocumentFault {
    pub fn new(at: Position, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), hint: None }
    }

    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}
