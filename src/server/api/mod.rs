//! Administration by the REST API (Pocket ID 2.14): a folder per resource, a file per endpoint.

mod api_keys;
mod apis;
mod app_config;
mod audit_logs;
mod backups;
mod client_requests;
mod clients;
mod configuration;
mod custom_claims;
mod doctor;
mod federated_identity;
mod group_ids;
mod groups;
mod images;
mod membership_ends;
mod protected_hosts;
mod qr_code;
mod recipes;
mod registration_tokens;
mod routes;
mod scim_providers;
mod scim_tokens;
mod services;
mod signing_keys;
mod signup_tokens;
mod ssh;
pub(super) mod users;
mod version;
mod webhooks;

pub(super) use recipes::with_library;
pub(super) use routes::routes;

use super::http::ApiError;

/// Parses an id in a path. A malformed id gets the same response as an unknown one.
fn id<T: std::str::FromStr>(
    text: &str,
    not_found: impl FnOnce() -> ApiError,
) -> Result<T, ApiError> {
    text.parse().map_err(|_| not_found())
}
