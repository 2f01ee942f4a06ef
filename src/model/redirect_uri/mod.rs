//! Which addresses a browser may be sent back to, with an authorization code in its hands.
//!
//! A client registers [`RedirectUriPattern`]s, a request names a [`RedirectUri`], and only their
//! meeting makes a [`VerifiedRedirect`], the one type that can be redirected to.
//!
//! The browser follows the URI as the client sent it, so the URI is taken apart by the parser that
//! browsers use (WHATWG URL), and compared with the pattern component by component. A wildcard
//! therefore never reaches from one component into the next: `https://*.example.com/cb` cannot be
//! met by `https://evil.example?x=.example.com/cb`. What is ambiguous between parsers is refused.

mod authority;
mod glob;
mod path;
mod pattern;
mod query;
mod scheme;
mod uri;
mod verified;

#[cfg(test)]
mod tests;

pub use pattern::{RedirectUriPattern, RedirectUriPatternError};
pub use uri::{RedirectUri, RedirectUriError};
pub use verified::VerifiedRedirect;

/// The longest redirect URI or pattern, in bytes.
const MAX_LEN: usize = 2048;

/// Schemes that make the browser run, show or read something by itself instead of going elsewhere.
const REFUSED_SCHEMES: [&str; 16] = [
    "about",
    "blob",
    "chrome",
    "data",
    "feed",
    "file",
    "filesystem",
    "jar",
    "javascript",
    "ms-msdt",
    "ms-officecmd",
    "ms-search",
    "resource",
    "search-ms",
    "vbscript",
    "view-source",
];

/// Tells characters that no URL contains, and that a parser or a header would drop or split at.
fn is_forbidden_char(c: char) -> bool {
    c.is_control() || c.is_whitespace()
}
