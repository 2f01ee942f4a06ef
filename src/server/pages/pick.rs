//! Something to pick from a list.

/// A choice with a box to tick.
#[derive(Debug, Clone)]
pub struct Pick {
    pub value: String,
    pub label: String,
    /// A detail that tells it from others with the same label.
    pub detail: String,
    pub is_picked: bool,
    /// Whether the box cannot be changed.
    pub is_fixed: bool,
}
