//! Who reads what an endpoint answers.

/// Who reads an answer, and so in which form a failure is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Audience {
    /// An application: the JSON of RFC 6749 §5.2.
    Application,
    /// Somebody at a browser: a page.
    Person,
    /// The scripts of our own pages, and who calls the API as they do: the JSON of Pocket ID 2.14.
    Script,
}
