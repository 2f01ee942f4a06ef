//! `/api/api-keys`: the API keys with which a user's programs use the API.

mod create;
mod delete;
mod list;
mod renew;
mod routes;

pub(super) use routes::routes;

use serde::Serialize;

use crate::{
    crypto::Secret,
    model::{ApiKey, ApiKeyId, Timestamp, view::ApiKeyView},
    operations::{Noun, Refusal},
    server::http::{ApiError, api_error::FieldError},
};

/// A new API key with its token, which is shown only this once.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct NewApiKeyView<'a> {
    api_key: ApiKeyView,
    token: &'a str,
}

impl<'a> NewApiKeyView<'a> {
    fn of(key: &ApiKey, token: &'a Secret) -> Self {
        Self { api_key: ApiKeyView::of(key), token: token.expose() }
    }
}

/// Parses the API key id in a path.
fn id(text: &str) -> Result<ApiKeyId, ApiError> {
    super::id(text, || Refusal::NotFound(Noun::ApiKey).into())
}

/// Parses the expiry of a key. A date without a time of day is invalid (Pocket ID 2.14).
fn expiry(text: Option<&str>) -> Result<Result<Timestamp, FieldError>, ApiError> {
    match text {
        None => Ok(Err(FieldError::required("expiresAt"))),
        Some(text) => Ok(Ok(Timestamp::parse_rfc3339(text).map_err(ApiError::invalid_body)?)),
    }
}

/// Refuses an expiry in the past, before the caller has to reauthenticate.
fn refuse_past(expires_at: Timestamp, now: Timestamp) -> Result<(), ApiError> {
    if expires_at > now { Ok(()) } else { Err(Refusal::ApiKeyExpiryPast.into()) }
}
