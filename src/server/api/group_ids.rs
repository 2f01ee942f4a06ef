//! Lists of group ids in bodies of our own.
//!
//! Where a body is one of Pocket ID 2.14, malformed ids are ignored as unknown ones are, and these bodies are read
//! without this file.

use std::collections::BTreeSet;

use crate::{
    model::{GroupId, text::TextError},
    server::http::api_error::FieldError,
};

/// The ids of a list. The first malformed one is a fault: a list may have thousands. Whether the groups exist is the
/// caller's to judge.
pub(super) fn group_ids(field: &str, texts: &[String]) -> Result<BTreeSet<GroupId>, FieldError> {
    let parse = |(index, text): (usize, &String)| {
        let malformed = TextError::format("must be a valid UUID");
        text.parse().map_err(|_| FieldError::of(format!("{field}[{index}]"), malformed))
    };
    texts.iter().enumerate().map(parse).collect()
}
