//! `/api/oidc/clients`, and the clients of a user.

mod body;
mod claims;
mod create;
mod delete;
mod groups;
mod list;
mod logo;
mod logo_urls;
mod of_user;
mod preview;
mod refresh;
mod routes;
mod secrets;
mod show;
mod update;

pub(super) use routes::routes;

use crate::{
    model::{Client, ClientId, Timestamp, view::ClientView},
    operations::{Noun, Refusal, clients},
    server::http::ApiError,
    store::{StoreError, Tx},
};

/// Parses the client id in a path.
fn id(segment: &str) -> Result<ClientId, ApiError> {
    ClientId::from_path(segment).ok_or_else(|| Refusal::NotFound(Noun::Client).into())
}

/// Loads a client with all its parts.
fn load(tx: &mut Tx<'_>, client: Client, now: Timestamp) -> Result<ClientView, StoreError> {
    Ok(ClientView::of(&clients::load(tx, client)?, now))
}
