//! `/api/services`: users that are no people. Not part of Pocket ID.

mod body;
mod create;
mod list;
mod routes;
mod show;
mod update;

pub(super) use routes::routes;

use crate::{
    model::{Timestamp, UserId, view::ServiceView},
    operations::{Noun, Refusal},
    server::http::ApiError,
    store::{StoreError, Tx, groups, services::Service},
};

/// Parses the id in a path.
fn id(text: &str) -> Result<UserId, ApiError> {
    super::id(text, || Refusal::NotFound(Noun::User).into())
}

/// Builds the view of a service with its groups.
fn view(tx: &mut Tx<'_>, service: &Service, now: Timestamp) -> Result<ServiceView, StoreError> {
    let groups = groups::list_of_user(tx, service.user.id, now)?;
    Ok(ServiceView::of(&service.user, &groups, &service.identity))
}
