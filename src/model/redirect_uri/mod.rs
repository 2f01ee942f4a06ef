//! Verification of the callback URLs to which a browser takes an authorization code.
//!
//! A client registers [`RedirectUriPattern`]s, and a request names a [`RedirectUri`]. Only a match
//! makes a [`VerifiedRedirect`], the one type that allows a redirect.
//!
//! The browser follows the URI as the client sent it. So we parse it as browsers do (WHATWG URL)
//! and compare it with the pattern component by component. A wildcard therefore never extends into
//! the next component: `https://*.example.com/cb` does not match
//! `https://evil.example?x=.example.com/cb`. URIs that parsers read differently are rejected.

mod authority;
mod glob;
mod path;
mod pattern;
mod pattern_error;
mod query;
mod scheme;
mod uri;
mod verified;

#[cfg(test)]
mod tests;

pub use pattern::RedirectUriPattern;
pub use pattern_error::RedirectUriPatternError;
pub use uri::{RedirectUri, RedirectUriError};
pub use verified::VerifiedRedirect;

/// Longest redirect URI or pattern, in bytes.
const MAX_LEN: usize = 2048;

/// Schemes that make the browser run, show or read something instead of opening another address.
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

/// Whether a character is forbidden in URLs: a parser or a header would remove it or split there.
fn is_forbidden_char(c: char) -> bool {
    c.is_control() || c.is_whitespace()
}
