//! Administration by the REST API (Pocket ID 2.14): a folder per noun, a file per endpoint.

mod groups;

use super::{http::ApiError, route::Route};

/// The rows of all nouns.
pub(super) fn routes() -> Vec<Route> {
    groups::routes().into_iter().collect()
}

/// Reads an id in a path. Whoever names none that can be gets the answer for one that does not exist.
fn id<T: std::str::FromStr>(
    text: &str,
    not_found: impl FnOnce() -> ApiError,
) -> Result<T, ApiError> {
    text.parse().map_err(|_| not_found())
}
