//! Options in the query.

use super::{ApiError, Head};
use crate::model::text::TextError;

/// Whether an option is set. Anything but `true` and `false` is refused: a misspelt `dryRun` must
/// not change anything.
pub(in crate::server) fn asks(head: &Head, name: &'static str) -> Result<bool, ApiError> {
    match head.query_value(name).as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(ApiError::field(name, TextError::format("must be true or false"))),
    }
}
