//! The header of API keys.

use super::Head;

/// The header of the API key (Pocket ID 2.14).
pub(super) const HEADER: &str = "x-api-key";

/// Returns whether the request has an API key.
pub(super) fn has_key(head: &Head) -> bool {
    head.headers.contains_key(HEADER)
}
