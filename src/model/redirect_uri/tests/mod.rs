//! Tables of test cases for patterns, URIs and their matching.

mod matching;
mod parsing;
mod redirecting;

use super::{RedirectUri, RedirectUriPattern};

fn pattern(text: &str) -> RedirectUriPattern {
    text.parse().unwrap_or_else(|error| panic!("pattern {text}: {error}"))
}

/// Reads `text`; a fragment is allowed.
fn uri(text: &str) -> RedirectUri {
    RedirectUri::parse_post_logout(text).unwrap_or_else(|error| panic!("URI {text}: {error}"))
}
