//! The result of a remove command.

use serde::Serialize;

use super::{page::Page, report::Outcome};

/// The removed object; `None` if it did not exist and `--if-present` was given.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Removed<T>(pub Option<T>);

impl<T: Serialize> Outcome for Removed<T> {
    /// Prints nothing: a note has already reported the removal.
    fn write_text(&self, _page: &mut Page) {}
}
