//! The rules that patterns, URIs and their meeting have to keep, as tables.

mod matching;
mod parsing;
mod redirecting;

use super::{RedirectUri, RedirectUriPattern};

fn pattern(text: &str) -> RedirectUriPattern {
    text.parse().unwrap_or_else(|error| panic!("pattern {text}: {error}"))
}

/// Reads `text`, with a fragment where the table has one.
fn uri(text: &str) -> RedirectUri {
    RedirectUri::parse_post_logout(text).unwrap_or_else(|error| panic!("URI {text}: {error}"))
}
