//! `/api/ssh-authority` and others: SSH certificates. Not part of Pocket ID.

mod accounts;
mod authority;
mod ca_keys;
mod certificates;
mod host_certificates;
mod routes;

pub(super) use routes::routes;

use crate::{
    crypto::KeyError,
    operations::ssh::ca_keys::NewSshCaKeys,
    server::{App, http::ApiError},
};

/// Generates keys. Ed25519 takes some microseconds.
fn new_keys(app: &App) -> Result<NewSshCaKeys, ApiError> {
    NewSshCaKeys::generate(app.master_key().clone())
        .map_err(|error: KeyError| ApiError::internal(error))
}
