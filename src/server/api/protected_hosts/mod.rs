//! `/api/protected-hosts`: hosts behind forward auth. Not part of Pocket ID.

mod body;
mod create;
mod delete;
mod list;
mod proxy;
mod routes;
mod show;
mod update;

pub(super) use routes::routes;

use crate::{
    model::ProtectedHostId,
    operations::{Noun, Refusal},
    server::http::ApiError,
};

/// Parses the id in a path.
fn id(text: &str) -> Result<ProtectedHostId, ApiError> {
    super::id(text, || Refusal::NotFound(Noun::ProtectedHost).into())
}
