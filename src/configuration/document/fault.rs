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

/// A text of the file for a message, in quotes: its beginning, if it is long.
pub fn quoted(text: &str) -> String {
    const MOST: usize = 100;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{:?}...", &text[..end]),
        None => format!("{text:?}"),
    }
}

/// The faults of a document, in the order of discovery. Only the first ones are kept and worded: a
/// document of a few megabytes may have a million.
#[derive(Debug, Default)]
pub struct DocumentFaults {
    first: Vec<DocumentFault>,
    count: usize,
}

impl DocumentFaults {
    /// How many faults are told.
    pub const MAX: usize = 20;

    /// Adds a fault, which is worded only if it will be told.
    pub fn add(&mut self, fault: impl FnOnce() -> DocumentFault) {
        self.count += 1;
        if self.first.len() < Self::MAX {
            self.first.push(fault());
        }
    }

    /// How many faults were added, also those that are not told.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Returns the value if there is no fault.
    pub fn or<T>(self, value: T) -> Result<T, Vec<DocumentFault>> {
        if self.count == 0 { Ok(value) } else { Err(self.first) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_that_are_not_told_are_counted_and_never_worded() {
        let mut faults = DocumentFaults::default();
        let mut worded = 0;
        for _ in 0..1_000 {
            faults.add(|| {
                worded += 1;
                DocumentFault::new(Position::START, "wrong")
            });
        }
        assert_eq!((faults.count(), worded), (1_000, DocumentFaults::MAX));
        assert_eq!(faults.or(()).unwrap_err().len(), DocumentFaults::MAX);
    }
}
