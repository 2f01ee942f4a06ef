//! What a remove gives: the thing that is gone, if it was there.

use serde::Serialize;

use super::{page::Page, report::Outcome};

/// What was removed; nothing when it was not there and nobody minds.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Removed<T>(pub Option<T>);

impl<T: Serialize> Outcome for Removed<T> {
    /// Nothing: that it is gone was told already.
    fn write_text(&self, _page: &mut Page) {}
}
