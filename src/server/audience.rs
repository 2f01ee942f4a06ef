//! The readers of an endpoint's answers.

/// The reader of an answer, which decides the format of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Audience {
    /// An application: the JSON of RFC 6749 §5.2.
    Application,
    /// A person at a browser: a page.
    Person,
    /// A program that manages accounts over SCIM: the JSON of RFC 7644 §3.12.
    Scim,
    /// The scripts of our own pages, and programs that call the same API: the JSON of Pocket ID
    /// 2.14.
    Script,
}
